"""`make bench`: measures, prints a table, writes bench/results/latest.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import assistant
import candidate_page
import picture_check
import queue_rows
import release
import reviewing
import upload
from system import Results, prepared

LATEST: Final = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Measure everything in an empty database of its own."""
    with prepared() as database:
        rows = [*upload.rows(database), *picture_check.rows(), *candidate_page.rows()]
    with prepared() as database:
        rows += assistant.rows(database)
    with prepared():
        rows += queue_rows.rows()
    with prepared():
        rows += reviewing.rows()
    with prepared():
        rows += release.rows()
    print_table(rows)
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def print_table(rows: list[Results]) -> None:
    """Print every row."""
    print(
        f"{'name':30} {'value':>8} {'unit':10} {'against':>8} {'ratio':>6} {'runs':>5} {'min':>8} {'max':>8}"
    )
    for row in rows:
        against = "-" if row.against is None else f"{row.against:.1f}"
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        print(
            f"{row.name:30} {row.value:8.1f} {row.unit:10} {against:>8} {ratio:>6} "
            f"{row.runs:5} {row.min:8.1f} {row.max:8.1f}"
        )


if __name__ == "__main__":
    main()

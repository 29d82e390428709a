"""`make bench`: measures everything, prints one table, writes bench/results/latest.json.

Every part runs in a process, a database and a store of its own: one that fails loses no other's results. Some parts only:
`.venv/bin/python bench/run.py upload candidate_page`; rows that weren't taken again stay in the file, each with its commit
and time.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from system import CHECKOUT, Results, prepared
from table import GOALS, print_table

LATEST: Final = Path(__file__).parent / "results" / "latest.json"
PARTS: Final = (
    "upload",
    "upload_cost",
    "picture_check",
    "candidate_page",
    "serving",
    "footprint",
    "queue_rows",
    "reviewing",
    "release",
    "registrations_import",
    "assistant",
)
INTO: Final = "--into"


def main() -> None:
    """Measure the parts named on the command line, or all; exit with 1 when one failed."""
    if INTO in sys.argv:
        _measure(sys.argv[1], Path(sys.argv[sys.argv.index(INTO) + 1]))
        return
    began, rows, taken, failed = time.monotonic(), [], [], {}
    parts = tuple(sys.argv[1:]) or PARTS
    for part in parts:
        print(f"== {part}", flush=True)
        found = _in_a_process(part)
        if isinstance(found, str):
            failed[part] = found
        else:
            rows += found
            taken += _described(found)
    print_table(rows)
    for part, why in failed.items():
        print(f"FAILED {part}: {why}")
    kept = [] if parts == PARTS and not failed else _kept_besides(taken)
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps([*kept, *taken], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{(time.monotonic() - began) / 60:.1f} minutes; {LATEST.relative_to(CHECKOUT)} holds the rows")
    sys.exit(1 if failed else 0)


def _described(rows: list[Results]) -> list[dict[str, Any]]:
    """The rows of a part with goal, moment, commit and machine."""
    of_part = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
    }
    return [asdict(row) | _goal(row) | of_part for row in rows]


def _kept_besides(taken: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of earlier runs whose names weren't taken now."""
    if not LATEST.exists():
        return []
    names = {row["name"] for row in taken}
    return [row for row in json.loads(LATEST.read_text(encoding="utf-8")) if row["name"] not in names]


def _in_a_process(part: str) -> list[Results] | str:
    """The rows of a part, or why there are none."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        done = subprocess.run([sys.executable, __file__, part, INTO, file.name], check=False)
        if done.returncode != 0:
            return f"exit {done.returncode}; what it printed stands above"
        return [Results(**row) for row in json.loads(Path(file.name).read_text(encoding="utf-8"))]


def _measure(part: str, into: Path) -> None:
    measured = importlib.import_module(part)
    with prepared() as database:
        takes_database = "database" in inspect.signature(measured.rows).parameters
        rows = measured.rows(database) if takes_database else measured.rows()
    into.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")


def _goal(row: Results) -> dict[str, str | bool]:
    goal = GOALS.get(row.name)
    return {"goal": str(goal), "met": goal.met_by(row)} if goal else {}


def commit() -> str:
    """Return the commit that was measured."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
        ).stdout

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return git("rev-parse", "HEAD").strip() + changed


def machine() -> dict[str, str | int | float]:
    """Return what it was measured on."""
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_at_the_end": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    main()

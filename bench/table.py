"""The table of the measurements: rows, goals and whether they are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from system import Results


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach (docs/performance.md): its value, or its ratio to what it is measured against."""

    of: Literal["value", "ratio"]
    bound: float
    at_least: bool = False

    def met_by(self, row: Results) -> bool:
        """Whether it does."""
        reached = row.value if self.of == "value" else row.ratio
        if reached is None:
            return False
        return reached >= self.bound if self.at_least else reached <= self.bound

    def __str__(self) -> str:
        """Like `ratio ≥ 0.5`."""
        return f"{self.of} {'≥' if self.at_least else '≤'} {self.bound:g}"


QUEUE: Final = (
    "next_dossier",
    "next_in_line",
    "waiting_list",
    "whole_list",
    "severe_only",
    "again_only",
    "changed_only",
    "severe_in_all",
    "search_number",
    "search_name",
    "list_counts",
)
"""What is asked of the queue, with 10,000 and with 1,000,000 dossiers."""

GOALS: Final = {
    "upload_vs_bare": Goal("ratio", 0.5, at_least=True),
    "upload_p99_at_40_per_s_ms": Goal("value", 500),
    "candidate_page_p50_ms": Goal("value", 25),
    "advice_after_upload_p95": Goal("value", 1000),
    "next_picture_ms": Goal("value", 100),
    "next_picture_p95_ms": Goal("value", 100),
    "next_dossier_ms": Goal("value", 300),
    "next_dossier_p95_ms": Goal("value", 300),
    "release_50000_visible_s": Goal("value", 30),
    "release_50000_s": Goal("value", 30),
    "import_50000_s": Goal("value", 60),
    "import_50000_rss_mb": Goal("value", 400),
    "web_rss_mb": Goal("value", 200),
    "web_rss_heaviest_mb": Goal("value", 200),
    "inspection_rss_mb": Goal("value", 600),
    "first_visit_kb": Goal("value", 150),
    **{f"{question}_1e6_ms": Goal("value", 20) for question in QUEUE},
    **{f"{question}_1e6_vs_1e4": Goal("value", 1.5) for question in QUEUE},
}


def print_table(rows: list[Results]) -> None:
    """Print every row."""
    print(
        f"{'name':30} {'value':>9} {'unit':10} {'against':>9} {'ratio':>6} {'runs':>5} {'min':>9} {'max':>9}  goal"
    )
    for row in rows:
        against = "-" if row.against is None else f"{row.against:.1f}"
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        goal = GOALS.get(row.name)
        met = f"{goal}: {'met' if goal.met_by(row) else 'NOT MET'}" if goal else ""
        print(
            f"{row.name:30} {row.value:9.1f} {row.unit:10} {against:>9} {ratio:>6} "
            f"{row.runs:5} {row.min:9.1f} {row.max:9.1f}  {met}"
        )

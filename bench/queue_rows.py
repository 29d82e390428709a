"""The queue with 10,000, 100,000 and 1,000,000 waiting dossiers: taking the next one, and the lists' first pages.

The sizes are asked one after another, not in turn: it is one table that grows, since two would share the machine's
memory and each find less of itself there. Each size is asked after ANALYZE and once beforehand, and a search finds the same
people in every size, so that what differs is the size.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from system import CHECKOUT, Results
from table import QUEUE, print_table

SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
TAKEN: Final = 60
PAGES: Final = 30
PER_PAGE: Final = 30


def rows() -> list[Results]:
    """Fill the table three times in one database and ask the same questions each time.

    `next_dossier` is what a reviewer waits for: the next one, taken, with its lease; `next_in_line` only finds it.
    """
    sys.path.append(str(CHECKOUT / "tests"))
    from factories import copies, dossiers, people, world  # noqa: PLC0415 - Django must be set up first
    from kaosheng.domain.states import State  # noqa: PLC0415 - the same

    place = world()
    cast = people.cast(place)
    waiting = dossiers.brought_to(place, State.AT_SITE, cast=cast)
    staff = people.staff(cast.chen)
    found: dict[int, dict[str, list[float]]] = {}
    there = 0
    for size in (SMALL, MIDDLE, LARGE):
        copies.of_waiting(waiting, size - there, first=there + 1)
        there = size
        found[size] = {name: _times(act, times) for name, act, times in _questions(staff)}
        print(
            f"  {size} dossiers: "
            + ", ".join(f"{k} {statistics.median(v):.1f} ms" for k, v in found[size].items())
        )
    rows = [_row(f"{name}_1e6_ms", found[SMALL][name], found[LARGE][name]) for name in QUEUE]
    middle = _row("next_dossier_1e5_ms", found[SMALL]["next_dossier"], found[MIDDLE]["next_dossier"])
    return [middle, *rows, *(_growth(row) for row in rows)]


def _questions(staff: Any) -> list[tuple[str, Callable[[], object], int]]:
    from django.utils import timezone  # noqa: PLC0415 - Django must be set up first

    from factories import copies  # noqa: PLC0415 - the same
    from kaosheng.casework.queries.lines import Tab, lines_of, next_in_line  # noqa: PLC0415
    from kaosheng.casework.queries.queue import DossierList, Wanted, tab_counts, tabs_of  # noqa: PLC0415
    from kaosheng.casework.queries.queue_rows import rows_of  # noqa: PLC0415
    from kaosheng.casework.services import queueing  # noqa: PLC0415

    def first_page(tab: Tab, **wanted: str) -> object:
        now = timezone.now()
        return rows_of(DossierList(tab, staff, Wanted(**wanted), now=now)[:PER_PAGE], staff, now=now)

    def the_next() -> object:
        (line,) = lines_of(Tab.WAITING, staff)
        return next_in_line(line, staff, now=timezone.now()).first()

    return [
        ("next_in_line", the_next, PAGES),
        ("next_dossier", lambda: queueing.take_next(staff=staff), TAKEN),
        ("waiting_list", lambda: first_page(Tab.WAITING), PAGES),
        ("whole_list", lambda: first_page(Tab.ALL), PAGES),
        ("severe_only", lambda: first_page(Tab.WAITING, precheck="severe"), PAGES),
        ("again_only", lambda: first_page(Tab.WAITING, only="again"), PAGES),
        ("changed_only", lambda: first_page(Tab.WAITING, only="changed"), PAGES),
        ("severe_in_all", lambda: first_page(Tab.ALL, precheck="severe"), PAGES),
        ("search_number", lambda: first_page(Tab.ALL, search="9000000777"), PAGES),
        ("search_name", lambda: first_page(Tab.ALL, search=copies.SHARED_NAME), PAGES),
        ("list_counts", lambda: tab_counts(staff, tabs_of(staff), now=timezone.now()), PAGES),
    ]


def _times(act: Callable[[], object], times: int) -> list[float]:
    act()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        spent.append((time.perf_counter() - begun) * 1000)
    return spent


def _row(name: str, small: list[float], large: list[float]) -> Results:
    """Against the same question with 10,000; the ratio is the growth."""
    now, before = statistics.median(large), statistics.median(small)
    return Results(
        name=name, value=now, unit="ms", against=before, ratio=now / before, runs=len(large), min=min(large), max=max(large)
    )  # fmt: skip


def _growth(row: Results) -> Results:
    """The same as a row whose value is the growth."""
    assert row.ratio is not None  # noqa: S101 - for the type checker
    name = row.name.replace("_1e6_ms", "_1e6_vs_1e4")
    return Results(
        name=name, value=row.ratio, unit="times", against=None, ratio=None, runs=row.runs, min=row.ratio, max=row.ratio
    )  # fmt: skip


if __name__ == "__main__":
    from system import prepared

    with prepared():
        print_table(rows())

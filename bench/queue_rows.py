"""The queue with 10,000 and with 1,000,000 waiting dossiers: taking the next one, and the lists' first pages."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from system import CHECKOUT, Results
from table import print_table

SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
TAKEN: Final = 60
PAGES: Final = 30
PER_PAGE: Final = 30


def rows() -> list[Results]:
    """Fill the table twice in one database and measure the same questions each time."""
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
    rows = [_row(name, found[SMALL][name], found[LARGE][name]) for name in found[LARGE]]
    middle = _row(
        "next_dossier_1e5_ms", found[SMALL]["next_dossier_1e6_ms"], found[MIDDLE]["next_dossier_1e6_ms"]
    )
    return [middle, *rows, *(_growth(row) for row in rows)]


def _questions(staff: Any) -> list[tuple[str, Callable[[], object], int]]:
    from django.utils import timezone  # noqa: PLC0415 - Django must be set up first

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
        ("next_dossier_1e6_ms", the_next, PAGES),
        ("take_next_1e6_ms", lambda: queueing.take_next(staff=staff), TAKEN),
        ("waiting_list_1e6_ms", lambda: first_page(Tab.WAITING), PAGES),
        ("whole_list_1e6_ms", lambda: first_page(Tab.ALL), PAGES),
        ("severe_only_1e6_ms", lambda: first_page(Tab.WAITING, precheck="severe"), PAGES),
        ("again_only_1e6_ms", lambda: first_page(Tab.WAITING, only="again"), PAGES),
        ("changed_only_1e6_ms", lambda: first_page(Tab.WAITING, only="changed"), PAGES),
        ("severe_in_all_1e6_ms", lambda: first_page(Tab.ALL, precheck="severe"), PAGES),
        ("search_number_1e6_ms", lambda: first_page(Tab.ALL, search="9000000777"), PAGES),
        ("search_name_1e6_ms", lambda: first_page(Tab.ALL, search="样本一"), PAGES),
        ("list_counts_1e6_ms", lambda: tab_counts(staff, tabs_of(staff), now=timezone.now()), PAGES),
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

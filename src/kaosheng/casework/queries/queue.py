"""The reviewers' lists: what waits, what one holds, what was proposed, what was returned, and everything in scope.

Each list is asked for as parts an index can serve in the order of work, and counted up to COUNTED_TO.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final, overload
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Hold, Look, Submission
from kaosheng.casework.queries.lines import ORDER_OF_WORK, Tab, first_of, lines_of, together, without_conflict
from kaosheng.casework.queries.planning import planned_for_its_values
from kaosheng.casework.queries.twins import shows_shared
from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.queueing import HANDED_IN_ONCE, PRECHECK, priorities_of
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, State
from kaosheng.regions.models import ExamSite
from kaosheng.registration.gateway import id_number_index, id_tail_index
from kaosheng.registration.models import Registration

_TAIL: Final = 4
_FULL_ID: Final = 15
"""Shorter texts are names, registration numbers or the last four characters."""

COUNTED_TO: Final = 1000
"""Lists are counted up to here: to count a million takes seconds and tells nobody more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to."""

    search: str = ""
    site: str = ""
    precheck: str = ""
    only: str = ""
    """One of `ONLY`."""


AGAIN, UPDATED, CHANGED, FREE, TWINS = "again", "updated", "changed", "free", "twins"
ONLY: Final = (AGAIN, UPDATED, CHANGED, FREE, TWINS)
"""Resubmitted; resubmitted since one's own last look; registration changed; in nobody's hands; another uses a picture of it."""


def in_scope(staff: Staff, permission: Permission = Permission.DOSSIER_VIEW) -> Q:
    """Dossiers a permission of his reaches: of his sites, or of his areas."""
    return Q(site_id__in=staff.site_ids(permission)) | Q(intake__area_id__in=staff.area_ids(permission))


def sites_of(staff: Staff) -> QuerySet[ExamSite]:
    """The sites whose dossiers he sees, to narrow a list by."""
    own, areas = staff.site_ids(Permission.DOSSIER_VIEW), staff.area_ids(Permission.DOSSIER_VIEW)
    return ExamSite.objects.filter(Q(pk__in=own) | Q(area_id__in=areas)).order_by("code")


def own_work(staff: Staff) -> Q:
    """Dossiers that wait at a stage where he reviews."""
    return Q(state=State.AT_SITE, site_id__in=staff.site_ids(Permission.DOSSIER_TAKE)) | Q(
        state=State.AT_AREA, intake__area_id__in=staff.area_ids(Permission.DOSSIER_TAKE)
    )


_ON_HOLD: Final = Q(Exists(Hold.objects.filter(dossier=OuterRef("pk"), ended_at=None)))


def tabs_of(staff: Staff) -> tuple[Tab, ...]:
    """The lists this person has; managers look, they don't review."""
    if Permission.DOSSIER_TAKE not in staff.permissions:
        return (Tab.ALL, Tab.RETURNED)
    if staff.area_ids(Permission.DOSSIER_TAKE):
        return (Tab.WAITING, Tab.MINE, Tab.HELD, Tab.PROPOSALS, Tab.RETURNED, Tab.ALL)
    return (Tab.WAITING, Tab.MINE, Tab.HELD, Tab.RETURNED, Tab.ALL)


def tab_counts(staff: Staff, tabs: tuple[Tab, ...], *, now: datetime) -> dict[Tab, int]:
    """How many stand in each list, up to COUNTED_TO, in one query."""
    parts = [
        source.order_by().annotate(tab=Value(tab.value)).values_list("tab")[:COUNTED_TO]
        for tab in tabs
        for source in _sources(tab, staff, now)
    ]
    if not parts:
        return dict.fromkeys(tabs, 0)
    statement, params = together(parts).query.sql_with_params()
    with connection.cursor() as cursor, planned_for_its_values(cursor):
        cursor.execute(f"SELECT part.tab, count(*) FROM ({statement}) AS part GROUP BY part.tab", params)  # noqa: S608 - Django's own statement
        found = dict(cursor.fetchall())
    return {tab: min(found.get(tab.value, 0), COUNTED_TO) for tab in tabs}


def _sources(tab: Tab, staff: Staff, now: datetime) -> list[QuerySet[Dossier]]:
    """The list as the sets of dossiers it is made of."""
    shown = Dossier.objects.filter(without_conflict(staff))
    if tab in {Tab.WAITING, Tab.PROPOSALS}:
        return [shown.filter(line) for line in lines_of(tab, staff)]
    if tab is Tab.MINE:
        return [shown.filter(lease__holder=staff.user, lease__until__gt=now, lease__reserved=False)]
    if tab is Tab.HELD:
        return [shown.filter(own_work(staff), _ON_HOLD)]
    if tab is Tab.RETURNED:
        return [shown.filter(in_scope(staff), state=State.RETURNED)]
    return [shown.filter(in_scope(staff))]


class DossierList(Sequence[Dossier]):
    """One list, narrowed, in the order of work; reads a page at a time."""

    def __init__(self, tab: Tab, staff: Staff, wanted: Wanted, *, now: datetime) -> None:
        in_line = tab in {Tab.WAITING, Tab.PROPOSALS}
        condition = narrowed_to(wanted, staff, now, in_line=in_line)
        ranges = _ranges(wanted) if in_line else [Q()]
        self._parts = [
            source.filter(condition, part) for source in _sources(tab, staff, now) for part in ranges
        ]
        # By number: an order by the time of the last step would tell site staff of the 考区's hidden ones.
        by_number = ("deadline", "registration__number") if tab is Tab.RETURNED else ("registration__number",)
        self._order = () if in_line else by_number
        counted = [part.order_by().values("pk")[:COUNTED_TO] for part in self._parts]
        self._counted = min(together(counted).count(), COUNTED_TO) if counted else 0

    def __len__(self) -> int:
        """How many, up to COUNTED_TO."""
        return self._counted

    @overload
    def __getitem__(self, index: int) -> Dossier: ...
    @overload
    def __getitem__(self, index: slice) -> list[Dossier]: ...
    def __getitem__(self, index: int | slice) -> Dossier | list[Dossier]:
        """A page; or one of them."""
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop = index.start or 0, index.stop if index.stop is not None else COUNTED_TO
        ids = self._ids(start, stop)
        rows = Dossier.objects.select_related("registration", "intake", "site", "release", "lease__holder")
        by_id = rows.in_bulk(ids)
        return [by_id[found] for found in ids if found in by_id]

    def _ids(self, start: int, stop: int) -> list[UUID]:
        if not self._parts:
            return []
        if not self._order:
            return first_of(self._parts, most=stop)[start:]
        return list(self._parts[0].order_by(*self._order).values_list("pk", flat=True)[start:stop])


def _ranges(wanted: Wanted) -> list[Q]:
    """The pre-check level as the stretches of a line's index that hold it."""
    if wanted.precheck not in PRECHECK:
        return [Q()]
    return [Q(priority__range=ends) for ends in priorities_of(wanted.precheck)]


_AT_ONCE: Final = 200
"""Dossiers that are read at once where many are walked through."""


def for_bulk(act: str, staff: Staff, wanted: Wanted, *, most: int) -> Iterator[Dossier]:
    """The dossiers of a filtered list at the stage the act belongs to, whoever holds them, in the order of work.

    Which they are is asked once, so that nobody is met twice or skipped; they are read a page at a time, as far as
    the reader goes.
    """
    state = State.AT_SITE if act == Action.FORWARD else State.AT_AREA
    found = Dossier.objects.filter(own_work(staff), narrowed_to(wanted, staff, timezone.now()), state=state)
    ids = list(found.order_by(*ORDER_OF_WORK).values_list("pk", flat=True)[:most])
    rows = Dossier.objects.select_related(
        "registration", "intake__area", "site", "release", "catalogue_version"
    )
    for page in in_pieces(ids, _AT_ONCE):
        by_id = rows.in_bulk(page)
        yield from (by_id[pk] for pk in page if pk in by_id)


def narrowed_to(wanted: Wanted, staff: Staff, now: datetime, *, in_line: bool = False) -> Q:
    """The condition of search field and filters; in a line the priority itself tells pre-check level and round."""
    found = _found_by(wanted.search, staff) if wanted.search.strip() else Q()
    if wanted.site:
        found &= Q(site__code=wanted.site)
    if wanted.precheck in PRECHECK and not in_line:
        found &= Q(registration__facts__precheck=wanted.precheck)
    # What the 考区 holds and has looked at is its own: for site staff such a dossier is unchanged and free.
    areas = Q(intake__area_id__in=staff.area_ids(Permission.DOSSIER_VIEW))
    return found & {
        AGAIN: Q(priority__lt=HANDED_IN_ONCE)
        if in_line
        else Q(Exists(Submission.objects.filter(dossier=OuterRef("pk"), ordinal__gt=1))),
        UPDATED: Q(Exists(_updated_since_look(staff))),
        CHANGED: Q(changed_since__isnull=False) & (areas | Q(state=State.AT_SITE)),
        TWINS: Q(shows_shared()),
        FREE: Q(lease__isnull=True) | Q(lease__until__lte=now) | (Q(state=State.AT_AREA) & ~areas),
    }.get(wanted.only, Q())


def _updated_since_look(staff: Staff) -> QuerySet[Look]:
    """His look at a dossier that was handed in again afterwards."""
    later = Submission.objects.filter(dossier=OuterRef("dossier"), at__gt=OuterRef("at"))
    return Look.objects.filter(Exists(later), dossier=OuterRef("pk"), by=staff.user)


def _found_by(search: str, staff: Staff) -> Q:
    """Looked up among the registrations first, each way by its own index; up to COUNTED_TO of them."""
    sites, areas = staff.site_ids(Permission.DOSSIER_VIEW), staff.area_ids(Permission.DOSSIER_VIEW)
    his = Q(site_id__in=sites) | Q(intake__area_id__in=areas)
    found = [
        Registration.objects.filter(his, **{field: value}).values_list("pk", flat=True)[:COUNTED_TO]
        for field, value in _ways(search).items()
    ]
    return Q(registration_id__in=set(together(found)[:COUNTED_TO]) if found else ())


def matching(search: str) -> Q:
    """Dossiers by part of the name, beginning of the number, last four characters or whole ID number."""
    ways = (Q(**{f"registration__{field}": value}) for field, value in _ways(search).items())
    return reduce(or_, ways, Q())


_KINDS: Final = {"id_number_index": "id_number", "id_tail_index": "id_tail"}


def search_for_trail(search: str) -> str:
    """What the trail keeps of a search: the beginning of a registration number as it is, of anything else its kind.

    The kinds are `id_number`, `id_tail` and `name`: the trail holds ids, never names.
    """
    text = "".join(search.split())
    if not text or Registration.objects.filter(number__startswith=text).exists():
        return text
    if not any(sign.isdigit() for sign in text):
        return "name"
    return next((kind for way, kind in _KINDS.items() if way in _ways(search)), "name")


def _ways(search: str) -> dict[str, str]:
    """What the text may be of a registration, as lookup and value."""
    text = "".join(search.split())
    if not text:
        return {}
    ways = {"name__has_part": search.strip(), "number__startswith": text}
    if len(text) == _TAIL:
        ways["id_tail_index"] = id_tail_index(text)
    if len(text) >= _FULL_ID:
        ways["id_number_index"] = id_number_index(text)
    return ways

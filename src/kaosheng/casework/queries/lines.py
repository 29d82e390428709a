"""The lines reviewers take their work from: which ones somebody has, what stands in them, in which order.

A line is one site's, or one intake's at the 考区: small enough a question for one index (`dossier_site_line`,
`dossier_area_line`). Somebody with several lines gets the best of their heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Conflict, Dossier, Lease, Proposal
from kaosheng.domain.queueing import Line
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake

_Model = TypeVar("_Model", bound=Model)
_Row = TypeVar("_Row")


class Tab(StrEnum):
    """The lists of the queue page."""

    WAITING = "waiting"
    MINE = "mine"
    HELD = "held"
    PROPOSALS = "proposals"
    RETURNED = "returned"
    ALL = "all"


ORDER_OF_WORK: Final = ("priority", "deadline", "state_since", "pk")
"""Priority (domain.queueing), own deadline with those without one last, then who waited longest: as the indexes."""


def lines_of(tab: Tab, staff: Staff) -> tuple[Q, ...]:
    """The lines behind 待审 (his sites and the intakes of his areas) or 待复查 (second looks); none for other lists."""
    if tab not in {Tab.WAITING, Tab.PROPOSALS}:
        return ()
    areas = staff.area_ids(Permission.DOSSIER_TAKE)
    intakes = Intake.objects.filter(area_id__in=areas).values_list("pk", flat=True) if areas else ()
    if tab is Tab.PROPOSALS:
        return tuple(Q(line=Line.SECOND, intake_id=intake) for intake in intakes)
    sites = sorted(staff.site_ids(Permission.DOSSIER_TAKE))
    return (
        *(Q(line=Line.SITE, site_id=site) for site in sites),
        *(Q(line=Line.AREA, intake_id=intake) for intake in intakes),
    )


def own_conflicts(staff: Staff) -> QuerySet[Conflict]:
    """The 回避 he declared himself, as long as they stand."""
    return Conflict.objects.standing().filter(by=staff.user)


def in_conflict(staff: Staff, registration: str = "registration") -> Exists:
    """Whether he declared himself unfit to be its reviewer; `registration` is the way there from a row."""
    return Exists(own_conflicts(staff).filter(registration=OuterRef(registration)))


def without_conflict(staff: Staff, registration: str = "registration") -> Q:
    """All but those; no list shows them to him."""
    return ~Q(in_conflict(staff, registration))


def next_in_line(line: Q, staff: Staff, *, now: datetime) -> QuerySet[Dossier]:
    """What 领取下一份 may take from a line: in nobody's hands, without conflict, never one's own proposal."""
    taken = Lease.objects.filter(dossier=OuterRef("pk"), until__gt=now)
    own = Proposal.objects.filter(dossier=OuterRef("pk"), outcome=Proposal.Outcome.PENDING, by=staff.user)
    free = Dossier.objects.filter(line, ~Exists(taken), ~Exists(own), without_conflict(staff))
    return free.order_by(*ORDER_OF_WORK)


def best_first(lines: Sequence[Q], staff: Staff, *, now: datetime) -> list[Q]:
    """The lines that hold something free, the one with the most urgent head first."""
    heads = [
        (_place(head), number)
        for number, line in enumerate(lines)
        if (head := next_in_line(line, staff, now=now).only(*ORDER_OF_WORK).first()) is not None
    ]
    return [lines[number] for _place_of_head, number in sorted(heads)]


def _place(dossier: Dossier) -> tuple[object, ...]:
    return (
        dossier.priority,
        dossier.deadline is None,
        dossier.deadline or dossier.state_since,
        dossier.state_since,
    )


def together(parts: Sequence[QuerySet[_Model, _Row]]) -> QuerySet[_Model, _Row]:
    """Several questions as one statement, each with an index and a limit of its own."""
    first, *others = parts
    return first.union(*others, all=True) if others else first


def first_of(parts: Sequence[QuerySet[Dossier]], *, most: int) -> list[UUID]:
    """The ids of the first so many dossiers of all these parts together, in the order of work."""
    heads = [part.order_by(*ORDER_OF_WORK).values_list(*ORDER_OF_WORK)[:most] for part in parts]
    keys = [
        (priority, deadline is None, deadline or since, since, str(pk), pk)
        for priority, deadline, since, pk in together(heads)
    ]
    return [key[-1] for key in sorted(keys)[:most]]

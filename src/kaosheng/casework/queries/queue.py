"""The reviewers' lists: what waits, what one holds, what was proposed, what was returned, and everything in scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final, overload

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import (
    Correction,
    Decision,
    Dossier,
    Hold,
    Look,
    Picture,
    Promise,
    Proposal,
    Step,
    Submission,
)
from kaosheng.casework.queries.lines import ORDER_OF_WORK, Tab, lines_of, standing_in, without_conflict
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.dossier import phase_of
from kaosheng.domain.queueing import PRECHECK, priorities_of
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Phase, State, Verdict
from kaosheng.regions.models import ExamSite
from kaosheng.registration.gateway import id_number_index, id_tail_index
from kaosheng.registration.models import Registration
from kaosheng.registration.words import masked_id_number

_TAIL: Final = 4
_FULL_ID: Final = 15
"""Shorter texts are names, registration numbers or the last four characters."""

COUNTED_TO: Final = 1000
"""Lists are counted up to here: to count a million takes seconds and tells nobody more."""

_HANDED_IN: Final = (Action.SUBMIT.value, Action.RECEIVE.value, Action.OVERDUE.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to."""

    search: str = ""
    site: str = ""
    precheck: str = ""
    only: str = ""
    """One of `ONLY`."""


AGAIN, UPDATED, CHANGED, FREE = "again", "updated", "changed", "free"
ONLY: Final = (AGAIN, UPDATED, CHANGED, FREE)
"""Resubmitted; resubmitted since one's own last look; registration changed; in nobody's hands."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of a list, with nothing its reader may not know."""

    dossier: Dossier
    phase: Phase
    sees_area: bool
    masked_id: str
    pictures: int
    round: int
    promise_due: bool
    overdue: bool
    changed: bool
    updated: bool
    held_for: str
    holder: str
    held_by_me: bool
    verdict: Verdict | None
    proposed: Verdict | None
    proposer: str
    proposed_by_me: bool
    closes_at: datetime


def in_scope(staff: Staff, permission: Permission = Permission.DOSSIER_VIEW) -> Q:
    """Dossiers a permission of his reaches: of his sites, or of his areas."""
    return Q(site_id__in=staff.site_ids(permission)) | Q(intake__area_id__in=staff.area_ids(permission))


def sites_of(staff: Staff) -> QuerySet[ExamSite]:
    """The sites whose dossiers he sees, to narrow a list by."""
    own, areas = staff.site_ids(Permission.DOSSIER_VIEW), staff.area_ids(Permission.DOSSIER_VIEW)
    return ExamSite.objects.filter(Q(pk__in=own) | Q(area_id__in=areas)).order_by("code")


def sees_area(staff: Staff, dossier: Dossier) -> bool:
    """Whether the 考区's own work on this dossier is his business; site staff see 已上报考区 only."""
    return dossier.intake.area_id in staff.area_ids(Permission.DOSSIER_VIEW)


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
    found = Counter(tab for (tab,) in (parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]))
    return {tab: min(found[tab.value], COUNTED_TO) for tab in tabs}


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
    """One list, narrowed, in the order of work; reads a page at a time with what its lines show."""

    def __init__(self, tab: Tab, staff: Staff, wanted: Wanted, *, now: datetime) -> None:
        self._staff, self._lines = staff, lines_of(tab, staff)
        self._condition = narrowed_to(wanted, staff, now, in_line=bool(self._lines)) & without_conflict(staff)
        # By number: an order by the time of the last step would tell site staff of the 考区's hidden ones.
        order = ("deadline", "registration__number") if tab is Tab.RETURNED else ("registration__number",)
        sources = [source.filter(self._condition) for source in _sources(tab, staff, now)]
        self._ids = (
            None
            if self._lines
            else sources[0].order_by(*order).values_list("pk", flat=True)
            if sources
            else ()
        )
        self._counted = sum(source.order_by().values("pk")[:COUNTED_TO].count() for source in sources)

    def __len__(self) -> int:
        """How many, up to COUNTED_TO."""
        return min(self._counted, COUNTED_TO)

    @overload
    def __getitem__(self, index: int) -> Dossier: ...
    @overload
    def __getitem__(self, index: slice) -> list[Dossier]: ...
    def __getitem__(self, index: int | slice) -> Dossier | list[Dossier]:
        """A page; or one of them."""
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop = index.start or 0, index.stop if index.stop is not None else COUNTED_TO
        ids = (
            list(self._ids[start:stop])
            if self._ids is not None
            else standing_in(self._lines, self._condition, most=stop)[start:]
        )
        surroundings = ("registration", "intake", "site", "release", "lease__holder")
        rows = with_line(Dossier.objects.filter(pk__in=ids).select_related(*surroundings), self._staff)
        by_id = {row.pk: row for row in rows}
        return [by_id[found] for found in ids if found in by_id]  # type: ignore[index]


def for_bulk(act: str, staff: Staff, wanted: Wanted, *, most: int) -> list[Dossier]:
    """The dossiers of a filtered list at the stage the act belongs to, whoever holds them, in the order of work."""
    state = State.AT_SITE if act == Action.FORWARD else State.AT_AREA
    found = Dossier.objects.filter(own_work(staff), narrowed_to(wanted, staff, timezone.now()), state=state)
    return list(
        found.select_related("registration", "intake__area", "site", "release", "catalogue_version").order_by(
            *ORDER_OF_WORK
        )[:most]
    )


def narrowed_to(wanted: Wanted, staff: Staff, now: datetime, *, in_line: bool = False) -> Q:
    """The condition of search field and filters; in a line the priority itself tells the pre-check level."""
    found = _found_by(wanted.search, staff) if wanted.search.strip() else Q()
    if wanted.site:
        found &= Q(site__code=wanted.site)
    if wanted.precheck in PRECHECK and in_line:
        found &= reduce(or_, (Q(priority__range=ends) for ends in priorities_of(wanted.precheck)))
    elif wanted.precheck in PRECHECK:
        found &= Q(registration__facts__precheck=wanted.precheck)
    # What the 考区 holds and has looked at is its own: for site staff such a dossier is unchanged and free.
    areas = Q(intake__area_id__in=staff.area_ids(Permission.DOSSIER_VIEW))
    return found & {
        AGAIN: Q(Exists(Submission.objects.filter(dossier=OuterRef("pk"), ordinal__gt=1))),
        UPDATED: Q(Exists(_updated_since_look(staff))),
        CHANGED: Q(changed_since__isnull=False) & (areas | Q(state=State.AT_SITE)),
        FREE: Q(lease__isnull=True) | Q(lease__until__lte=now) | (Q(state=State.AT_AREA) & ~areas),
    }.get(wanted.only, Q())


def _updated_since_look(staff: Staff) -> QuerySet[Look]:
    """His look at a dossier that was handed in again afterwards."""
    later = Submission.objects.filter(dossier=OuterRef("dossier"), at__gt=OuterRef("at"))
    return Look.objects.filter(Exists(later), dossier=OuterRef("pk"), by=staff.user)


def _found_by(search: str, staff: Staff) -> Q:
    """Looked up among the registrations first, where every way has its index; up to COUNTED_TO of them."""
    sites, areas = staff.site_ids(Permission.DOSSIER_VIEW), staff.area_ids(Permission.DOSSIER_VIEW)
    his = Q(site_id__in=sites) | Q(intake__area_id__in=areas)
    ids = Registration.objects.filter(matching(search, of=""), his).values_list("pk", flat=True)
    return Q(registration_id__in=list(ids[:COUNTED_TO]))


def matching(search: str, *, of: str = "registration__") -> Q:
    """Beginning of the name or registration number, last four characters or whole ID number, whichever it may be."""
    text = "".join(search.split())
    if not text:
        return Q()
    ways = {"name__startswith": search.strip(), "number__startswith": text}
    if len(text) == _TAIL:
        ways["id_tail_index"] = id_tail_index(text)
    if len(text) >= _FULL_ID:
        ways["id_number_index"] = id_number_index(text)
    found = Q()
    for field, value in ways.items():
        found |= Q(**{of + field: value})
    return found


def with_line(dossiers: QuerySet[Dossier], staff: Staff) -> QuerySet[Dossier]:
    """Add what a line shows: counts and the last thing that was handed in, as columns of the same query."""
    of_this = {"dossier": OuterRef("pk")}
    shown = (
        Picture.objects.filter(**of_this, hidden_at=None)
        .values("dossier")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rounds = Submission.objects.filter(**of_this).values("dossier").annotate(n=Max("ordinal")).values("n")
    pending = Proposal.objects.filter(**of_this, outcome=Proposal.Outcome.PENDING)
    decision = Decision.objects.filter(**of_this, voided_at=None)
    corrected = Correction.objects.filter(**of_this, confirmed_at__isnull=False).order_by("-confirmed_at")
    last = Step.objects.filter(**of_this, action__in=_HANDED_IN).order_by("-revision")
    today = timezone.now().astimezone(HOUSE_TIME).date()
    due = Promise.objects.filter(**of_this, due_on__lte=today, waived_reason="")
    return dossiers.annotate(
        shown=Coalesce(Subquery(shown), 0),
        rounds=Coalesce(Subquery(rounds), 0),
        proposed_verdict=Subquery(pending.values("verdict")[:1]),
        proposer_id=Subquery(pending.values("by_id")[:1]),
        proposer_name=Subquery(pending.values("by__name")[:1]),
        handed_in=Subquery(last.values("action")[:1]),
        decided=Coalesce(Subquery(corrected.values("verdict")[:1]), Subquery(decision.values("verdict")[:1])),
        has_promise_due=Exists(due),
        updated=Exists(_updated_since_look(staff)),
        held_for=Subquery(Hold.objects.filter(**of_this, ended_at=None).values("reason")[:1]),
    )


def row_of(dossier: Dossier, staff: Staff, *, now: datetime) -> QueueRow:
    """A line for this reader, from a dossier read by a `DossierList`."""
    shows_area = sees_area(staff, dossier)
    inside = shows_area or dossier.state != State.AT_AREA
    # What goes out when the 考区 decides would tell its site of the decision: at the 考区 it sees none of it.
    waits = dossier.state == State.AT_SITE or (shows_area and dossier.state == State.AT_AREA)
    lease = getattr(dossier, "lease", None)
    holds = inside and lease is not None and lease.until > now
    verdict = dossier.proposed_verdict if shows_area else None  # type: ignore[attr-defined]  # annotated
    released = dossier.release is not None and dossier.release.published_at is not None
    phase = phase_of(state=State(dossier.state), proposal_pending=verdict is not None, released=released)
    return QueueRow(
        dossier=dossier,
        phase=phase if shows_area or phase is not Phase.DECIDED else Phase.AT_AREA,
        sees_area=shows_area,
        masked_id=masked_id_number(dossier.registration.id_number),
        pictures=dossier.shown,  # type: ignore[attr-defined]  # annotated
        round=dossier.rounds,  # type: ignore[attr-defined]  # annotated
        promise_due=dossier.has_promise_due and waits,  # type: ignore[attr-defined]  # annotated
        overdue=dossier.handed_in == Action.OVERDUE and waits,  # type: ignore[attr-defined]  # annotated
        changed=dossier.changed_since is not None and (shows_area or dossier.state == State.AT_SITE),
        updated=dossier.updated and waits,  # type: ignore[attr-defined]  # annotated
        held_for=(dossier.held_for or "") if waits else "",  # type: ignore[attr-defined]  # annotated
        holder=lease.holder.name if holds and lease is not None else "",
        held_by_me=holds and lease is not None and lease.holder_id == staff.user.pk,
        verdict=Verdict(dossier.decided) if dossier.decided and (shows_area or released) else None,  # type: ignore[attr-defined]
        proposed=Verdict(verdict) if verdict else None,
        proposer=(dossier.proposer_name or "") if shows_area else "",  # type: ignore[attr-defined]
        proposed_by_me=shows_area and dossier.proposer_id == staff.user.pk,  # type: ignore[attr-defined]
        closes_at=dossier.deadline or dossier.intake.closes_at,
    )

"""The reviewers' lists: what waits, what one holds, what was proposed, what was returned, and everything in scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import (
    Correction,
    Decision,
    Dossier,
    Picture,
    Promise,
    Proposal,
    Step,
    Submission,
)
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.dossier import phase_of
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Phase, State, Verdict
from kaosheng.registration.gateway import id_number_index, id_tail_index
from kaosheng.registration.words import masked_id_number

_TAIL: Final = 4
_FULL_ID: Final = 15
"""Shorter texts are names, registration numbers or the last four characters."""

_HANDED_IN: Final = (Action.SUBMIT.value, Action.RECEIVE.value, Action.OVERDUE.value)
RISKS: Final = ("severe", "warning", "hint", "note")
"""Values of the registration system's pre-check, the gravest first."""


class Tab(StrEnum):
    """The lists of the queue page."""

    WAITING = "waiting"
    MINE = "mine"
    PROPOSALS = "proposals"
    RETURNED = "returned"
    ALL = "all"


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


def sees_area(staff: Staff, dossier: Dossier) -> bool:
    """Whether the 考区's own work on this dossier is his business; site staff see 已上报考区 only."""
    return dossier.intake.area_id in staff.area_ids(Permission.DOSSIER_VIEW)


def own_work(staff: Staff) -> Q:
    """Dossiers that wait at a stage where he reviews."""
    return Q(state=State.AT_SITE, site_id__in=staff.site_ids(Permission.DOSSIER_TAKE)) | Q(
        state=State.AT_AREA, intake__area_id__in=staff.area_ids(Permission.DOSSIER_TAKE)
    )


_PENDING: Final = Q(Exists(Proposal.objects.filter(dossier=OuterRef("pk"), outcome=Proposal.Outcome.PENDING)))


def condition_of(tab: Tab, staff: Staff, now: datetime) -> Q:
    """Which dossiers stand in a list."""
    if tab is Tab.WAITING:
        return own_work(staff) & ~_PENDING
    if tab is Tab.MINE:
        return Q(lease__holder=staff.user, lease__until__gt=now)
    if tab is Tab.PROPOSALS:
        areas = staff.area_ids(Permission.DOSSIER_TAKE)
        return Q(state=State.AT_AREA, intake__area_id__in=areas) & Q(_PENDING)
    if tab is Tab.RETURNED:
        return Q(state=State.RETURNED)
    return Q()


def tabs_of(staff: Staff) -> tuple[Tab, ...]:
    """The lists this person has; managers look, they don't review."""
    if Permission.DOSSIER_TAKE not in staff.permissions:
        return (Tab.ALL, Tab.RETURNED)
    if staff.area_ids(Permission.DOSSIER_TAKE):
        return (Tab.WAITING, Tab.MINE, Tab.PROPOSALS, Tab.RETURNED, Tab.ALL)
    return (Tab.WAITING, Tab.MINE, Tab.RETURNED, Tab.ALL)


def tab_counts(staff: Staff, tabs: tuple[Tab, ...], *, now: datetime) -> dict[Tab, int]:
    """How many stand in each list, in one query."""
    counts = {
        tab.value: Count("pk", filter=condition_of(tab, staff, now)) for tab in tabs if tab is not Tab.ALL
    }
    counts[Tab.ALL.value] = Count("pk")
    found = Dossier.objects.filter(in_scope(staff)).aggregate(**counts)
    return {tab: found[tab.value] for tab in tabs}


def dossiers_of(tab: Tab, staff: Staff, *, search: str, now: datetime) -> QuerySet[Dossier]:
    """The list's dossiers with what its lines show, in the order of work."""
    found = (
        Dossier.objects.filter(in_scope(staff))
        .filter(condition_of(tab, staff, now))
        .filter(matching(search))
        .select_related("registration", "intake", "site", "release", "lease__holder")
    )
    if tab in {Tab.WAITING, Tab.MINE, Tab.PROPOSALS}:
        return with_line(in_order_of_work(found))
    if tab is Tab.RETURNED:
        return with_line(found.order_by("deadline", "registration__number"))
    # By number: an order by the time of the last step would tell site staff of the 考区's hidden ones.
    return with_line(found.order_by("registration__number"))


def matching(search: str) -> Q:
    """Name, registration number, last four characters or whole ID number, whichever the text may be."""
    text = "".join(search.split())
    if not text:
        return Q()
    found = Q(registration__name__icontains=search.strip()) | Q(registration__number__startswith=text)
    if len(text) == _TAIL:
        found |= Q(registration__id_tail_index=id_tail_index(text))
    if len(text) >= _FULL_ID:
        found |= Q(registration__id_number_index=id_number_index(text))
    return found


def in_order_of_work(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Resubmitted and due promises first, then by risk, then by deadline, then who waited longest."""
    today = timezone.now().astimezone(HOUSE_TIME).date()
    risk = Case(
        *(When(registration__facts__precheck=value, then=Value(rank)) for rank, value in enumerate(RISKS)),
        default=Value(len(RISKS)),
        output_field=IntegerField(),
    )
    due = Promise.objects.filter(dossier=OuterRef("pk"), due_on__lte=today, waived_reason="")
    return dossiers.annotate(
        again=Exists(Submission.objects.filter(dossier=OuterRef("pk"), ordinal__gt=1)),
        promise_due=Exists(due),
        risk=risk,
        closes=Coalesce(F("deadline"), F("intake__closes_at")),
    ).order_by("-again", "-promise_due", "risk", "closes", "state_since", "pk")


def with_line(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
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
    )


def row_of(dossier: Dossier, staff: Staff, *, now: datetime) -> QueueRow:
    """A line for this reader, from a dossier read by `dossiers_of`."""
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
        holder=lease.holder.name if holds and lease is not None else "",
        held_by_me=holds and lease is not None and lease.holder_id == staff.user.pk,
        verdict=Verdict(dossier.decided) if dossier.decided and (shows_area or released) else None,  # type: ignore[attr-defined]
        proposed=Verdict(verdict) if verdict else None,
        proposer=(dossier.proposer_name or "") if shows_area else "",  # type: ignore[attr-defined]
        proposed_by_me=shows_area and dossier.proposer_id == staff.user.pk,  # type: ignore[attr-defined]
        closes_at=dossier.deadline or dossier.intake.closes_at,
    )


def next_in_line(tab: Tab, staff: Staff, *, now: datetime) -> QuerySet[Dossier]:
    """What 领取下一份 may take from a list: in nobody's hands; of the proposals, never one's own."""
    free = Dossier.objects.filter(condition_of(tab, staff, now)).exclude(lease__until__gt=now)
    if tab is Tab.PROPOSALS:
        own = Proposal.objects.filter(dossier=OuterRef("pk"), outcome=Proposal.Outcome.PENDING, by=staff.user)
        free = free.exclude(Exists(own))
    return in_order_of_work(free)

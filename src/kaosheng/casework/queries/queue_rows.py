"""What a line of a list shows of its dossier, with nothing its reader may not know.

What stands around the dossiers of a page (pictures, rounds, proposals, looks) is asked for in one statement written by
hand: a list must open in the time of a key, and building the same from ten subqueries took longer than running them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.dossier import phase_of
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Phase, State, Verdict
from kaosheng.registration.words import masked_id_number

_HANDED_IN: Final = [Action.SUBMIT.value, Action.RECEIVE.value, Action.OVERDUE.value]

_AROUND: Final = """
    SELECT dossier.id,
           (SELECT count(*) FROM casework_picture AS picture
             WHERE picture.dossier_id = dossier.id AND picture.hidden_at IS NULL),
           coalesce(newest.ordinal, 0),
           EXISTS (SELECT FROM casework_promise AS promise
                    WHERE promise.dossier_id = dossier.id AND promise.due_on <= %(today)s AND promise.waived_reason = ''),
           (SELECT step.action FROM casework_step AS step
             WHERE step.dossier_id = dossier.id AND step.action = ANY(%(handed_in)s) ORDER BY step.revision DESC LIMIT 1),
           EXISTS (SELECT FROM casework_look AS look
                    WHERE look.dossier_id = dossier.id AND look.by_id = %(staff)s AND look.at < newest.at),
           (SELECT hold.reason FROM casework_hold AS hold
             WHERE hold.dossier_id = dossier.id AND hold.ended_at IS NULL LIMIT 1),
           coalesce((SELECT correction.verdict FROM casework_correction AS correction
                      WHERE correction.dossier_id = dossier.id AND correction.confirmed_at IS NOT NULL
                      ORDER BY correction.confirmed_at DESC LIMIT 1),
                    (SELECT decision.verdict FROM casework_decision AS decision
                      WHERE decision.dossier_id = dossier.id AND decision.voided_at IS NULL LIMIT 1)),
           EXISTS (SELECT FROM casework_picture AS picture
                    WHERE picture.dossier_id = dossier.id AND picture.is_shared AND picture.hidden_at IS NULL),
           proposal.verdict, proposal.by_id, proposer.name
      FROM casework_dossier AS dossier
      LEFT JOIN LATERAL (SELECT submission.ordinal, submission.at FROM casework_submission AS submission
                          WHERE submission.dossier_id = dossier.id ORDER BY submission.ordinal DESC LIMIT 1) AS newest ON true
      LEFT JOIN casework_proposal AS proposal
             ON proposal.dossier_id = dossier.id AND proposal.outcome = 'pending'
      LEFT JOIN accounts_user AS proposer ON proposer.id = proposal.by_id
     WHERE dossier.id = ANY(%(ids)s)
"""


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
    has_twin: bool
    held_for: str
    holder: str
    held_by_me: bool
    verdict: Verdict | None
    proposed: Verdict | None
    proposer: str
    proposed_by_me: bool
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around one dossier, whoever reads it."""

    pictures: int
    rounds: int
    has_promise_due: bool
    handed_in: str | None
    updated: bool
    held_for: str | None
    decided: str | None
    has_twin: bool
    proposed: str | None
    proposer_id: int | None
    proposer_name: str | None


def sees_area(staff: Staff, dossier: Dossier) -> bool:
    """Whether the 考区's own work on this dossier is his business; site staff see 已上报考区 only."""
    return dossier.intake.area_id in staff.area_ids(Permission.DOSSIER_VIEW)


def rows_of(dossiers: Sequence[Dossier], staff: Staff, *, now: datetime) -> list[QueueRow]:
    """The lines of these dossiers for this reader, in their order."""
    around = _around([dossier.pk for dossier in dossiers], staff, today=now.astimezone(HOUSE_TIME).date())
    return [
        _row_of(dossier, around[dossier.pk], staff, now=now) for dossier in dossiers if dossier.pk in around
    ]


def _around(ids: list[UUID], staff: Staff, *, today: date) -> dict[UUID, _Around]:
    asked: dict[str, Any] = {"ids": ids, "staff": staff.user.pk, "today": today, "handed_in": _HANDED_IN}
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, asked)
        return {found: _Around(*rest) for found, *rest in cursor.fetchall()}


def _row_of(dossier: Dossier, around: _Around, staff: Staff, *, now: datetime) -> QueueRow:
    shows_area = sees_area(staff, dossier)
    inside = shows_area or dossier.state != State.AT_AREA
    # What goes out when the 考区 decides would tell its site of the decision: at the 考区 it sees none of it.
    waits = dossier.state == State.AT_SITE or (shows_area and dossier.state == State.AT_AREA)
    lease = getattr(dossier, "lease", None)
    holds = inside and lease is not None and lease.until > now
    verdict = around.proposed if shows_area else None
    released = dossier.release is not None and dossier.release.published_at is not None
    phase = phase_of(state=State(dossier.state), proposal_pending=verdict is not None, released=released)
    return QueueRow(
        dossier=dossier,
        phase=phase if shows_area or phase is not Phase.DECIDED else Phase.AT_AREA,
        sees_area=shows_area,
        masked_id=masked_id_number(dossier.registration.id_number),
        pictures=around.pictures,
        round=around.rounds,
        promise_due=around.has_promise_due and waits,
        overdue=around.handed_in == Action.OVERDUE and waits,
        changed=dossier.changed_since is not None and (shows_area or dossier.state == State.AT_SITE),
        updated=around.updated and waits,
        has_twin=around.has_twin,
        held_for=(around.held_for or "") if waits else "",
        holder=lease.holder.name if holds and lease is not None else "",
        held_by_me=holds and lease is not None and lease.holder_id == staff.user.pk,
        verdict=Verdict(around.decided) if around.decided and (shows_area or released) else None,
        proposed=Verdict(verdict) if verdict else None,
        proposer=(around.proposer_name or "") if shows_area else "",
        proposed_by_me=shows_area and around.proposer_id == staff.user.pk,
        closes_at=dossier.deadline or dossier.intake.closes_at,
    )

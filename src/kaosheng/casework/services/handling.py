"""How the house handles a dossier among its own people: hold, internal notes, conflicts, handing over, looks."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.casework.models import Conflict, Dossier, Hold, InternalNote, Look, Proposal
from kaosheng.casework.services.actors import Actor, of_staff
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.lining import place_in_line
from kaosheng.casework.services.reviewing import require_reviewer
from kaosheng.casework.services.write_path import open_case
from kaosheng.domain.errors import Refusal
from kaosheng.domain.reasons import short_reason
from kaosheng.domain.roles import Permission, permissions_of


def hold(*, dossier_id: UUID, actor: Actor, seen_revision: int, reason: str) -> Hold:
    """暂缓 a dossier one holds: it leaves one's hands and the line until somebody goes on with it.

    Raises Refusal `reason_needed`, `reason_too_long`, `lease_needed`, `stale_revision`, `not_your_stage`.
    """
    with open_case(dossier_id) as case:
        stage = require_reviewer(case, actor)
        case.require_revision(seen_revision)
        if not case.holds_lease(actor):
            raise Refusal("lease_needed")
        made = Hold.objects.create(
            dossier=case.dossier, stage=stage, by=actor.person, at=case.now, reason=short_reason(reason)
        )
        case.drop_lease()
        _line_up(case)
        case.record(AuditName.DOSSIER_HELD, actor, reason=made.reason)
        return made


def end_hold(*, dossier_id: UUID, actor: Actor) -> None:
    """The dossier waits in its line again. Raises Refusal `not_your_stage`."""
    with open_case(dossier_id) as case:
        require_reviewer(case, actor)
        if case.dossier.holds.filter(ended_at=None).update(ended_at=case.now):
            _line_up(case)
            case.record(AuditName.HOLD_ENDED, actor)


def _line_up(case: Case) -> None:
    place_in_line(case)
    case.dossier.save(update_fields=["line", "priority"])


def add_note(*, dossier_id: UUID, actor: Actor, text: str) -> InternalNote:
    """内部备注 of a reviewer on a dossier of his stage. Raises Refusal `note_empty`, `not_your_stage`."""
    with open_case(dossier_id) as case:
        stage = require_reviewer(case, actor)
        if not text.strip():
            raise Refusal("note_empty")
        note = InternalNote.objects.create(
            dossier=case.dossier, stage=stage, by=actor.person, at=case.now, text=text.strip()
        )
        case.record(AuditName.INTERNAL_NOTE_ADDED, actor)
        return note


def declare_conflict(*, dossier_id: UUID, actor: Actor, reason: str) -> Conflict:
    """回避: while it stands he never gets this dossier; his lease and his hold end, what he proposed is void.

    Raises Refusal `reason_needed`, `reason_too_long`, `not_found`.
    """
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        made = Conflict.objects.create(
            registration=case.registration, by=actor.person, at=case.now, reason=short_reason(reason)
        )
        if case.holds_lease(actor):
            case.drop_lease()
        case.dossier.holds.filter(ended_at=None, by=actor.person).update(ended_at=case.now)
        _void_proposed(case, actor)
        _line_up(case)
        case.record(AuditName.CONFLICT_DECLARED, actor, reason=made.reason)
        return made


def _void_proposed(case: Case, actor: Actor) -> None:
    """What he proposed and nobody has confirmed isn't anybody's to confirm any more."""
    proposal, correction = case.proposal, case.correction
    if proposal is not None and proposal.by_id == actor.person.pk:
        proposal.outcome = Proposal.Outcome.VOID
        proposal.answered_by, proposal.answered_at = actor.person, case.now
        proposal.save(update_fields=["outcome", "answered_by", "answered_at"])
        case.record(AuditName.PROPOSAL_VOIDED, actor, verdict=proposal.verdict)
    if correction is not None and correction.proposed_by_id == actor.person.pk:
        correction.replaced_at = case.now
        correction.save(update_fields=["replaced_at"])
        case.record(AuditName.PROPOSAL_VOIDED, actor, verdict=correction.verdict, correction=correction.pk)


def withdraw_conflict(*, dossier_id: UUID, actor: Actor, by: User, reason: str) -> None:
    """撤回 somebody's 回避 as his manager: he may get the dossier again.

    Raises Refusal `own_conflict`, `not_your_role`, `reason_needed`, `reason_too_long`, `not_found`.
    """
    with open_case(dossier_id) as case:
        if actor.person.pk == by.pk:
            raise Refusal("own_conflict")
        if Permission.HAND_OVER not in permissions_of(case.roles_of(actor)):
            raise Refusal("not_your_role", action="hand_over")
        why = short_reason(reason)
        standing = case.registration.declared_conflicts.standing().filter(by=by)
        if not standing.update(withdrawn_at=case.now, withdrawn_by=actor.person, withdrawn_reason=why):
            raise Refusal("not_found")
        case.record(AuditName.CONFLICT_WITHDRAWN, actor, declared_by=str(by.pk), reason=why)


def hand_over(*, dossier_id: UUID, actor: Actor, giver: User, taker: Staff | None) -> bool:
    """移交 one dossier somebody has leased or on hold to another reviewer, or back to the line.

    A person gives his own away, a manager those of his reviewers. False when it left the giver's hands meanwhile.
    Raises Refusal `not_your_role`, `not_your_stage` when the taker doesn't review it, `conflict_declared`.
    """
    with open_case(dossier_id) as case:
        _require_giving(case, actor, giver)
        lease = case.lease if case.lease is not None and case.lease.holder_id == giver.pk else None
        holding = case.dossier.holds.filter(ended_at=None, by=giver)
        if lease is None and not holding.exists():
            return False
        if taker is not None:
            require_reviewer(case, of_staff(taker))
        if lease is not None:
            case.drop_lease()
        if taker is None:
            holding.update(ended_at=case.now)
        elif not holding.update(by=taker.user):
            case.put_in_hands_of(taker.user)
        _line_up(case)
        case.record(
            AuditName.DOSSIER_HANDED_OVER, actor, giver=str(giver.pk), taker=taker.id if taker else ""
        )
        return True


def _require_giving(case: Case, actor: Actor, giver: User) -> None:
    may = Permission.HAND_OVER in permissions_of(case.roles_of(actor))
    if actor.person.pk != giver.pk and not may:
        raise Refusal("not_your_role", action="hand_over")


def note_look(*, dossier: Dossier, staff: Staff) -> Look:
    """Remember that somebody opened a dossier, and his look before what was handed in last."""
    now = timezone.now()
    newest = dossier.submissions.order_by("-ordinal").values_list("at", flat=True).first()
    look = dossier.looks.filter(by=staff.user).first() or Look(dossier=dossier, by=staff.user, at=now)
    look.before, look.at = look.preceding(newest), now
    Look.objects.bulk_create(
        [Look(dossier=dossier, by=staff.user, at=now, before=look.before)],
        update_conflicts=True,
        unique_fields=["dossier", "by"],
        update_fields=["at", "before"],
    )
    return look

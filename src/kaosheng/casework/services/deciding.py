"""The 考区's verbs: decide, propose and confirm, reopen, keep, correct."""

from __future__ import annotations

from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import Correction, Decision, Dossier, Promise, Proposal, Recheck
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.announcing import tell_candidate
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.rechecking import end_recheck
from kaosheng.casework.services.remarks import require_nameless
from kaosheng.casework.services.write_path import open_as_seen
from kaosheng.domain.errors import Refusal
from kaosheng.domain.states import Action, Verdict


def decide_pass(
    *, dossier_id: UUID, actor: Actor, seen_revision: int, opinion: str = "", waiver: str = ""
) -> Decision:
    """决定通过 by one person, when the dossier isn't drawn for a second look. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        require_nameless(case, opinion)
        return pass_alone(case, actor, opinion=opinion, waiver=waiver)


def pass_alone(case: Case, actor: Actor, *, opinion: str = "", waiver: str = "") -> Decision:
    """The same for a dossier that is open already: what changed in its registration counts as looked at. Raises Refusal."""
    case.step(Action.DECIDE, actor, verdict=Verdict.PASS, reason=opinion.strip(), waiver=waiver)
    _waive_promises(case, waiver)
    case.dossier.changed_since = None
    return _store_decision(case, actor, verdict=Verdict.PASS, opinion=opinion)


def propose(
    *,
    dossier_id: UUID,
    actor: Actor,
    seen_revision: int,
    verdict: Verdict,
    opinion: str = "",
    waiver: str = "",
) -> Proposal:
    """提议: every 不通过, and every 通过 drawn for a second look, waits for another person. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        require_nameless(case, opinion)
        case.step(Action.PROPOSE, actor, verdict=verdict, reason=opinion.strip(), waiver=waiver)
        _waive_promises(case, waiver)
        case.dossier.changed_since = None
        return Proposal.objects.create(
            dossier=case.dossier, verdict=verdict, opinion=opinion.strip(), by=actor.person, at=case.now
        )


def confirm(*, dossier_id: UUID, actor: Actor, seen_revision: int) -> Decision:
    """确认 another person's proposal: the verdict is decided. Raises Refusal `second_person_needed`."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        proposal = case.proposal
        case.step(Action.CONFIRM, actor, verdict=Verdict(proposal.verdict) if proposal else None)
        if proposal is None:
            raise Refusal("nothing_to_confirm")
        Proposal.objects.filter(pk=proposal.pk).update(
            outcome=Proposal.Outcome.CONFIRMED, answered_by=actor.user, answered_at=case.now
        )
        return _store_decision(
            case,
            actor,
            verdict=Verdict(proposal.verdict),
            opinion=proposal.opinion,
            proposed_by=proposal.by_id,
        )


def reject_proposal(*, dossier_id: UUID, actor: Actor, seen_revision: int, reason: str) -> Dossier:
    """不同意 another person's proposal, with the reason. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        case.step(Action.REJECT_PROPOSAL, actor, reason=reason.strip())
        return case.dossier


def withdraw_proposal(*, dossier_id: UUID, actor: Actor, seen_revision: int) -> Dossier:
    """Take one's own proposal back. Raises Refusal `not_your_proposal`."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        case.step(Action.WITHDRAW_PROPOSAL, actor)
        return case.dossier


def reopen(*, dossier_id: UUID, actor: Actor, seen_revision: int, reason: str) -> Dossier:
    """重新打开 an unreleased decision: it is void and the dossier back with the 考区. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        case.step(Action.REOPEN, actor, reason=reason.strip())
        void_decision(case)
        return case.dossier


def keep(*, dossier_id: UUID, actor: Actor, seen_revision: int) -> Dossier:
    """维持 a decision although the registration changed afterwards; clears the flag. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        case.step(Action.KEEP, actor)
        case.dossier.changed_since = None
        return case.dossier


def void_decision(case: Case) -> None:
    """End the decision in force and take the dossier out of a release in preparation."""
    case.dossier.decisions.filter(voided_at=None).update(voided_at=case.now)
    case.dossier.release = None


def _store_decision(
    case: Case, actor: Actor, *, verdict: Verdict, opinion: str, proposed_by: int | None = None
) -> Decision:
    return Decision.objects.create(
        dossier=case.dossier,
        verdict=verdict,
        opinion=opinion.strip(),
        proposed_by_id=proposed_by,
        decided_by=actor.person,
        at=case.now,
    )


def _waive_promises(case: Case, waiver: str) -> None:
    if waiver.strip():
        open_kinds = case.open_promises()
        Promise.objects.filter(dossier=case.dossier, kind__in=open_kinds).update(waived_reason=waiver.strip())


def propose_correction(
    *, dossier_id: UUID, actor: Actor, seen_revision: int, verdict: Verdict, opinion: str
) -> Correction:
    """更正 a released verdict: first person. A newer proposal replaces the pending one. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        require_nameless(case, opinion)
        case.step(Action.PROPOSE_CORRECTION, actor, verdict=verdict, reason=opinion.strip())
        Correction.objects.filter(dossier=case.dossier, confirmed_at=None, replaced_at=None).update(
            replaced_at=case.now
        )
        return Correction.objects.create(
            dossier=case.dossier,
            verdict=verdict,
            opinion=opinion.strip(),
            proposed_by=actor.person,
            proposed_at=case.now,
        )


def confirm_correction(*, dossier_id: UUID, actor: Actor, seen_revision: int) -> Correction:
    """更正: second person. From now on the candidate reads the new verdict, and the old one as 更正前."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        correction = case.correction
        case.step(
            Action.CONFIRM_CORRECTION, actor, verdict=Verdict(correction.verdict) if correction else None
        )
        if correction is None:
            raise Refusal("nothing_to_confirm")
        correction.confirmed_by = actor.user
        correction.confirmed_at = case.now
        correction.save(update_fields=["confirmed_by", "confirmed_at"])
        case.record(AuditName.CORRECTION_CONFIRMED, actor, correction=correction.pk)
        if not end_recheck(case, actor, outcome=Recheck.Outcome.CORRECTED):
            tell_candidate(case, "result_corrected")
        return correction

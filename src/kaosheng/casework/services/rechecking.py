"""复核: one request after the release, answered by people who didn't decide."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaosheng.casework.models import Correction, Recheck
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.announcing import tell_candidate
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.remarks import require_nameless
from kaosheng.casework.services.write_path import open_as_seen, open_case
from kaosheng.domain.states import Action


def ask_recheck(
    *, dossier_id: UUID, actor: Actor, reason: str, arrived_at: datetime | None = None
) -> Recheck:
    """申请复核 by the candidate, once, within the window after the release.

    Raises Refusal `recheck_asked_already`, `recheck_window_over`, `reason_needed`.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        case.step(Action.ASK_RECHECK, actor, reason=reason.strip())
        return Recheck.objects.create(dossier=case.dossier, reason=reason.strip(), asked_at=case.now)


def uphold(*, dossier_id: UUID, actor: Actor, seen_revision: int, reason: str) -> Recheck | None:
    """维持: the verdict stands, for the reason the candidate reads. A correction somebody proposed falls.

    Raises Refusal `no_recheck_pending`, `first_decider`, `reason_needed`.
    """
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        require_nameless(case, reason)
        case.step(Action.UPHOLD, actor, reason=reason.strip())
        Correction.objects.filter(dossier=case.dossier, confirmed_at=None, replaced_at=None).update(
            replaced_at=case.now
        )
        end_recheck(case, actor, outcome=Recheck.Outcome.UPHELD, answer=reason.strip())
        return case.recheck


def end_recheck(case: Case, actor: Actor, *, outcome: Recheck.Outcome, answer: str = "") -> bool:
    """Answer the open 复核 of this dossier and tell the candidate; whether there was one."""
    recheck = case.recheck
    if recheck is None or recheck.outcome != Recheck.Outcome.PENDING:
        return False
    recheck.outcome, recheck.answer = outcome, answer
    recheck.answered_by, recheck.answered_at = actor.person, case.now
    recheck.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    tell_candidate(case, "recheck_answered")
    return True

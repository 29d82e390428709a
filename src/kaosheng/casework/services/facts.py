"""What the rules ask of a locked dossier, in one frozen answer."""

from __future__ import annotations

from typing import Any

from kaosheng.casework.models import Recheck
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.domain import deadlines
from kaosheng.domain.dossier import Facts
from kaosheng.domain.places import Manner
from kaosheng.domain.second_look import is_drawn
from kaosheng.domain.states import Stage, State


def facts_of(case: DossierAround) -> Facts:
    """Everything the rules ask, read under the lock."""
    asked = case.still_asked
    decision = case.decision
    return Facts(
        phase=case.phase,
        opens_at=case.intake.opens_at,
        deadline=case.deadline,
        returned_by=Stage(case.returned.stage) if case.returned else None,
        before_cancellation=State(case.dossier.before_cancellation)
        if case.dossier.before_cancellation
        else None,
        one_stage=case.intake.has_one_stage,
        window_opened=case.intake.opens_at <= case.arrived_at,
        in_time=case.in_time,
        run_out=deadlines.has_run_out(now=case.now, deadline=case.deadline),
        missing=case.missing(),
        unanswered=tuple(place.kind for place in case.unanswered()),
        asked_online=sum(1 for place in asked if place.manner == Manner.ONLINE),
        asked_elsewhere=sum(1 for place in asked if place.manner != Manner.ONLINE),
        waits_elsewhere=case.waits_elsewhere,
        unmarked=len(case.unmarked_pictures()),
        drawn=is_drawn(
            seed=case.intake.second_look_seed,
            number=case.registration.number,
            share=case.intake.second_look_share,
        ),
        open_promises=case.open_promises(),
        flagged=case.dossier.changed_since is not None,
        proposed_by=str(case.proposal.by_id) if case.proposal else None,
        correction_by=str(case.correction.proposed_by_id) if case.correction else None,
        decided_by=frozenset(
            str(person) for person in (decision.proposed_by_id, decision.decided_by_id) if person
        )
        if decision
        else frozenset(),
        **(_of_recheck(case) if case.is_released else {}),
    )


def _of_recheck(case: DossierAround) -> dict[str, Any]:
    until = case.recheck_until
    corrections = case.dossier.corrections.filter(confirmed_at__isnull=False)
    people = {str(pk) for pair in corrections.values_list("proposed_by", "confirmed_by") for pk in pair}
    return {
        "corrected_by": frozenset(people),
        "recheck_in_time": until is not None
        and deadlines.in_time(arrived_at=case.arrived_at, now=case.now, deadline=until),
        "recheck_asked": case.recheck is not None,
        "recheck_pending": case.recheck is not None and case.recheck.outcome == Recheck.Outcome.PENDING,
    }

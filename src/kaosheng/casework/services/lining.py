"""Keeps a dossier's place in the reviewers' lines true to its state."""

from __future__ import annotations

from kaosheng.casework.models import Proposal
from kaosheng.casework.queries.advice import advice_on
from kaosheng.casework.services.case import Case
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.dossier import phase_of
from kaosheng.domain.queueing import line_of, priority_of
from kaosheng.domain.states import State


def place_in_line(case: Case) -> None:
    """Work out anew where the dossier waits and how urgently; whoever holds the lock saves it."""
    dossier = case.dossier
    proposed = dossier.proposals.filter(outcome=Proposal.Outcome.PENDING).exists()
    phase = phase_of(state=State(dossier.state), proposal_pending=proposed, released=case.is_released)
    dossier.line = line_of(phase, is_held=case.is_held)
    dossier.priority = _priority(case) if dossier.line else 0


def _priority(case: Case) -> int:
    today = case.now.astimezone(HOUSE_TIME).date()
    return priority_of(
        again=case.dossier.submissions.filter(ordinal__gt=1).exists(),
        promise_due=case.dossier.promises.filter(due_on__lte=today, waived_reason="").exists(),
        precheck=case.registration.facts.get("precheck"),
        advice=_noticed(case),
    )


def _noticed(case: Case) -> int:
    """In how many of its pictures the assistant noticed something, whatever the candidate says to it."""
    advised = advice_on(case.pictures, now=case.now)
    return sum(bool(one.codes) for one in advised.values())

"""What somebody could do with a dossier now: the table itself is asked about every action of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kaosheng.casework.services.actors import Actor
from kaosheng.domain.dossier import Facts, Request, decide
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Action, Verdict


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing the reader could do. `refused` is the rule that forbids it at the moment, or None."""

    action: Action
    verdict: Verdict | None = None
    refused: Refusal | None = None


_ASKED_OF_PEOPLE: Final[tuple[tuple[Action, Verdict | None], ...]] = (
    (Action.FORWARD, Verdict.PASS),
    (Action.FORWARD, Verdict.FAIL),
    (Action.DECIDE, Verdict.PASS),
    (Action.PROPOSE, Verdict.PASS),
    (Action.PROPOSE, Verdict.FAIL),
    (Action.CONFIRM, None),
    (Action.REJECT_PROPOSAL, None),
    (Action.WITHDRAW_PROPOSAL, None),
    (Action.RETURN, None),
    (Action.SEND_BACK, None),
    (Action.RECEIVE, None),
    (Action.EXTEND, None),
    (Action.REOPEN, None),
    (Action.KEEP, None),
    (Action.PROPOSE_CORRECTION, None),
    (Action.CONFIRM_CORRECTION, None),
    (Action.UPHOLD, None),
)
_NOT_OFFERED: Final = frozenset(
    {
        "action_not_possible", "not_your_role", "one_stage_only", "drawn_for_second_look", "second_look_not_drawn",
        "not_your_proposal", "no_recheck_pending", "nothing_to_confirm", "nothing_to_keep", "nothing_to_receive",
    }
)  # fmt: skip
"""Refusals that mean: this isn't a thing to do here. The others mean: not yet, or not by you, and are said."""


def allowed_actions(
    facts: Facts, *, actor: Actor, roles: frozenset[Role], holds_lease: bool, asking: int
) -> tuple[Offer, ...]:
    """Ask the table itself about every action of people, with everything given that a form would ask for."""
    offers = []
    for action, verdict in _ASKED_OF_PEOPLE:
        request = Request(
            actor=str(actor.user.pk) if actor.user else "",
            roles=roles,
            holds_lease=holds_lease,
            reason="given",
            verdict=verdict or Verdict.PASS,
            places=asking,
            waiver="given",
        )
        try:
            decide(facts, action, request)
        except Refusal as refusal:
            if refusal.code not in _NOT_OFFERED:
                offers.append(Offer(action, verdict, refused=refusal))
        else:
            offers.append(Offer(action, verdict))
    return tuple(offers)

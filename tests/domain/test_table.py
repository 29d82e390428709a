"""The table of a dossier's life, written down a second time by hand and compared cell by cell."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from kaosheng.domain.dossier import Facts, Outcome, Request, decide
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Action, Phase, Stage, State, Verdict

# phase | action | target: two stages, the site returned it | the area returned it | one stage | who | lease
BY_HAND = """
draft     | submit                 | at_site   | at_site   | at_area   | candidate                                | -
draft     | lapse                  | lapsed    | lapsed    | lapsed    | clock                                    | -
draft     | extend                 | draft     | draft     | draft     | area_manager                             | -
draft     | registration_changed   | draft     | draft     | draft     | gateway                                  | -
draft     | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
returned  | submit                 | at_site   | at_area   | at_area   | candidate                                | -
returned  | receive                | at_site   |           |           | site_reviewer site_manager               | -
returned  | receive                |           | at_area   | at_area   | area_reviewer site_manager               | -
returned  | overdue                | at_site   | at_area   | at_area   | clock                                    | -
returned  | extend                 | returned  | returned  | returned  | area_manager                             | -
returned  | registration_changed   | returned  | returned  | returned  | gateway                                  | -
returned  | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
at_site   | return                 | returned  | returned  | returned  | site_reviewer                            | lease
at_site   | forward                | at_area   | at_area   |           | site_reviewer                            | lease
at_site   | registration_changed   | at_site   | at_site   | at_site   | gateway                                  | -
at_site   | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
at_area   | return                 | returned  | returned  | returned  | area_reviewer                            | lease
at_area   | send_back              | at_site   | at_site   |           | area_reviewer                            | lease
at_area   | decide                 | decided   | decided   | decided   | area_reviewer                            | lease
at_area   | propose                | at_area   | at_area   | at_area   | area_reviewer                            | lease
at_area   | registration_changed   | at_area   | at_area   | at_area   | gateway                                  | -
at_area   | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
proposed  | confirm                | decided   | decided   | decided   | area_reviewer                            | lease
proposed  | reject_proposal        | at_area   | at_area   | at_area   | area_reviewer                            | lease
proposed  | withdraw_proposal      | at_area   | at_area   | at_area   | area_reviewer                            | lease
proposed  | return                 | returned  | returned  | returned  | area_reviewer                            | lease
proposed  | send_back              | at_site   | at_site   |           | area_reviewer                            | lease
proposed  | registration_changed   | at_area   | at_area   | at_area   | gateway                                  | -
proposed  | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
decided   | reopen                 | at_area   | at_area   | at_area   | area_manager                             | -
decided   | keep                   | decided   | decided   | decided   | area_manager                             | -
decided   | registration_changed   | decided   | decided   | decided   | gateway                                  | -
decided   | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
released  | propose_correction     | decided   | decided   | decided   | area_reviewer area_manager               | -
released  | confirm_correction     | decided   | decided   | decided   | area_reviewer area_manager               | -
released  | ask_recheck            | decided   | decided   | decided   | candidate                                | -
released  | uphold                 | decided   | decided   | decided   | area_reviewer area_manager               | -
released  | registration_changed   | decided   | decided   | decided   | gateway                                  | -
lapsed    | extend                 | draft     | draft     | draft     | area_manager                             | -
lapsed    | window_extended        | draft     | draft     | draft     | clock                                    | -
lapsed    | registration_changed   | lapsed    | lapsed    | lapsed    | gateway                                  | -
lapsed    | registration_cancelled | withdrawn | withdrawn | withdrawn | gateway                                  | -
withdrawn | registration_changed   | withdrawn | withdrawn | withdrawn | gateway                                  | -
withdrawn | registration_restored  | returned  | returned  | returned  | gateway                                  | -
"""

READY = Facts(
    phase=Phase.DRAFT,
    before_cancellation=State.RETURNED,
    run_out=True,
    asked_elsewhere=1,
    flagged=True,
    proposed_by="a",
    correction_by="a",
    decided_by=frozenset({"x", "y"}),
    recheck_in_time=True,
    recheck_pending=True,
)
"""Facts under which every condition holds; only `drawn` depends on the action."""

VARIANTS: dict[str, dict[str, Any]] = {
    "site returned": {"returned_by": Stage.SITE, "one_stage": False},
    "area returned": {"returned_by": Stage.AREA, "one_stage": False},
    "one stage": {"returned_by": Stage.AREA, "one_stage": True},
}


class Cell(NamedTuple):
    variant: str
    phase: str
    action: str
    target: str
    who: frozenset[str]
    leased: bool


def _written_down() -> set[Cell]:
    cells = set()
    for line in BY_HAND.strip().splitlines():
        phase, action, *targets, who, lease = (part.strip() for part in line.split("|"))
        for variant, target in zip(VARIANTS, targets, strict=True):
            if target:
                cells.add(Cell(variant, phase, action, target, frozenset(who.split()), lease == "lease"))
    return cells


def _facts(variant: str, phase: Phase, action: Action) -> Facts:
    ready = replace(READY, phase=phase, drawn=action is Action.PROPOSE)
    return replace(ready, **VARIANTS[variant])


def _request(action: Action, *roles: Role, leased: bool = True) -> Request:
    return Request(
        actor="a" if action is Action.WITHDRAW_PROPOSAL else "b",
        roles=frozenset(roles),
        holds_lease=leased,
        reason="样本",
        verdict=Verdict.PASS,
        places=1,
    )


def _answer(facts: Facts, action: Action, request: Request) -> Outcome | str:
    try:
        return decide(facts, action, request)
    except Refusal as refusal:
        return refusal.code


def _cell(variant: str, phase: Phase, action: Action) -> Cell | None:
    facts = _facts(variant, phase, action)
    answers = {role: _answer(facts, action, _request(action, role)) for role in Role}
    outcomes = {role: answer for role, answer in answers.items() if isinstance(answer, Outcome)}
    if not outcomes:
        return None
    bare = {_answer(facts, action, _request(action, role, leased=False)) for role in outcomes}
    leased = bare == {"lease_needed"}
    assert leased or bare == set(outcomes.values())
    (target,) = {outcome.state.value for outcome in outcomes.values()}
    return Cell(
        variant, phase.value, action.value, target, frozenset(role.value for role in outcomes), leased
    )


def test_every_cell_leads_where_the_table_says_for_whom_it_says() -> None:
    product = itertools.product(VARIANTS, Phase, Action)
    assert {cell for cell in itertools.starmap(_cell, product) if cell} == _written_down()


def test_a_cell_that_is_not_listed_is_closed_to_everybody() -> None:
    listed = {(cell.phase, cell.action) for cell in _written_down()}
    for phase, action in itertools.product(Phase, Action):
        if (phase.value, action.value) not in listed:
            answer = _answer(_facts("site returned", phase, action), action, _request(action, *Role))
            assert answer == "action_not_possible", (phase, action)


def test_a_wrong_role_is_told_nothing_but_that() -> None:
    """Neither the lease nor a condition answers before the role does."""
    for cell in _written_down():
        phase, action = Phase(cell.phase), Action(cell.action)
        nothing_ready = replace(_facts(cell.variant, phase, action), in_time=False, run_out=False, unmarked=3)
        for role in set(Role) - {Role(name) for name in cell.who}:
            answer = _answer(nothing_ready, action, _request(action, role, leased=False))
            assert answer == "not_your_role", (cell, role)


def _ending(flag: str) -> set[tuple[str, str]]:
    found = set()
    for cell in _written_down():
        phase, action = Phase(cell.phase), Action(cell.action)
        roles = [Role(name) for name in cell.who]
        outcome = decide(_facts(cell.variant, phase, action), action, _request(action, *roles))
        if getattr(outcome, flag):
            found.add((cell.phase, cell.action))
    return found


def test_what_voids_a_pending_proposal() -> None:
    assert _ending("voids_proposal") == {
        ("proposed", "reject_proposal"),
        ("proposed", "withdraw_proposal"),
        ("proposed", "return"),
        ("proposed", "send_back"),
        ("proposed", "registration_changed"),
        ("proposed", "registration_cancelled"),
    }


def test_what_freezes_the_marks() -> None:
    assert _ending("freezes_marks") == {
        ("at_site", "return"),
        ("at_site", "forward"),
        ("at_area", "return"),
        ("at_area", "send_back"),
        ("at_area", "decide"),
        ("at_area", "propose"),
        ("proposed", "return"),
        ("proposed", "send_back"),
    }


def test_what_takes_the_dossier_out_of_the_reviewers_hands() -> None:
    assert _ending("drops_lease") == {
        ("at_site", "return"),
        ("at_site", "forward"),
        ("at_area", "return"),
        ("at_area", "send_back"),
        ("at_area", "decide"),
        ("at_area", "propose"),
        ("proposed", "confirm"),
        ("proposed", "return"),
        ("proposed", "send_back"),
        *(
            (phase, "registration_cancelled")
            for phase in ("draft", "returned", "at_site", "at_area", "proposed", "decided", "lapsed")
        ),
    }


@pytest.mark.parametrize("before", [state for state in State if state is not State.WITHDRAWN])
def test_a_restored_registration_stands_where_it_stood(before: State) -> None:
    facts = Facts(phase=Phase.WITHDRAWN, before_cancellation=before)
    outcome = decide(facts, Action.REGISTRATION_RESTORED, Request(roles=frozenset({Role.GATEWAY})))
    assert outcome == Outcome(state=before)


def test_nothing_is_restored_that_was_never_cancelled() -> None:
    request = Request(roles=frozenset({Role.GATEWAY}))
    assert (
        _answer(Facts(phase=Phase.WITHDRAWN), Action.REGISTRATION_RESTORED, request) == "action_not_possible"
    )


def test_one_of_several_roles_suffices() -> None:
    request = _request(Action.FORWARD, Role.SITE_MANAGER, Role.SITE_REVIEWER)
    assert decide(Facts(phase=Phase.AT_SITE), Action.FORWARD, request).state is State.AT_AREA

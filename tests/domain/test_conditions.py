"""Each condition on an action: the answer on both sides of its edge."""

from __future__ import annotations

from typing import Any

import pytest

from kaosheng.domain.dossier import Facts, Request, decide, phase_of, stored_state
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Action, Phase, Stage, State, Verdict

WHO = {
    Action.SUBMIT: Role.CANDIDATE,
    Action.OVERDUE: Role.CLOCK,
    Action.LAPSE: Role.CLOCK,
    Action.WINDOW_EXTENDED: Role.CLOCK,
    Action.FORWARD: Role.SITE_REVIEWER,
    Action.REOPEN: Role.AREA_MANAGER,
    Action.KEEP: Role.AREA_MANAGER,
    Action.EXTEND: Role.AREA_MANAGER,
    Action.ASK_RECHECK: Role.CANDIDATE,
}
"""Who acts; whoever isn't named here is the area's reviewer."""

PASS, FAIL = Verdict.PASS, Verdict.FAIL
D, R, S, A, P, DD, PUB, L = (
    Phase.DRAFT,
    Phase.RETURNED,
    Phase.AT_SITE,
    Phase.AT_AREA,
    Phase.PROPOSED,
    Phase.DECIDED,
    Phase.RELEASED,
    Phase.LAPSED,
)


def _answer(phase: Phase, action: Action, facts: dict[str, Any], asked: dict[str, Any]) -> str:
    role = WHO.get(action, Role.AREA_REVIEWER)
    request = Request(**{"actor": "me", "roles": frozenset({role}), "holds_lease": True, **asked})
    try:
        return decide(Facts(phase=phase, **facts), action, request).state.value
    except Refusal as refusal:
        return refusal.code


SUBMITTING = [
    (D, {}, "at_site"),
    (D, {"window_opened": False}, "window_not_open"),
    (D, {"in_time": False}, "deadline_passed"),
    (D, {"missing": ("M01",)}, "materials_missing"),
    (R, {}, "at_site"),
    (R, {"window_opened": False}, "at_site"),
    (R, {"in_time": False}, "deadline_passed"),
    (R, {"unanswered": ("M02",)}, "places_unanswered"),
    (R, {"missing": ("M01",)}, "materials_missing"),
    (R, {"asked_elsewhere": 1, "waits_elsewhere": True}, "nothing_to_resubmit"),
    (R, {"asked_elsewhere": 1, "waits_elsewhere": False}, "at_site"),
]


@pytest.mark.parametrize(("phase", "facts", "expected"), SUBMITTING)
def test_submit(phase: Phase, facts: dict[str, Any], expected: str) -> None:
    assert _answer(phase, Action.SUBMIT, facts, {}) == expected


@pytest.mark.parametrize(
    ("code", "facts", "param", "named"),
    [
        ("materials_missing", {"missing": ("M01", "M05")}, "kinds", ("M01", "M05")),
        ("places_unanswered", {"unanswered": ("M02",), "missing": ("M01",)}, "places", ("M02",)),
    ],
)
def test_a_refused_submit_names_what_is_missing(
    code: str, facts: dict[str, Any], param: str, named: object
) -> None:
    with pytest.raises(Refusal) as caught:
        decide(Facts(phase=R, **facts), Action.SUBMIT, Request(roles=frozenset({Role.CANDIDATE})))
    assert (caught.value.code, caught.value.params[param]) == (code, named)


RECEIVING = [
    ({"asked_elsewhere": 1, "returned_by": Stage.SITE}, Role.SITE_REVIEWER, "原件已核", "at_site"),
    ({"asked_elsewhere": 1, "returned_by": Stage.SITE}, Role.SITE_MANAGER, "原件已核", "at_site"),
    ({"asked_elsewhere": 1, "returned_by": Stage.SITE}, Role.AREA_REVIEWER, "原件已核", "not_your_role"),
    (
        {"asked_elsewhere": 1, "asked_online": 2, "returned_by": Stage.SITE},
        Role.SITE_MANAGER,
        "原件已核",
        "returned",
    ),
    ({"asked_elsewhere": 1, "returned_by": Stage.AREA}, Role.AREA_REVIEWER, "原件已核", "at_area"),
    ({"asked_elsewhere": 1, "returned_by": Stage.AREA}, Role.SITE_MANAGER, "原件已核", "at_area"),
    ({"asked_elsewhere": 1, "returned_by": Stage.AREA}, Role.SITE_REVIEWER, "原件已核", "not_your_role"),
    ({"asked_elsewhere": 1, "returned_by": Stage.SITE}, Role.CANDIDATE, "原件已核", "not_your_role"),
    ({"asked_elsewhere": 1, "returned_by": Stage.SITE}, Role.SITE_REVIEWER, " ", "reason_needed"),
    ({"asked_elsewhere": 0, "returned_by": Stage.SITE}, Role.SITE_REVIEWER, "原件已核", "nothing_to_receive"),
]


@pytest.mark.parametrize(("facts", "role", "reason", "expected"), RECEIVING)
def test_receive(facts: dict[str, Any], role: Role, reason: str, expected: str) -> None:
    assert _answer(R, Action.RECEIVE, facts, {"roles": frozenset({role}), "reason": reason}) == expected


REVIEWING = [
    # A return without a place asks for nothing.
    (S, Action.RETURN, {}, {"roles": frozenset({Role.SITE_REVIEWER}), "places": 1}, "returned"),
    (S, Action.RETURN, {}, {"roles": frozenset({Role.SITE_REVIEWER}), "places": 0}, "places_needed"),
    (A, Action.RETURN, {"unmarked": 9}, {"places": 1}, "returned"),
    (A, Action.RETURN, {"unmarked": 9}, {"places": 0}, "places_needed"),
    # A recommendation: a word, a reason for the bad one, no unmarked picture, two stages.
    (S, Action.FORWARD, {}, {"verdict": PASS}, "at_area"),
    (S, Action.FORWARD, {}, {"verdict": None}, "verdict_needed"),
    (S, Action.FORWARD, {}, {"verdict": FAIL, "reason": "学历不符"}, "at_area"),
    (S, Action.FORWARD, {}, {"verdict": FAIL}, "reason_needed"),
    (S, Action.FORWARD, {"unmarked": 1}, {"verdict": PASS}, "pictures_unmarked"),
    (S, Action.FORWARD, {"one_stage": True}, {"verdict": PASS}, "one_stage_only"),
    (S, Action.FORWARD, {"open_promises": ("M09",)}, {"verdict": PASS}, "at_area"),
    (A, Action.SEND_BACK, {}, {"reason": "请核对"}, "at_site"),
    (A, Action.SEND_BACK, {}, {"reason": "\t\n"}, "reason_needed"),
    (A, Action.SEND_BACK, {"one_stage": True}, {"reason": "请核对"}, "one_stage_only"),
    # One person alone: only 通过, only when not drawn, no open promise unless waived.
    (A, Action.DECIDE, {}, {"verdict": PASS}, "decided"),
    (A, Action.DECIDE, {}, {"verdict": None}, "verdict_needed"),
    (A, Action.DECIDE, {}, {"verdict": FAIL, "reason": "学历不符"}, "refusal_needs_two"),
    (A, Action.DECIDE, {"drawn": True}, {"verdict": PASS}, "drawn_for_second_look"),
    (A, Action.DECIDE, {"open_promises": ("M09",)}, {"verdict": PASS}, "promise_open"),
    (A, Action.DECIDE, {"open_promises": ("M09",)}, {"verdict": PASS, "waiver": "  "}, "promise_open"),
    (A, Action.DECIDE, {"open_promises": ("M09",)}, {"verdict": PASS, "waiver": "原件已阅"}, "decided"),
    (A, Action.DECIDE, {"unmarked": 1}, {"verdict": PASS}, "decided"),
    (A, Action.DECIDE, {"unmarked": 1, "one_stage": True}, {"verdict": PASS}, "pictures_unmarked"),
    (A, Action.DECIDE, {"unmarked": 0, "one_stage": True}, {"verdict": PASS}, "decided"),
    # A proposal: every 不通过 with its reason, a 通过 only when drawn.
    (A, Action.PROPOSE, {}, {"verdict": FAIL, "reason": "学历不符"}, "at_area"),
    (A, Action.PROPOSE, {}, {"verdict": FAIL}, "reason_needed"),
    (A, Action.PROPOSE, {}, {"verdict": PASS}, "second_look_not_drawn"),
    (A, Action.PROPOSE, {"drawn": True}, {"verdict": PASS}, "at_area"),
    (A, Action.PROPOSE, {"drawn": True}, {"verdict": None}, "verdict_needed"),
    (A, Action.PROPOSE, {"drawn": True, "open_promises": ("M09",)}, {"verdict": PASS}, "promise_open"),
    (
        A,
        Action.PROPOSE,
        {"drawn": True, "open_promises": ("M09",)},
        {"verdict": PASS, "waiver": "已阅"},
        "at_area",
    ),
    (A, Action.PROPOSE, {"open_promises": ("M09",)}, {"verdict": FAIL, "reason": "学历不符"}, "at_area"),
    (A, Action.PROPOSE, {"unmarked": 1}, {"verdict": FAIL, "reason": "学历不符"}, "at_area"),
    (
        A,
        Action.PROPOSE,
        {"unmarked": 1, "one_stage": True},
        {"verdict": FAIL, "reason": "学历不符"},
        "pictures_unmarked",
    ),
    # Two people.
    (P, Action.CONFIRM, {"proposed_by": "other"}, {}, "decided"),
    (P, Action.CONFIRM, {"proposed_by": "me"}, {}, "second_person_needed"),
    (P, Action.REJECT_PROPOSAL, {"proposed_by": "other"}, {"reason": "材料齐全"}, "at_area"),
    (P, Action.REJECT_PROPOSAL, {"proposed_by": "other"}, {}, "reason_needed"),
    (P, Action.REJECT_PROPOSAL, {"proposed_by": "me"}, {"reason": "材料齐全"}, "second_person_needed"),
    (P, Action.WITHDRAW_PROPOSAL, {"proposed_by": "me"}, {}, "at_area"),
    (P, Action.WITHDRAW_PROPOSAL, {"proposed_by": "other"}, {}, "not_your_proposal"),
    (P, Action.RETURN, {"proposed_by": "me"}, {"places": 1}, "returned"),
    (P, Action.SEND_BACK, {"proposed_by": "me"}, {"reason": "请核对"}, "at_site"),
]


@pytest.mark.parametrize(("phase", "action", "facts", "asked", "expected"), REVIEWING)
def test_review(
    phase: Phase, action: Action, facts: dict[str, Any], asked: dict[str, Any], expected: str
) -> None:
    assert _answer(phase, action, facts, asked) == expected


AFTERWARDS = [
    (DD, Action.REOPEN, {}, {"reason": "发现新情况"}, "at_area"),
    (DD, Action.REOPEN, {}, {"reason": ""}, "reason_needed"),
    (DD, Action.KEEP, {"flagged": True}, {}, "decided"),
    (DD, Action.KEEP, {"flagged": False}, {}, "nothing_to_keep"),
    (
        PUB,
        Action.PROPOSE_CORRECTION,
        {"decided_by": frozenset({"x", "y"})},
        {"verdict": PASS, "reason": "复核"},
        "decided",
    ),
    (
        PUB,
        Action.PROPOSE_CORRECTION,
        {"decided_by": frozenset({"x", "me"})},
        {"verdict": PASS, "reason": "复核"},
        "first_decider",
    ),
    (PUB, Action.PROPOSE_CORRECTION, {}, {"reason": "复核"}, "verdict_needed"),
    (PUB, Action.PROPOSE_CORRECTION, {}, {"verdict": PASS}, "reason_needed"),
    (PUB, Action.CONFIRM_CORRECTION, {"correction_by": "other"}, {}, "decided"),
    (PUB, Action.CONFIRM_CORRECTION, {"correction_by": None}, {}, "nothing_to_confirm"),
    (PUB, Action.CONFIRM_CORRECTION, {"correction_by": "me"}, {}, "second_person_needed"),
    (
        PUB,
        Action.CONFIRM_CORRECTION,
        {"correction_by": "other", "decided_by": frozenset({"me"})},
        {},
        "first_decider",
    ),
    # Who corrected may correct again, but not once a 复核 asks about his own correction.
    (
        PUB,
        Action.PROPOSE_CORRECTION,
        {"corrected_by": frozenset({"me"})},
        {"verdict": PASS, "reason": "复核"},
        "decided",
    ),
    (
        PUB,
        Action.PROPOSE_CORRECTION,
        {"corrected_by": frozenset({"me"}), "recheck_pending": True},
        {"verdict": PASS, "reason": "复核"},
        "first_decider",
    ),
    (
        PUB,
        Action.CONFIRM_CORRECTION,
        {"correction_by": "other", "corrected_by": frozenset({"me"})},
        {},
        "decided",
    ),
    (
        PUB,
        Action.CONFIRM_CORRECTION,
        {"correction_by": "other", "corrected_by": frozenset({"me"}), "recheck_pending": True},
        {},
        "first_decider",
    ),
    (
        PUB,
        Action.CONFIRM_CORRECTION,
        {"correction_by": "other", "corrected_by": frozenset({"other"}), "recheck_pending": True},
        {},
        "first_decider",
    ),
    (PUB, Action.ASK_RECHECK, {"recheck_in_time": True}, {"reason": "有误"}, "decided"),
    (PUB, Action.ASK_RECHECK, {"recheck_in_time": True}, {"reason": " "}, "reason_needed"),
    (PUB, Action.ASK_RECHECK, {"recheck_in_time": False}, {"reason": "有误"}, "recheck_window_over"),
    (
        PUB,
        Action.ASK_RECHECK,
        {"recheck_in_time": True, "recheck_asked": True},
        {"reason": "有误"},
        "recheck_asked_already",
    ),
    (DD, Action.ASK_RECHECK, {"recheck_in_time": True}, {"reason": "有误"}, "action_not_possible"),
    (PUB, Action.UPHOLD, {"recheck_pending": True}, {"reason": "无误"}, "decided"),
    (PUB, Action.UPHOLD, {"recheck_pending": True}, {"reason": ""}, "reason_needed"),
    (PUB, Action.UPHOLD, {"recheck_pending": False}, {"reason": "无误"}, "no_recheck_pending"),
    (
        PUB,
        Action.UPHOLD,
        {"recheck_pending": True, "decided_by": frozenset({"me"})},
        {"reason": "无误"},
        "first_decider",
    ),
    (
        PUB,
        Action.UPHOLD,
        {"recheck_pending": True, "corrected_by": frozenset({"me"})},
        {"reason": "无误"},
        "first_decider",
    ),
    (D, Action.LAPSE, {"run_out": True}, {}, "lapsed"),
    (D, Action.LAPSE, {"run_out": False}, {}, "deadline_not_passed"),
    (R, Action.OVERDUE, {"run_out": True}, {}, "at_site"),
    (R, Action.OVERDUE, {"run_out": False}, {}, "deadline_not_passed"),
    (D, Action.EXTEND, {}, {"reason": "生病"}, "draft"),
    (R, Action.EXTEND, {}, {"reason": "生病"}, "returned"),
    (L, Action.EXTEND, {}, {"reason": "生病"}, "draft"),
    (L, Action.EXTEND, {}, {"reason": " "}, "reason_needed"),
    (L, Action.WINDOW_EXTENDED, {"in_time": True}, {}, "draft"),
    (L, Action.WINDOW_EXTENDED, {"in_time": False}, {}, "deadline_passed"),
]


@pytest.mark.parametrize(("phase", "action", "facts", "asked", "expected"), AFTERWARDS)
def test_clock_manager_and_correction(
    phase: Phase, action: Action, facts: dict[str, Any], asked: dict[str, Any], expected: str
) -> None:
    assert _answer(phase, action, facts, asked) == expected


def test_a_refusal_carries_the_figures_it_speaks_of() -> None:
    with pytest.raises(Refusal) as caught:
        decide(
            Facts(phase=S, unmarked=3),
            Action.FORWARD,
            Request(roles=frozenset({Role.SITE_REVIEWER}), holds_lease=True, verdict=PASS),
        )
    assert caught.value.params == {"count": 3}


@pytest.mark.parametrize(
    ("state", "proposal", "released", "phase"),
    [
        (State.DRAFT, False, False, Phase.DRAFT),
        (State.AT_SITE, False, False, Phase.AT_SITE),
        (State.AT_AREA, False, False, Phase.AT_AREA),
        (State.AT_AREA, True, False, Phase.PROPOSED),
        (State.RETURNED, False, False, Phase.RETURNED),
        (State.DECIDED, False, False, Phase.DECIDED),
        (State.DECIDED, False, True, Phase.RELEASED),
        (State.LAPSED, False, False, Phase.LAPSED),
        (State.WITHDRAWN, False, False, Phase.WITHDRAWN),
    ],
)
def test_the_row_a_dossier_stands_in_and_back(
    state: State, *, proposal: bool, released: bool, phase: Phase
) -> None:
    assert phase_of(state=state, proposal_pending=proposal, released=released) is phase
    assert stored_state(phase) is state

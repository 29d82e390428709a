"""The life of a dossier: one table, every cell not listed is forbidden.

`ROWS` says who may do what in which phase and what follows; `decide` adds the conditions. Locked, open,
complete and released are derived from these facts and never stored a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import SITE_ROLES, Role
from kaosheng.domain.states import Action, Phase, Stage, State, Verdict


class Then(StrEnum):
    """Where an action leads when its target depends on the dossier's past."""

    SAME = "same"
    FIRST_STAGE = "first_stage"
    STAGE_THAT_RETURNED = "stage_that_returned"
    ONCE_NOTHING_IS_ASKED_ONLINE = "once_nothing_is_asked_online"
    """To the stage that returned it; stays with the candidate while something is asked of him online."""
    BEFORE_CANCELLATION = "before_cancellation"


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of the table: what follows, who may do it, and whether the dossier must be in his hands."""

    then: State | Then
    by: frozenset[Role]
    leased: bool = False


def _row(then: State | Then, *by: Role, leased: bool = False) -> Row:
    return Row(then=then, by=frozenset(by), leased=leased)


_CHANGED: Final = _row(Then.SAME, Role.GATEWAY)
_CANCELLED: Final = _row(State.WITHDRAWN, Role.GATEWAY)
_AREA_PEOPLE: Final = (Role.AREA_REVIEWER, Role.AREA_MANAGER)
_AT_COUNTER: Final = (Role.SITE_REVIEWER, Role.SITE_MANAGER, Role.AREA_REVIEWER)

ROWS: Final[dict[tuple[Phase, Action], Row]] = {
    (Phase.DRAFT, Action.SUBMIT): _row(Then.FIRST_STAGE, Role.CANDIDATE),
    (Phase.DRAFT, Action.LAPSE): _row(State.LAPSED, Role.CLOCK),
    (Phase.DRAFT, Action.EXTEND): _row(Then.SAME, Role.AREA_MANAGER),
    (Phase.RETURNED, Action.SUBMIT): _row(Then.STAGE_THAT_RETURNED, Role.CANDIDATE),
    (Phase.RETURNED, Action.RECEIVE): _row(Then.ONCE_NOTHING_IS_ASKED_ONLINE, *_AT_COUNTER),
    (Phase.RETURNED, Action.OVERDUE): _row(Then.STAGE_THAT_RETURNED, Role.CLOCK),
    (Phase.RETURNED, Action.EXTEND): _row(Then.SAME, Role.AREA_MANAGER),
    (Phase.AT_SITE, Action.RETURN): _row(State.RETURNED, Role.SITE_REVIEWER, leased=True),
    (Phase.AT_SITE, Action.FORWARD): _row(State.AT_AREA, Role.SITE_REVIEWER, leased=True),
    (Phase.AT_AREA, Action.RETURN): _row(State.RETURNED, Role.AREA_REVIEWER, leased=True),
    (Phase.AT_AREA, Action.SEND_BACK): _row(State.AT_SITE, Role.AREA_REVIEWER, leased=True),
    (Phase.AT_AREA, Action.DECIDE): _row(State.DECIDED, Role.AREA_REVIEWER, leased=True),
    (Phase.AT_AREA, Action.PROPOSE): _row(State.AT_AREA, Role.AREA_REVIEWER, leased=True),
    (Phase.PROPOSED, Action.CONFIRM): _row(State.DECIDED, Role.AREA_REVIEWER, leased=True),
    (Phase.PROPOSED, Action.REJECT_PROPOSAL): _row(State.AT_AREA, Role.AREA_REVIEWER, leased=True),
    (Phase.PROPOSED, Action.WITHDRAW_PROPOSAL): _row(State.AT_AREA, Role.AREA_REVIEWER, leased=True),
    (Phase.PROPOSED, Action.RETURN): _row(State.RETURNED, Role.AREA_REVIEWER, leased=True),
    (Phase.PROPOSED, Action.SEND_BACK): _row(State.AT_SITE, Role.AREA_REVIEWER, leased=True),
    (Phase.DECIDED, Action.REOPEN): _row(State.AT_AREA, Role.AREA_MANAGER),
    (Phase.DECIDED, Action.KEEP): _row(Then.SAME, Role.AREA_MANAGER),
    (Phase.RELEASED, Action.PROPOSE_CORRECTION): _row(Then.SAME, *_AREA_PEOPLE),
    (Phase.RELEASED, Action.CONFIRM_CORRECTION): _row(Then.SAME, *_AREA_PEOPLE),
    (Phase.RELEASED, Action.ASK_RECHECK): _row(Then.SAME, Role.CANDIDATE),
    (Phase.RELEASED, Action.UPHOLD): _row(Then.SAME, *_AREA_PEOPLE),
    (Phase.LAPSED, Action.EXTEND): _row(State.DRAFT, Role.AREA_MANAGER),
    (Phase.LAPSED, Action.WINDOW_EXTENDED): _row(State.DRAFT, Role.CLOCK),
    (Phase.WITHDRAWN, Action.REGISTRATION_RESTORED): _row(Then.BEFORE_CANCELLATION, Role.GATEWAY),
    **{(phase, Action.REGISTRATION_CHANGED): _CHANGED for phase in Phase},
    **{
        (phase, Action.REGISTRATION_CANCELLED): _CANCELLED
        for phase in Phase
        if phase not in {Phase.RELEASED, Phase.WITHDRAWN}
    },
}

FREEZES_MARKS: Final = frozenset(
    {Action.RETURN, Action.FORWARD, Action.SEND_BACK, Action.PROPOSE, Action.DECIDE}
)
"""A reviewer's marks are working notes until one of these sends or files them."""


BEYOND_SITE: Final = frozenset(
    {Phase.AT_AREA, Phase.PROPOSED, Phase.DECIDED, Phase.RELEASED, Phase.WITHDRAWN}
)
"""Where the 考点 has nothing to do and isn't told what the 考区 does: after the release it prepares corrections."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know of one dossier, read after its lock was taken.

    Codes in `missing` and `unanswered` are kinds or places in the catalogue's order; `persons` of earlier
    decisions are user ids as text; `opens_at` and `deadline` are there to be named in sentences. Nothing here is a clock reading: `in_time`, `run_out` and `recheck_in_time`
    were asked of `domain.deadlines`, `waits_elsewhere` of `domain.places`.
    """

    phase: Phase
    opens_at: datetime | None = None
    deadline: datetime | None = None
    returned_by: Stage | None = None
    before_cancellation: State | None = None
    one_stage: bool = False
    window_opened: bool = True
    in_time: bool = True
    run_out: bool = False
    missing: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    asked_online: int = 0
    asked_elsewhere: int = 0
    waits_elsewhere: bool = False
    unmarked: int = 0
    drawn: bool = False
    open_promises: tuple[str, ...] = ()
    flagged: bool = False
    proposed_by: str | None = None
    correction_by: str | None = None
    decided_by: frozenset[str] = frozenset()
    corrected_by: frozenset[str] = frozenset()
    recheck_in_time: bool = False
    recheck_asked: bool = False
    recheck_pending: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What the actor asks for, besides the action itself."""

    actor: str = ""
    roles: frozenset[Role] = frozenset()
    holds_lease: bool = False
    reason: str = ""
    verdict: Verdict | None = None
    places: int = 0
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows: the state to store and what ends with it."""

    state: State
    voids_proposal: bool = False
    freezes_marks: bool = False
    drops_lease: bool = False


def phase_of(*, state: State, proposal_pending: bool, released: bool) -> Phase:
    """The row of the table a dossier stands in."""
    if released:
        return Phase.RELEASED
    if proposal_pending:
        return Phase.PROPOSED
    return Phase(state.value)


def require_reach(phase: Phase, roles: frozenset[Role]) -> None:
    """Refuse the 考点 whatever it tries with a dossier that lies beyond it, in one word for every phase.

    The table's own refusals, or that a page is old, would tell it of a proposal or a decision. Asked before both.
    Raises Refusal `not_your_stage`.
    """
    if roles and roles <= SITE_ROLES and phase in BEYOND_SITE:
        raise Refusal("not_your_stage")


def decide(facts: Facts, action: Action, request: Request) -> Outcome:
    """Whether `action` may happen now, and what follows.

    Raises Refusal with the code of the first rule that forbids it: `action_not_possible` (no such cell),
    `not_your_role`, `lease_needed`, or the action's own condition.
    """
    row = ROWS.get((facts.phase, action))
    if row is None:
        raise Refusal("action_not_possible", phase=facts.phase.value, action=action.value)
    if not row.by & request.roles:
        raise Refusal("not_your_role", action=action.value)
    if row.leased and not request.holds_lease:
        raise Refusal("lease_needed")
    if condition := CONDITIONS.get(action):
        condition(facts, request)
    state = _target(row.then, facts, action)
    leaves_hands = row.leased and action not in {Action.REJECT_PROPOSAL, Action.WITHDRAW_PROPOSAL}
    return Outcome(
        state=state,
        voids_proposal=facts.phase is Phase.PROPOSED and action is not Action.CONFIRM,
        freezes_marks=action in FREEZES_MARKS,
        drops_lease=leaves_hands or action is Action.REGISTRATION_CANCELLED,
    )


def _target(then: State | Then, facts: Facts, action: Action) -> State:
    if isinstance(then, State):
        return then
    first_stage = State.AT_AREA if facts.one_stage else State.AT_SITE
    if then is Then.FIRST_STAGE:
        return first_stage
    if then is Then.ONCE_NOTHING_IS_ASKED_ONLINE and facts.asked_online:
        return State.RETURNED
    if then in {Then.STAGE_THAT_RETURNED, Then.ONCE_NOTHING_IS_ASKED_ONLINE}:
        return State.AT_AREA if facts.returned_by is Stage.AREA else first_stage
    if then is Then.BEFORE_CANCELLATION:
        if facts.before_cancellation is None:
            raise Refusal("action_not_possible", phase=facts.phase.value, action=action.value)
        return facts.before_cancellation
    return stored_state(facts.phase)


def stored_state(phase: Phase) -> State:
    """The state that is stored while a dossier stands in this row of the table."""
    return {Phase.PROPOSED: State.AT_AREA, Phase.RELEASED: State.DECIDED}.get(phase) or State(phase.value)


def _reason_given(request: Request) -> None:
    if not request.reason.strip():
        raise Refusal("reason_needed")


def _submit(facts: Facts, _request: Request) -> None:
    if facts.phase is Phase.DRAFT and not facts.window_opened:
        raise Refusal("window_not_open", opens_at=facts.opens_at)
    if not facts.in_time:
        raise Refusal("deadline_passed", closes_at=facts.deadline)
    if facts.phase is Phase.RETURNED and facts.waits_elsewhere:
        raise Refusal("nothing_to_resubmit")
    if facts.unanswered:
        raise Refusal("places_unanswered", places=facts.unanswered)
    if facts.missing:
        raise Refusal("materials_missing", kinds=facts.missing)


def _receive(facts: Facts, request: Request) -> None:
    if not facts.asked_elsewhere:
        raise Refusal("nothing_to_receive")
    stage_role = Role.AREA_REVIEWER if facts.returned_by is Stage.AREA else Role.SITE_REVIEWER
    if not request.roles & {stage_role, Role.SITE_MANAGER}:
        raise Refusal("not_your_role", action=Action.RECEIVE.value)
    _reason_given(request)


def _run_out(facts: Facts, _request: Request) -> None:
    if not facts.run_out:
        raise Refusal("deadline_not_passed")


def _return(_facts: Facts, request: Request) -> None:
    if not request.places:
        raise Refusal("places_needed")


def _all_marked(facts: Facts) -> None:
    if facts.unmarked:
        raise Refusal("pictures_unmarked", count=facts.unmarked)


def _two_stages(facts: Facts) -> None:
    if facts.one_stage:
        raise Refusal("one_stage_only")


def _verdict_given(request: Request) -> Verdict:
    if request.verdict is None:
        raise Refusal("verdict_needed")
    return request.verdict


def _forward(facts: Facts, request: Request) -> None:
    _two_stages(facts)
    _all_marked(facts)
    if _verdict_given(request) is Verdict.FAIL:
        _reason_given(request)


def _send_back(facts: Facts, request: Request) -> None:
    _two_stages(facts)
    _reason_given(request)


def _promises_settled(facts: Facts, request: Request) -> None:
    if facts.open_promises and not request.waiver.strip():
        raise Refusal("promise_open", kinds=facts.open_promises)


def _decide(facts: Facts, request: Request) -> None:
    if _verdict_given(request) is Verdict.FAIL:
        raise Refusal("refusal_needs_two")
    if facts.drawn:
        raise Refusal("drawn_for_second_look")
    if facts.one_stage:
        _all_marked(facts)
    _promises_settled(facts, request)


def _propose(facts: Facts, request: Request) -> None:
    if facts.one_stage:
        _all_marked(facts)
    if _verdict_given(request) is Verdict.FAIL:
        _reason_given(request)
        return
    if not facts.drawn:
        raise Refusal("second_look_not_drawn")
    _promises_settled(facts, request)


def _another_person(facts: Facts, request: Request) -> None:
    if request.actor == facts.proposed_by:
        raise Refusal("second_person_needed")


def _reject_proposal(facts: Facts, request: Request) -> None:
    _another_person(facts, request)
    _reason_given(request)


def _the_proposer(facts: Facts, request: Request) -> None:
    if request.actor != facts.proposed_by:
        raise Refusal("not_your_proposal")


def _reopen(_facts: Facts, request: Request) -> None:
    _reason_given(request)


def _keep(facts: Facts, _request: Request) -> None:
    if not facts.flagged:
        raise Refusal("nothing_to_keep")


def _require_outsider(facts: Facts, person: str | None) -> None:
    """Refuse whoever decided; while a 复核 waits, also whoever made the verdict it asks about by a correction."""
    if person in facts.decided_by or (facts.recheck_pending and person in facts.corrected_by):
        raise Refusal("first_decider")


def _propose_correction(facts: Facts, request: Request) -> None:
    _require_outsider(facts, request.actor)
    _verdict_given(request)
    _reason_given(request)


def _confirm_correction(facts: Facts, request: Request) -> None:
    if facts.correction_by is None:
        raise Refusal("nothing_to_confirm")
    # It may have been proposed before the 复核 was asked for.
    for person in (request.actor, facts.correction_by):
        _require_outsider(facts, person)
    if request.actor == facts.correction_by:
        raise Refusal("second_person_needed")


def _ask_recheck(facts: Facts, request: Request) -> None:
    if facts.recheck_asked:
        raise Refusal("recheck_asked_already")
    if not facts.recheck_in_time:
        raise Refusal("recheck_window_over")
    _reason_given(request)


def _uphold(facts: Facts, request: Request) -> None:
    if not facts.recheck_pending:
        raise Refusal("no_recheck_pending")
    _require_outsider(facts, request.actor)
    _reason_given(request)


def _in_time_again(facts: Facts, _request: Request) -> None:
    if not facts.in_time:
        raise Refusal("deadline_passed", closes_at=facts.deadline)


CONDITIONS: Final[dict[Action, Callable[[Facts, Request], None]]] = {
    Action.SUBMIT: _submit,
    Action.RECEIVE: _receive,
    Action.OVERDUE: _run_out,
    Action.LAPSE: _run_out,
    Action.RETURN: _return,
    Action.FORWARD: _forward,
    Action.SEND_BACK: _send_back,
    Action.DECIDE: _decide,
    Action.PROPOSE: _propose,
    Action.CONFIRM: _another_person,
    Action.REJECT_PROPOSAL: _reject_proposal,
    Action.WITHDRAW_PROPOSAL: _the_proposer,
    Action.REOPEN: _reopen,
    Action.KEEP: _keep,
    Action.PROPOSE_CORRECTION: _propose_correction,
    Action.CONFIRM_CORRECTION: _confirm_correction,
    Action.ASK_RECHECK: _ask_recheck,
    Action.UPHOLD: _uphold,
    Action.EXTEND: lambda _facts, request: _reason_given(request),
    Action.WINDOW_EXTENDED: _in_time_again,
}

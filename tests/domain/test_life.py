"""Whole lives of dossiers, drawn at random: the rules beside a naive model that knows only strings and ifs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.naive import Ask, Naive
from kaosheng.domain.dossier import Facts, Outcome, Request, decide, phase_of
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Action, Phase, Stage, State, Verdict
from kaosheng.domain.visibility import (
    Closing,
    DossierFacts,
    Forward,
    PublishedVerdict,
    VisibleState,
    visible_to_candidate,
)

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


SPOILS: tuple[dict[str, Any], ...] = (
    *({},) * 12,
    *({"roles": frozenset({role.value})} for role in Role),
    {"leased": False},
    {"reason": ""},
    {"places": 0},
    {"window": False},
    {"in_time": False},
    {"run_out": False},
    {"missing": True},
    {"unanswered": True},
    {"elsewhere_alone": True},
    {"elsewhere": 0},
    {"online": 1},
    {"unmarked": 2},
    {"promise": True},
    {"promise": True, "waiver": "原件已阅"},
    {"verdict": None},
)
"""What is wrong with an attempt: often nothing, so that lives get long."""


def _ask(person: str, verdict: str, spoil: dict[str, Any], *, drawn: bool) -> Ask:
    return replace(Ask(person=person, verdict=verdict, drawn=drawn), **spoil)


asks = st.builds(
    _ask,
    st.sampled_from(("p", "q", "r")),
    st.sampled_from(("pass", "fail")),
    st.sampled_from(SPOILS),
    drawn=st.booleans(),
)


LIKELY = {
    "draft": ("submit", "submit", "submit", "submit", "lapse", "extend"),
    "returned": ("submit", "receive", "overdue", "extend"),
    "at_site": ("forward", "forward", "return"),
    "at_area": (
        "propose",
        "confirm",
        "decide",
        "reject_proposal",
        "withdraw_proposal",
        "return",
        "send_back",
    ),
    "decided": (
        "registration_changed",
        "keep",
        "propose_correction",
        "confirm_correction",
        "reopen",
        "ask_recheck",
        "uphold",
    ),
    "lapsed": ("extend", "window_extended"),
    "withdrawn": ("registration_restored",),
}
"""What leads on from where; anything else is tried as well."""

STAGES_SEEN = ("waiting", "in_review", "site_passed")


def _said(ask: Ask) -> Verdict:
    assert ask.verdict is not None
    return Verdict(ask.verdict)


class Life(RuleBasedStateMachine):
    """One dossier; the rules' answer is stored as a service would, the model keeps its own."""

    @initialize(one_stage=st.booleans(), where=st.sampled_from(("draft", "at_area", "decided")))
    def begin(self, *, one_stage: bool, where: str) -> None:
        """Some lives are taken up in the middle, or few of them would get to their end."""
        decided = where == "decided"
        self.naive = Naive(one_stage=one_stage, where=where, deciders={"p"} if decided else set())
        self.state = State(where)
        self.proposed_by: str | None = None
        self.proposed: Verdict | None = None
        self.verdict = Verdict.PASS if decided else None
        self.published: PublishedVerdict | None = None
        self.returned_by: Stage | None = None
        self.before: State | None = None
        sent_on = not one_stage and where != "draft"
        self.forwards: tuple[Forward, ...] = (Forward(START, "1301", Verdict.PASS),) if sent_on else ()
        self.closings: tuple[Closing, ...] = ()
        self.minutes = 0
        self.furthest = 0
        self.was_submitted = where != "draft"

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    @property
    def phase(self) -> Phase:
        return phase_of(
            state=self.state,
            proposal_pending=self.proposed_by is not None,
            released=self.published is not None,
        )

    def _facts(self, ask: Ask) -> Facts:
        return Facts(
            phase=self.phase,
            returned_by=self.returned_by,
            before_cancellation=self.before,
            one_stage=self.naive.one_stage,
            window_opened=ask.window,
            in_time=ask.in_time,
            run_out=ask.run_out,
            missing=("M01",) if ask.missing else (),
            unanswered=("M02",) if ask.unanswered else (),
            asked_online=ask.online if self.state is State.RETURNED else 0,
            asked_elsewhere=ask.elsewhere if self.state is State.RETURNED else 0,
            waits_elsewhere=ask.elsewhere_alone and self.state is State.RETURNED,
            unmarked=ask.unmarked,
            drawn=ask.drawn,
            open_promises=("M09",) if ask.promise else (),
            flagged=self.naive.flag,
            proposed_by=self.proposed_by,
            correction_by=self.naive.corrector,
            decided_by=frozenset(self.naive.deciders),
            corrected_by=frozenset(self.naive.correctors),
            recheck_in_time=ask.recheck_in_time,
            recheck_asked=bool(self.naive.recheck),
            recheck_pending=self.naive.recheck == "asked",
        )

    def _decide(self, action: Action, ask: Ask) -> Outcome | None:
        request = Request(
            actor=ask.person,
            roles=frozenset(Role(role) for role in ask.roles),
            holds_lease=ask.leased,
            reason=ask.reason,
            verdict=Verdict(ask.verdict) if ask.verdict else None,
            places=ask.places,
            waiver=ask.waiver,
        )
        try:
            return decide(self._facts(ask), action, request)
        except Refusal:
            return None

    def _attempt(self, action: Action, ask: Ask) -> None:
        outcome = self._decide(action, ask)
        assert self.naive.attempt(action.value, ask) is (outcome is not None), (action, self.phase)
        if outcome is None:
            return
        self.minutes += 1
        self._store(action, ask, outcome)

    def _store(self, action: Action, ask: Ask, outcome: Outcome) -> None:
        if action is Action.RETURN:
            self.returned_by = Stage.SITE if self.state is State.AT_SITE else Stage.AREA
        if action is Action.FORWARD:
            self.forwards += (Forward(self.now, "1301", _said(ask)),)
        if action is Action.REGISTRATION_CANCELLED:
            self.before = self.state
        if action is Action.PROPOSE:
            self.proposed_by, self.proposed = ask.person, _said(ask)
        if action in {Action.CONFIRM, Action.DECIDE}:
            self.verdict = self.proposed if action is Action.CONFIRM else _said(ask)
        if outcome.voids_proposal or action is Action.CONFIRM:
            self.proposed_by = self.proposed = None
        self.was_submitted = self.was_submitted or action is Action.SUBMIT
        self.state = outcome.state

    @rule(data=st.data(), ask=asks)
    def go_on(self, data: st.DataObject, ask: Ask) -> None:
        likely = [Action(action) for action in LIKELY[self.naive.where]]
        self._attempt(data.draw(st.sampled_from([*likely * 8, *Action])), ask)

    @precondition(lambda self: self.state is not State.AT_SITE)
    @rule()
    def close_the_site(self) -> None:
        self.minutes += 1
        self.closings += (Closing("1301", self.now),)

    @precondition(lambda self: self.phase is Phase.DECIDED and not self.naive.flag)
    @rule()
    def publish(self) -> None:
        self.minutes += 1
        assert self.verdict is not None
        self.published = PublishedVerdict(self.verdict, "样本", self.now)
        self.naive.out = True

    @invariant()
    def rules_and_model_stand_in_the_same_place(self) -> None:
        assert self.state == self.naive.where
        assert self.proposed_by == self.naive.proposer

    @invariant()
    def nothing_submitted_becomes_a_draft_or_lapses(self) -> None:
        assert not (self.was_submitted and self.state in {State.DRAFT, State.LAPSED})

    @invariant()
    def no_refusal_rests_on_one_person(self) -> None:
        if self.state is State.DECIDED and self.verdict is Verdict.FAIL:
            assert len(self.naive.deciders) == 2

    @invariant()
    def what_is_released_stays(self) -> None:
        assert self.published is None or self.state is State.DECIDED

    @invariant()
    def the_visible_stage_never_goes_back(self) -> None:
        seen = visible_to_candidate(
            DossierFacts(self.state, self.forwards, one_stage=self.naive.one_stage),
            closings=self.closings,
            published=self.published,
            now=self.now,
        ).state
        if seen in {VisibleState.PASSED, VisibleState.FAILED}:
            stage = len(STAGES_SEEN)
        elif seen.value in STAGES_SEEN:
            stage = STAGES_SEEN.index(seen.value)
        else:
            return
        assert stage >= self.furthest
        self.furthest = stage


Life.TestCase.settings = settings(max_examples=80, stateful_step_count=50)
TestLife = Life.TestCase

"""Whole lives of dossiers, drawn at random: the rules beside a naive model that knows only strings and ifs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kaosheng.domain.dossier import (
    Action,
    Facts,
    Outcome,
    Phase,
    Request,
    Stage,
    State,
    Verdict,
    decide,
    phase_of,
)
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.domain.visibility import (
    Closing,
    DossierFacts,
    Forward,
    PublishedVerdict,
    VisibleState,
    visible_to_candidate,
)

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ask:
    """One attempt: who tries, with what in his hands, and how the world stands at that moment."""

    person: str = "p"
    roles: frozenset[str] = frozenset(role.value for role in Role)
    leased: bool = True
    reason: str = "样本"
    verdict: str | None = "pass"
    places: int = 1
    waiver: str = ""
    window: bool = True
    in_time: bool = True
    run_out: bool = True
    missing: bool = False
    unanswered: bool = False
    online: int = 1
    elsewhere: int = 1
    unmarked: int = 0
    drawn: bool = False
    promise: bool = False


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
    {"online": 0},
    {"elsewhere": 0},
    {"online": 0, "elsewhere": 0},
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


@dataclass
class Naive:
    """The life of a dossier as one would tell it: every method is an action, None means it was refused."""

    one_stage: bool
    where: str = "draft"
    proposer: str | None = None
    sent_by: str = ""
    before: str = ""
    out: bool = False
    flag: bool = False
    corrector: str | None = None
    deciders: set[str] = field(default_factory=set)

    def _first(self) -> str:
        return "at_area" if self.one_stage else "at_site"

    def _back(self) -> str:
        return "at_area" if self.one_stage or self.sent_by == "area" else "at_site"

    def _quiet(self, where: str) -> bool:
        return self.where == where and self.proposer is None and not self.out

    def submit(self, ask: Ask) -> str | None:
        if "candidate" not in ask.roles or not ask.in_time or ask.missing or ask.unanswered:
            return None
        if self.where == "draft" and ask.window:
            return self._first()
        if self.where == "returned" and (ask.online or not ask.elsewhere):
            return self._back()
        return None

    def receive(self, ask: Ask) -> str | None:
        stage_role = "area_reviewer" if self.sent_by == "area" else "site_reviewer"
        at_hand = ask.roles & {stage_role, "site_manager"}
        return self._back() if self.where == "returned" and at_hand and ask.elsewhere and ask.reason else None

    def overdue(self, ask: Ask) -> str | None:
        return self._back() if self.where == "returned" and "clock" in ask.roles and ask.run_out else None

    def lapse(self, ask: Ask) -> str | None:
        return "lapsed" if self.where == "draft" and "clock" in ask.roles and ask.run_out else None

    def extend(self, ask: Ask) -> str | None:
        if "area_manager" not in ask.roles or not ask.reason:
            return None
        return {"draft": "draft", "returned": "returned", "lapsed": "draft"}.get(self.where)

    def window_extended(self, ask: Ask) -> str | None:
        return "draft" if self.where == "lapsed" and "clock" in ask.roles and ask.in_time else None

    def _site_works(self, ask: Ask) -> bool:
        return self.where == "at_site" and "site_reviewer" in ask.roles and ask.leased

    def _area_works(self, ask: Ask) -> bool:
        return self.where == "at_area" and "area_reviewer" in ask.roles and ask.leased

    def return_(self, ask: Ask) -> str | None:
        return "returned" if (self._site_works(ask) or self._area_works(ask)) and ask.places else None

    def forward(self, ask: Ask) -> str | None:
        said_why = ask.verdict == "pass" or (ask.verdict == "fail" and ask.reason)
        able = self._site_works(ask) and not self.one_stage and not ask.unmarked
        return "at_area" if able and said_why else None

    def send_back(self, ask: Ask) -> str | None:
        return "at_site" if self._area_works(ask) and not self.one_stage and ask.reason else None

    def _ready(self, ask: Ask) -> bool:
        return self._area_works(ask) and self.proposer is None and not (self.one_stage and ask.unmarked)

    def _settled(self, ask: Ask) -> bool:
        return not ask.promise or bool(ask.waiver)

    def decide(self, ask: Ask) -> str | None:
        alone = ask.verdict == "pass" and not ask.drawn and self._settled(ask)
        return "decided" if self._ready(ask) and alone else None

    def propose(self, ask: Ask) -> str | None:
        for_two = (ask.verdict == "fail" and ask.reason) or (
            ask.verdict == "pass" and ask.drawn and self._settled(ask)
        )
        return "at_area" if self._ready(ask) and for_two else None

    def _answers(self, ask: Ask) -> bool:
        return self._area_works(ask) and self.proposer is not None

    def confirm(self, ask: Ask) -> str | None:
        return "decided" if self._answers(ask) and ask.person != self.proposer else None

    def reject_proposal(self, ask: Ask) -> str | None:
        return "at_area" if self._answers(ask) and ask.person != self.proposer and ask.reason else None

    def withdraw_proposal(self, ask: Ask) -> str | None:
        return "at_area" if self._answers(ask) and ask.person == self.proposer else None

    def reopen(self, ask: Ask) -> str | None:
        return "at_area" if self._quiet("decided") and "area_manager" in ask.roles and ask.reason else None

    def keep(self, ask: Ask) -> str | None:
        return "decided" if self._quiet("decided") and "area_manager" in ask.roles and self.flag else None

    def _corrects(self, ask: Ask) -> bool:
        area_people = ask.roles & {"area_reviewer", "area_manager"}
        return self.out and bool(area_people) and ask.person not in self.deciders

    def propose_correction(self, ask: Ask) -> str | None:
        return "decided" if self._corrects(ask) and ask.verdict and ask.reason else None

    def confirm_correction(self, ask: Ask) -> str | None:
        second = self.corrector is not None and ask.person != self.corrector
        return "decided" if self._corrects(ask) and second else None

    def registration_changed(self, ask: Ask) -> str | None:
        return self.where if "gateway" in ask.roles else None

    def registration_cancelled(self, ask: Ask) -> str | None:
        return "withdrawn" if "gateway" in ask.roles and not self.out and self.where != "withdrawn" else None

    def registration_restored(self, ask: Ask) -> str | None:
        return self.before if "gateway" in ask.roles and self.where == "withdrawn" else None

    def attempt(self, action: str, ask: Ask) -> bool:
        """Try it; whether it happened."""
        method = getattr(self, "return_" if action == "return" else action)
        target: str | None = method(ask)
        if target is None:
            return False
        self._remember(action, ask)
        self.where = target
        return True

    def _remember(self, action: str, ask: Ask) -> None:
        if action == "return":
            self.sent_by = "site" if self.where == "at_site" else "area"
        if action in {"decide", "confirm"}:
            self.deciders = {ask.person, self.proposer or ask.person}
        if action == "registration_changed":
            self.flag = self.where in {"at_site", "at_area", "decided"} or self.flag
        if action in {"keep", "reopen"}:
            self.flag = False
        if action == "registration_cancelled":
            self.before = self.where
        self.proposer = {"propose": ask.person}.get(action)
        self.corrector = ask.person if action == "propose_correction" else None


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
    "decided": ("registration_changed", "keep", "propose_correction", "confirm_correction", "reopen"),
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
            unmarked=ask.unmarked,
            drawn=ask.drawn,
            open_promises=("M09",) if ask.promise else (),
            flagged=self.naive.flag,
            proposed_by=self.proposed_by,
            correction_by=self.naive.corrector,
            decided_by=frozenset(self.naive.deciders),
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

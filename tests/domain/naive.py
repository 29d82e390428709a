"""The life of a dossier told a second time, naively: strings and ifs, for the random lives to compare with."""

from __future__ import annotations

from dataclasses import dataclass, field

from kaosheng.domain.roles import Role


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
    elsewhere: int = 1
    online: int = 0
    elsewhere_alone: bool = False
    unmarked: int = 0
    drawn: bool = False
    promise: bool = False
    recheck_in_time: bool = True


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
    correctors: set[str] = field(default_factory=set)
    recheck: str = ""

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
        if self.where == "returned" and not ask.elsewhere_alone:
            return self._back()
        return None

    def receive(self, ask: Ask) -> str | None:
        stage_role = "area_reviewer" if self.sent_by == "area" else "site_reviewer"
        at_hand = ask.roles & {stage_role, "site_manager"}
        if self.where != "returned" or not at_hand or not ask.elsewhere or not ask.reason:
            return None
        return "returned" if ask.online else self._back()

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
        return self.out and bool(area_people) and self._stands_outside(ask.person)

    def _stands_outside(self, person: str | None) -> bool:
        rechecked = self.correctors if self.recheck == "asked" else set()
        return person not in self.deciders | rechecked

    def propose_correction(self, ask: Ask) -> str | None:
        return "decided" if self._corrects(ask) and ask.verdict and ask.reason else None

    def confirm_correction(self, ask: Ask) -> str | None:
        second = self.corrector is not None and ask.person != self.corrector
        second = second and self._stands_outside(self.corrector)
        return "decided" if self._corrects(ask) and second else None

    def ask_recheck(self, ask: Ask) -> str | None:
        able = self.out and "candidate" in ask.roles and not self.recheck and ask.recheck_in_time
        return "decided" if able and ask.reason else None

    def uphold(self, ask: Ask) -> str | None:
        waits = self.recheck == "asked"
        return "decided" if self._corrects(ask) and waits and ask.reason else None

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
        if action == "confirm_correction":
            self.correctors |= {ask.person, self.corrector or ask.person}
        if action in {"ask_recheck", "uphold", "confirm_correction"}:
            self.recheck = "asked" if action == "ask_recheck" else self.recheck and "answered"
        if action == "registration_cancelled":
            self.before = self.where
        self.proposer = {"propose": ask.person}.get(action)
        self.corrector = ask.person if action == "propose_correction" else None

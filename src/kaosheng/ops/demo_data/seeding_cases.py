"""Playing cases.toml: each dossier is brought to its state by the services, one step after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Mark
from kaosheng.casework.services import actors, clock, deciding, pictures, reviewing, submitting
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.registrations import log_in
from kaosheng.casework.services.reviewing import Note
from kaosheng.casework.services.submitting import picture_list_digest
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner, Slot
from kaosheng.domain.states import State, Verdict
from kaosheng.ops.demo_data.seeding_clock import clock_at
from kaosheng.ops.drawings.plan import Purpose

Case = Mapping[str, Any]
Drawn = Mapping[tuple[Slot, Purpose], bytes]
SECOND_PEOPLE: Final = ("area-reviewer-2", "area-reviewer-3")


class CasePlayer:
    """One dossier on its way through cases.toml. `ago` turns "so long before now" into a moment of the story."""

    def __init__(
        self,
        case: Case,
        *,
        drawn: Drawn,
        staff: Mapping[str, User],
        moment: Callable[[str], datetime],
    ) -> None:
        """Take the case, its pictures, the staff by user name, and the moments of its story by name."""
        self.case = case
        self.drawn = drawn
        self.staff = staff
        self.moment = moment
        self.dossier = Dossier.objects.select_related("registration", "intake").get(
            registration__number=case["number"]
        )
        self.me: Actor | None = None

    def play(self) -> None:
        """Do everything the case says."""
        if not self.case["pictures"]:
            return
        with clock_at(self.moment("upload")):
            self._log_in()
            self._upload()
        if self.case["state"] in {State.DRAFT, State.LAPSED, State.WITHDRAWN}:
            return
        with clock_at(self.moment("submit")):
            self._submit()
        for returned in self.case.get("return", ()):
            self._return(returned)
        self._review()

    def _log_in(self) -> None:
        registration = self.dossier.registration
        candidate = log_in(subject=registration.subject, name=registration.name, registrations=[])
        self.me = actors.of_candidate(candidate)

    def _upload(self) -> None:
        for (slot, purpose), data in self.drawn.items():
            if purpose is Purpose.UPLOAD:
                self._add(slot, data, purpose)
        for promise in self.case.get("promises", ()):
            submitting.promise(
                dossier_id=self.dossier.pk,
                actor=self._candidate(),
                kind=promise["kind"],
                due_on=(self.moment("now") + timedelta(days=promise["until_days"])).date(),
                note=promise["reason_zh"],
            )

    def _add(self, slot: Slot, data: bytes, purpose: Purpose) -> None:
        pictures.add_picture(
            dossier_id=self.dossier.pk,
            actor=self._candidate(),
            kind=slot.kind,
            position=slot.position,
            data=data,
            idempotency_key=f"seed-{slot.kind}-{slot.position}-{purpose}",
        )

    def _submit(self) -> None:
        submitting.submit(
            dossier_id=self.dossier.pk,
            actor=self._candidate(),
            seen_list=picture_list_digest(self.dossier.pictures.filter(hidden_at=None)),
            commitment=self.dossier.intake.commitment_version,
        )

    def _return(self, returned: Mapping[str, Any]) -> None:
        if after := returned.get("after"):
            with clock_at(self.moment("forward")):
                self._forward(after)
        waits = returned["answer"] == "waiting"
        with clock_at(self.moment("return" if waits else "early_return")):
            who = self._take(returned["by"])
            asked = {(place["kind"], place.get("position")) for place in returned["places"]}
            self._accept_all(who, leave_out=asked)
            for place in returned["places"]:
                self._mark(who, _note(place, Manner(returned["manner"])))
            reviewing.return_to_candidate(
                dossier_id=self.dossier.pk, actor=who, seen_revision=self._revision()
            )
        if returned["answer"] == "resubmitted":
            self._answer()
        elif returned["answer"] == "overdue":
            self.dossier.refresh_from_db()
            assert self.dossier.deadline is not None  # noqa: S101 - a return sets it
            with clock_at(self.dossier.deadline + timedelta(minutes=3)):
                clock.overdue(dossier_id=self.dossier.pk)

    def _answer(self) -> None:
        with clock_at(self.moment("answer")):
            for (slot, purpose), data in self.drawn.items():
                if purpose is not Purpose.REPLACEMENT:
                    continue
                for old in self.dossier.pictures.filter(
                    kind=slot.kind, position=slot.position, hidden_at=None
                ):
                    pictures.delete_picture(
                        dossier_id=self.dossier.pk, picture_id=old.pk, actor=self._candidate()
                    )
                self._add(slot, data, purpose)
            self._submit()

    def _review(self) -> None:
        if marks := self.case.get("marks"):
            with clock_at(self.moment("marks")):
                who = self._take(self.case["marked_by"])
                for mark in marks:
                    self._mark(who, _note(mark, Manner.ONLINE))
        if recommendation := self.case.get("recommendation"):
            with clock_at(self.moment("forward")):
                self._forward(recommendation)
        if proposal := self.case.get("proposal"):
            with clock_at(self.moment("decide")):
                self._propose(proposal)
        if decision := self.case.get("decision"):
            with clock_at(self.moment("decide")):
                self._decide(decision)

    def _forward(self, recommendation: Mapping[str, Any]) -> None:
        who = self._take(recommendation["by"])
        self._accept_all(who)
        reviewing.forward(
            dossier_id=self.dossier.pk,
            actor=who,
            seen_revision=self._revision(),
            recommendation=Verdict(recommendation["verdict"]),
            reason=recommendation.get("reason_zh", ""),
        )

    def _propose(self, proposal: Mapping[str, Any]) -> None:
        who = self._take(proposal["by"])
        deciding.propose(
            dossier_id=self.dossier.pk,
            actor=who,
            seen_revision=self._revision(),
            verdict=Verdict(proposal["verdict"]),
            opinion=proposal.get("reason_zh", ""),
        )

    def _decide(self, decision: Mapping[str, Any]) -> None:
        second = decision.get("confirmed_by")
        if second is None:
            who = self._take(decision["by"])
            try:
                deciding.decide_pass(dossier_id=self.dossier.pk, actor=who, seen_revision=self._revision())
            except Refusal as refusal:
                if refusal.code != "drawn_for_second_look":
                    raise
            else:
                return
            second = next(name for name in SECOND_PEOPLE if name != decision["by"])
        self._propose(decision)
        confirmer = self._take(second)
        deciding.confirm(dossier_id=self.dossier.pk, actor=confirmer, seen_revision=self._revision())

    def _take(self, username: str) -> Actor:
        who = actors.of_staff(Staff.of(self.staff[username]))
        reviewing.take(dossier_id=self.dossier.pk, actor=who)
        return who

    def _accept_all(
        self, who: Actor, *, leave_out: set[tuple[str, int | None]] | frozenset[Any] = frozenset()
    ) -> None:
        for picture in self.dossier.pictures.filter(hidden_at=None):
            if (picture.kind, picture.position) not in leave_out:
                note = Note(kind=picture.kind, position=picture.position, verdict=Mark.Verdict.ACCEPTED)
                self._mark(who, note)

    def _mark(self, who: Actor, note: Note) -> None:
        reviewing.set_mark(dossier_id=self.dossier.pk, actor=who, seen_revision=self._revision(), note=note)

    def _revision(self) -> int:
        self.dossier.refresh_from_db(fields=["revision"])
        return self.dossier.revision

    def _candidate(self) -> Actor:
        assert self.me is not None  # noqa: S101 - logged in before
        return self.me


def _note(place: Mapping[str, Any], manner: Manner) -> Note:
    """A mark as cases.toml writes it; without a verdict it asks for something."""
    position = place.get("position")
    asks = Mark.Verdict.REPLACE if position else Mark.Verdict.MISSING
    return Note(
        kind=place["kind"],
        position=position,
        verdict=Mark.Verdict(place["verdict"]) if "verdict" in place else asks,
        reason_code=place.get("reason", ""),
        text=place.get("text_zh", ""),
        box=tuple(place["box"]) if "box" in place else None,
        manner=manner,
    )

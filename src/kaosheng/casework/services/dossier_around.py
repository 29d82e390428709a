"""One dossier with what surrounds it: everything the verbs, the rules and the pages read of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cached_property
from uuid import UUID

from kaosheng.casework.models import (
    AskedPlace,
    Correction,
    Decision,
    Dossier,
    Explanation,
    Lease,
    Mark,
    Picture,
    Promise,
    Proposal,
    Recheck,
    Return,
    Step,
    Submission,
    standing_mark,
)
from kaosheng.casework.queries.catalogue import catalogue_of
from kaosheng.casework.services.actors import Actor
from kaosheng.domain import deadlines, materials, places
from kaosheng.domain.dossier import phase_of
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Action, Phase, Stage, State


class DossierAround:
    """One dossier with what surrounds it, read when first asked for.

    Pages read it as it is; a verb only once it is locked, as a `Case`. `arrived_at` is when the request reached us;
    `now` is read after the lock, since waiting for it takes time.
    """

    def __init__(self, dossier: Dossier, *, arrived_at: datetime, now: datetime) -> None:
        """Wrap a dossier; nothing is read yet."""
        self.dossier = dossier
        self.registration = dossier.registration
        self.intake = dossier.intake
        self.now = now
        self.arrived_at = arrived_at

    # --- time ---------------------------------------------------------------------------------------------
    @property
    def deadline(self) -> datetime:
        """The first instant that is too late for the candidate."""
        return deadlines.effective_deadline(own=self.dossier.deadline, intake_closes=self.intake.closes_at)

    @property
    def in_time(self) -> bool:
        """Whether this request still counts."""
        return deadlines.in_time(arrived_at=self.arrived_at, now=self.now, deadline=self.deadline)

    # --- what the candidate must give -----------------------------------------------------------------------
    @cached_property
    def catalogue(self) -> materials.Catalogue:
        """The catalogue the dossier goes by."""
        return catalogue_of(self.dossier)

    @property
    def items(self) -> tuple[materials.Item, ...]:
        """The checklist for the registration as it is now, and for what was asked for."""
        wanted = frozenset(place.kind for place in self.asked_rows)
        return materials.checklist(self.catalogue, self.registration.facts, wanted=wanted)

    def item(self, kind: str) -> materials.Item:
        """The checklist line of a kind. Raises Refusal `unknown_kind`."""
        found = next((item for item in self.items if item.kind.code == kind), None)
        if found is None:
            raise Refusal("unknown_kind", kind=kind)
        return found

    # --- what is there --------------------------------------------------------------------------------------
    @cached_property
    def all_pictures(self) -> list[Picture]:
        """Every picture that still has a row, those set aside too."""
        return list(self.dossier.pictures.all())

    @cached_property
    def pictures(self) -> list[Picture]:
        """Pictures that stand in their slots."""
        return [picture for picture in self.all_pictures if picture.hidden_at is None]

    def forget_pictures(self) -> None:
        """Read them again when next asked for: rows were changed."""
        self.__dict__.pop("pictures", None)
        self.__dict__.pop("all_pictures", None)

    @cached_property
    def submissions(self) -> list[Submission]:
        """All submissions, oldest first."""
        return list(self.dossier.submissions.all())

    @cached_property
    def submitted_ids(self) -> frozenset[UUID]:
        """The pictures of the last submission."""
        if not self.submissions:
            return frozenset()
        return frozenset(self.submissions[-1].lines.values_list("picture_id", flat=True))

    @property
    def standing(self) -> places.Standing:
        """Occupied slots, those with a new picture, and places answered with 无法更换."""
        return places.Standing(
            occupied=frozenset(places.Slot(picture.kind, picture.position) for picture in self.pictures),
            new=frozenset(
                places.Slot(picture.kind, picture.position)
                for picture in self.pictures
                if picture.pk not in self.submitted_ids
            ),
            unable=frozenset((entry.kind, entry.position) for entry in self.explanations),
        )

    @cached_property
    def promises(self) -> list[Promise]:
        """暂时无法提供, of all kinds."""
        return list(self.dossier.promises.all())

    @cached_property
    def all_explanations(self) -> list[Explanation]:
        """Every 无法提供 / 无法更换 of the dossier."""
        return list(self.dossier.explanations.all())

    @property
    def explanations(self) -> list[Explanation]:
        """Explanations that count now: the draft's of kinds that aren't asked for, and those of the running return."""
        if self.dossier.state != State.RETURNED or self.returned is None:
            return [entry for entry in self.all_explanations if entry.returned_id is None]
        asked = {place.kind for place in self.asked}
        return [
            entry
            for entry in self.all_explanations
            if entry.returned_id == self.returned.pk
            or (entry.returned_id is None and entry.kind not in asked)
        ]

    # --- the newest return ----------------------------------------------------------------------------------
    @cached_property
    def returned(self) -> Return | None:
        """The newest return, whether or not it still runs."""
        if self.dossier.state == State.DRAFT:
            return None  # nothing of a draft was ever submitted, so nothing was returned
        return self.dossier.returns.order_by("-revision").first()

    @cached_property
    def asked_rows(self) -> list[AskedPlace]:
        """Places the newest return still asks for."""
        return list(self.returned.asked.filter(dropped_at=None)) if self.returned else []

    @property
    def still_asked(self) -> list[AskedPlace]:
        """Those of them that the counter hasn't received; none unless the return still runs."""
        if self.dossier.state != State.RETURNED:
            return []
        return [row for row in self.asked_rows if row.received_at is None]

    @property
    def asked(self) -> tuple[places.Asked, ...]:
        """The same, as the rules want them."""
        return tuple(
            places.Asked(row.kind, row.position, places.Manner(row.manner), row.opens_free_positions)
            for row in self.asked_rows
        )

    def now_returned(self, returned: Return) -> None:
        """Go by a return that was just written."""
        self.returned = returned
        self.__dict__.pop("asked_rows", None)
        self.__dict__.pop("opened", None)

    @cached_property
    def opened(self) -> tuple[places.Opened, ...]:
        """Slots the newest return opened."""
        if self.returned is None:
            return ()
        return tuple(
            places.Opened(places.Slot(row.kind, row.position), counter_only=row.counter_only)
            for row in self.returned.opened.all()
        )

    @property
    def waits_elsewhere(self) -> bool:
        """Whether a return waits for the 考点 alone, not for the candidate's 重新提交."""
        if self.dossier.state != State.RETURNED:
            return False
        refused = {item.kind.code for item in self.items if item.effect is materials.Effect.NOT_ACCEPTED}
        occupied = self.standing.occupied
        usable = [place for place in self.opened if place.slot.kind not in refused or place.slot in occupied]
        return places.waits_elsewhere(self.asked, opened=usable)

    # --- review ---------------------------------------------------------------------------------------------
    @property
    def stage(self) -> Stage | None:
        """Whose work it is now, if anybody's in the house."""
        return {State.AT_SITE.value: Stage.SITE, State.AT_AREA.value: Stage.AREA}.get(self.dossier.state)

    def require_stage(self, action: Action) -> Stage:
        """The same, for an action of reviewers only. Raises Refusal `action_not_possible`."""
        if self.stage is None:
            raise Refusal("action_not_possible", phase=self.phase.value, action=action.value)
        return self.stage

    @cached_property
    def lease(self) -> Lease | None:
        """The lease that still runs."""
        return Lease.objects.filter(dossier=self.dossier, until__gt=self.now).first()

    @cached_property
    def proposal(self) -> Proposal | None:
        """The pending proposal."""
        return self.dossier.proposals.filter(outcome=Proposal.Outcome.PENDING).first()

    @cached_property
    def decision(self) -> Decision | None:
        """The decision in force."""
        return self.dossier.decisions.filter(voided_at=None).first()

    @cached_property
    def correction(self) -> Correction | None:
        """The correction that waits for its second person."""
        return self.dossier.corrections.filter(confirmed_at=None, replaced_at=None).first()

    @cached_property
    def recheck(self) -> Recheck | None:
        """The candidate's 复核, open or answered."""
        return Recheck.objects.filter(dossier=self.dossier).first()

    @property
    def recheck_until(self) -> datetime | None:
        """The first instant too late to ask for 复核; None before the release."""
        release = self.dossier.release
        if release is None or release.published_at is None:
            return None
        return deadlines.recheck_deadline(published_at=release.published_at, days=self.intake.recheck_days)

    @property
    def is_released(self) -> bool:
        """Whether its verdict is published."""
        release = self.dossier.release
        return release is not None and release.published_at is not None and release.published_at <= self.now

    def stage_marks(self) -> list[Mark]:
        """The notes of the present stage, those that were sent too."""
        if self.stage is None:
            return []
        return list(self.dossier.marks.filter(stage=self.stage).select_related("picture"))

    def draft_marks(self) -> list[Mark]:
        """The working notes of the present stage."""
        return [mark for mark in self.stage_marks() if mark.frozen_at is None]

    def unmarked_pictures(self) -> list[Picture]:
        """Pictures without a note that counts at this stage."""
        if self.stage is None:
            return []
        marks = self.stage_marks()
        return [picture for picture in self.pictures if standing_mark(marks, picture, self.stage) is None]

    @property
    def is_held(self) -> bool:
        """Whether it is on hold."""
        return self.dossier.holds.filter(ended_at=None).exists()

    @property
    def brought_here(self) -> Step | None:
        """The step that brought it to where it lies; a changed registration moves nothing."""
        steps = self.dossier.steps.exclude(action=Action.REGISTRATION_CHANGED)
        return steps.order_by("-revision").first()

    # --- deciding -------------------------------------------------------------------------------------------
    @property
    def phase(self) -> Phase:
        """Its row of the table."""
        return phase_of(
            state=State(self.dossier.state),
            proposal_pending=self.proposal is not None,
            released=self.is_released,
        )

    def missing(self) -> tuple[str, ...]:
        """Kinds below their minimum that are neither promised, explained nor answered."""
        return materials.missing_kinds(self.items, counts=self._counts(), excused=self._excused())

    def short(self) -> tuple[str, ...]:
        """Kinds that need room for what is missing."""
        return materials.short_kinds(self.items, counts=self._counts(), excused=self._excused())

    def _counts(self) -> Counter[str]:
        return Counter(picture.kind for picture in self.pictures)

    def _excused(self) -> frozenset[str]:
        asked = {place.kind for place in self.asked}
        excused = {promise.kind for promise in self.promises} | {entry.kind for entry in self.explanations}
        # 无法提供 of an earlier round still holds, unless the kind is asked for again.
        excused |= {entry.kind for entry in self.all_explanations if entry.kind not in asked}
        if self.dossier.state == State.RETURNED:
            excused |= asked - {place.kind for place in self.unanswered()}
        return frozenset(excused)

    def unanswered(self) -> tuple[places.Asked, ...]:
        """Places asked online that still wait."""
        if self.dossier.state != State.RETURNED:
            return ()
        minimums = {item.kind.code: item.minimum for item in self.items}
        return places.unanswered(self.asked, standing=self.standing, minimums=minimums)

    def open_promises(self) -> tuple[str, ...]:
        """Promised kinds that are still not there, or not in the number that is needed."""
        return tuple(promise.kind for promise in self.promises if not self._is_given(promise.kind))

    def is_overtaken(self, said: Explanation) -> bool:
        """Whether a picture came meanwhile where the candidate said that he can't give one."""
        if said.returned_id is None:
            return self._is_given(said.kind)
        given = places.Standing(occupied=self.standing.occupied, new=self.standing.new)
        asked = places.Asked(said.kind, said.position)
        return places.is_answered(asked, standing=given, minimum=self.item(said.kind).minimum)

    def _is_given(self, kind: str) -> bool:
        return self._counts()[kind] >= max(1, self.item(kind).minimum)

    def require_revision(self, seen: int) -> None:
        """Refuse what was decided on an old page."""
        if seen != self.dossier.revision:
            raise Refusal("stale_revision", seen=seen, current=self.dossier.revision)

    def holds_lease(self, actor: Actor) -> bool:
        """Whether the dossier is in this person's hands."""
        return self.lease is not None and actor.user is not None and self.lease.holder_id == actor.user.pk

    def roles_of(self, actor: Actor) -> frozenset[Role]:
        """The actor's roles here.

        Raises Refusal `not_found` for somebody it does not concern at all, `conflict_declared` for whoever declared
        that he must not.
        """
        roles = actor.roles_for(self.dossier)
        if not roles:
            raise Refusal("not_found")
        if actor.user is not None and actor.user.pk in self.in_conflict:
            raise Refusal("conflict_declared")
        return roles

    @cached_property
    def in_conflict(self) -> frozenset[int]:
        """The staff members who declared a conflict of interest."""
        return frozenset(self.registration.declared_conflicts.standing().values_list("by_id", flat=True))

"""The dossier as its reviewer sees it: pictures with marks, what changed, what happened, what may be done now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import (
    AdviceAnswer,
    Dossier,
    Explanation,
    Hold,
    InternalNote,
    Look,
    Mark,
    Picture,
    Promise,
    Proposal,
    Step,
    standing_mark,
)
from kaosheng.casework.queries.advice import Advised, advice_on, answers_on
from kaosheng.casework.queries.around import hold_of, internal_notes, last_look, older_pictures
from kaosheng.casework.queries.offers import Offer, allowed_actions
from kaosheng.casework.queries.queue_rows import sees_area
from kaosheng.casework.queries.twins import Twin, twins_of
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.casework.services.facts import facts_of
from kaosheng.catalogue.reasons import Reason, area_reasons
from kaosheng.domain import materials
from kaosheng.domain.dossier import Facts
from kaosheng.domain.places import Slot
from kaosheng.domain.roles import Permission, Role, permissions_of
from kaosheng.domain.states import Action, Phase, Stage, State, Verdict
from kaosheng.registration.changes import Change, fact_changes, own_changes
from kaosheng.registration.models import RegistrationVersion

MAY_DECLARE: Final = frozenset({Permission.DOSSIER_TAKE, Permission.RECHECK_ANSWER})
"""Who handles dossiers, and so may have to step aside: reviewers, and whoever answers a 复核 or corrects."""

_SITE_MAY_READ: Final = frozenset(
    {
        Action.SUBMIT, Action.RECEIVE, Action.OVERDUE, Action.RETURN, Action.FORWARD, Action.SEND_BACK, Action.LAPSE,
        Action.EXTEND, Action.WINDOW_EXTENDED, Action.REGISTRATION_CANCELLED, Action.REGISTRATION_RESTORED,
    }
)  # fmt: skip
"""Of the history, what isn't the 考区's own work. A changed registration is left out: it would tell of a voided proposal."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """One picture in its place with the note that counts now and those before it."""

    picture: Picture
    mark: Mark | None
    is_new: bool
    passed_site: bool = False
    """At the 考区: whether the 考点 found this very picture 合格."""
    earlier: tuple[Mark, ...] = ()
    before: Picture | None = None
    """The submitted picture this one replaced."""
    twins: tuple[Twin, ...] = ()
    advised: Advised | None = None
    answers: tuple[AdviceAnswer, ...] = ()
    """What the candidate did about advice on pictures in this place, the newest first."""


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind of the checklist with what stands in it."""

    item: materials.Item
    pictures: tuple[PictureView, ...]
    missing: Mark | None
    promise: Promise | None
    explanations: tuple[Explanation, ...]
    is_short: bool
    waived_reason: str = ""
    """免交理由 of the promise, for readers of the 考区's own work: it tells of a pass nobody else may know of."""

    @property
    def code(self) -> str:
        """The kind's code."""
        return self.item.kind.code

    @property
    def concerns(self) -> bool:
        """Whether it is asked for, holds something, or somebody said something about it."""
        return bool(self.item.is_asked or self.pictures or self.missing or self.promise or self.explanations)

    @property
    def unmarked(self) -> int:
        """Pictures that wait for a note."""
        return sum(1 for entry in self.pictures if entry.mark is None)


@dataclass(frozen=True)
class Workbench:
    """Everything the dossier page shows; read in a fixed number of queries."""

    dossier: Dossier
    case: DossierAround
    phase: Phase
    sees_area: bool
    roles: frozenset[Role]
    kinds: tuple[KindView, ...]
    unneeded: tuple[KindView, ...]
    unmarked: int
    marks_to_send: tuple[Mark, ...]
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    offers: tuple[Offer, ...]
    proposal: Proposal | None
    holder: str
    holds_lease: bool
    reviews: bool
    """Whether the dossier is at a stage this reader reviews."""
    may_take: bool
    may_mark: bool
    may_declare: bool
    """Whether a 回避 is his to declare now: at his stage, and after the release where he may answer or correct."""
    must_mark: bool
    """Whether unmarked pictures hold the dossier up here."""
    notes: tuple[InternalNote, ...]
    hold: Hold | None
    kept_reasons: dict[str, list[Reason]] = field(repr=False)
    facts: Facts = field(repr=False)

    @property
    def recommendation(self) -> Step | None:
        """What the 考点 recommended when it last sent the dossier on, while it is the area's work."""
        if not self.sees_area or self.phase not in {Phase.AT_AREA, Phase.PROPOSED, Phase.DECIDED}:
            return None
        return next((step for step in self.steps if step.action == Action.FORWARD), None)

    @property
    def pictures(self) -> tuple[PictureView, ...]:
        """All pictures in the order of the page."""
        return tuple(entry for kind in self.kinds for entry in kind.pictures)

    def offer(self, action: Action, verdict: Verdict | None = None) -> Offer | None:
        """The offer of this action, if it is one."""
        return next((o for o in self.offers if o.action is action and verdict in {None, o.verdict}), None)

    def may(self, permission: Permission) -> bool:
        """Whether a role of the reader on this dossier carries the permission."""
        return permission in permissions_of(self.roles)


def workbench(dossier: Dossier, staff: Staff, *, now: datetime, look: Look | None = None) -> Workbench:
    """Read the page of a dossier that passed the door; `look` is the reader's, if it was just read."""
    case, actor = DossierAround(dossier, arrived_at=now, now=now), of_staff(staff)
    roles = actor.roles_for(dossier)
    facts = facts_of(case)
    shows_area = sees_area(staff, dossier)
    marks = [
        mark
        for mark in dossier.marks.select_related("by")
        if shows_area or mark.stage == Stage.SITE or (mark.sent and dossier.state == State.RETURNED)
    ]
    hidden = not shows_area and facts.phase in {Phase.AT_AREA, Phase.PROPOSED, Phase.DECIDED}
    around = _around(case, staff, look=look or last_look(dossier, staff))
    stage = Stage.SITE if hidden else case.stage
    kinds = _kinds(case, marks, missing=facts.missing, stage=stage, around=around, shows_area=shows_area)
    to_send = _to_send(case, marks)
    reviews = _reviews(case, roles)
    holds = case.holds_lease(actor)
    return Workbench(
        dossier=dossier,
        case=case,
        phase=_seen_phase(facts.phase, shows_area=shows_area),
        sees_area=shows_area,
        roles=roles,
        kinds=tuple(kind for kind in kinds if kind.concerns),
        unneeded=tuple(kind for kind in kinds if not kind.concerns),
        unmarked=facts.unmarked,
        marks_to_send=to_send,
        changes=_changes(dossier) if shows_area or case.stage is Stage.SITE else (),
        steps=_steps(dossier, shows_area=shows_area),
        offers=allowed_actions(facts, actor=actor, roles=roles, holds_lease=holds, asking=len(to_send)),
        proposal=case.proposal if shows_area else None,
        holder=case.lease.holder.name if case.lease is not None and not hidden else "",
        holds_lease=holds,
        reviews=reviews,
        may_take=reviews and (case.lease is None or holds),
        may_mark=reviews and holds,
        may_declare=reviews
        or (facts.phase is Phase.RELEASED and Permission.RECHECK_ANSWER in permissions_of(roles)),
        must_mark=case.stage is Stage.SITE or (case.stage is Stage.AREA and case.intake.has_one_stage),
        notes=tuple(internal_notes(dossier, shows_area=shows_area)),
        hold=hold_of(dossier, shows_area=shows_area),
        kept_reasons=area_reasons(case.intake.area_id),
        facts=facts,
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What is looked up once for all pictures."""

    since: datetime | None
    older: dict[tuple[str, int], Picture]
    twins: dict[UUID, tuple[Twin, ...]]
    advice: Mapping[UUID, Advised]
    answers: Mapping[Slot, tuple[AdviceAnswer, ...]]


def _around(case: DossierAround, staff: Staff, *, look: Look | None) -> _Around:
    looked = look.preceding(case.submissions[-1].at if case.submissions else None) if look else None
    return _Around(
        since=looked or _round_before(case),
        older=older_pictures(case.dossier),
        twins=twins_of(case.dossier, case.pictures, staff),
        advice=advice_on(case.pictures, now=case.now),
        answers=answers_on(case.dossier),
    )


def _to_send(case: DossierAround, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """What the candidate will be asked for when this stage returns the dossier."""
    return tuple(
        mark
        for mark in marks
        if mark.frozen_at is None and mark.stage == case.stage and mark.verdict != Mark.Verdict.ACCEPTED
    )


def _reviews(case: DossierAround, roles: frozenset[Role]) -> bool:
    """Whether the dossier lies at a stage this reader reviews."""
    if case.stage is None:
        return False
    return (Role.SITE_REVIEWER if case.stage is Stage.SITE else Role.AREA_REVIEWER) in roles


def _round_before(case: DossierAround) -> datetime | None:
    """When the submission before the last one came; None in the first round."""
    return case.submissions[-2].at if len(case.submissions) > 1 else None


def _seen_phase(phase: Phase, *, shows_area: bool) -> Phase:
    """Site staff read one word for all of the 考区's work (已上报考区)."""
    if not shows_area and phase in {Phase.PROPOSED, Phase.DECIDED}:
        return Phase.AT_AREA
    return phase


# --- pictures and marks ------------------------------------------------------------------------------------------
def _kinds(
    case: DossierAround,
    marks: Sequence[Mark],
    *,
    missing: tuple[str, ...],
    stage: Stage | None,
    around: _Around,
    shows_area: bool,
) -> tuple[KindView, ...]:
    """Every kind of the catalogue, in its order; a reviewer may ask for any of them."""
    explained = list(case.dossier.explanations.order_by("pk"))
    shown = []
    for item in case.items:
        code = item.kind.code
        pictures = [picture for picture in case.pictures if picture.kind == code]
        asked = _current(marks, stage, kind=code, position=None)
        promise = next((entry for entry in case.promises if entry.kind == code), None)
        shown.append(
            KindView(
                item=item,
                pictures=tuple(_picture(picture, marks, stage, around) for picture in pictures),
                missing=asked,
                promise=promise,
                explanations=tuple(entry for entry in explained if entry.kind == code),
                is_short=code in missing,
                waived_reason=promise.waived_reason if promise is not None and shows_area else "",
            )
        )
    return tuple(shown)


def _picture(picture: Picture, marks: Sequence[Mark], stage: Stage | None, around: _Around) -> PictureView:
    here = [mark for mark in marks if (mark.kind, mark.position) == (picture.kind, picture.position)]
    note = _note(here, picture, stage)
    before = tuple(mark for mark in reversed(here) if mark is not note and mark.frozen_at is not None)
    return PictureView(
        picture=picture,
        mark=note,
        is_new=around.since is not None and picture.added_at > around.since,
        passed_site=stage is Stage.AREA and _passed(here, picture, Stage.SITE),
        earlier=before,
        before=around.older.get((picture.kind, picture.position)),
        twins=around.twins.get(picture.pk, ()),
        advised=around.advice.get(picture.pk),
        answers=around.answers.get(Slot(picture.kind, picture.position), ()),
    )


def _passed(marks: Sequence[Mark], picture: Picture, stage: Stage) -> bool:
    """Whether a stage found this picture 合格."""
    note = standing_mark(marks, picture, stage)
    return note is not None and note.verdict == Mark.Verdict.ACCEPTED


def _note(marks: Sequence[Mark], picture: Picture, stage: Stage | None) -> Mark | None:
    """The note shown with a picture; where nobody reviews at the moment, what was sent or filed last."""
    if stage is not None:
        return standing_mark(marks, picture, stage)
    return next((mark for mark in reversed(marks) if mark.picture_id == picture.pk), None)


def _current(marks: Sequence[Mark], stage: Stage | None, *, kind: str, position: int | None) -> Mark | None:
    """The draft note on a kind at the present stage; where nobody reviews, the one that was sent."""
    found = [
        mark
        for mark in marks
        if (mark.kind, mark.position) == (kind, position)
        and (mark.sent if stage is None else mark.frozen_at is None and mark.stage == stage)
    ]
    return found[-1] if found else None


# --- history and changes -----------------------------------------------------------------------------------------
def _steps(dossier: Dossier, *, shows_area: bool) -> tuple[Step, ...]:
    """The history, newest first."""
    steps = dossier.steps.select_related("actor").order_by("-revision")
    return tuple(step for step in steps if shows_area or step.action in _SITE_MAY_READ)


def _changes(dossier: Dossier) -> tuple[Change, ...]:
    """What differs between the registration a reviewer last knew and the present one."""
    if dossier.changed_since is None:
        return ()
    known = RegistrationVersion.objects.filter(
        registration=dossier.registration_id, source_version=dossier.changed_since
    ).first()
    if known is None:
        return ()
    before, present = json.loads(known.payload), dossier.registration
    return (
        *own_changes(before, present, site=dossier.site),
        *fact_changes(before.get("facts", {}), present.facts),
    )


def next_unmarked(bench: Workbench, *, after: UUID | None) -> PictureView | None:
    """The next picture without a note, from the one just marked on, then from the start."""
    pictures = list(bench.pictures)
    start = next((index + 1 for index, entry in enumerate(pictures) if entry.picture.pk == after), 0)
    return next((entry for entry in pictures[start:] + pictures[:start] if entry.mark is None), None)

"""What one candidate sees of his dossier: one frozen view, made only of what is visible to him (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from kaosheng.casework.models import Dossier, Mark, Picture, Submission
from kaosheng.casework.queries.advice import Advised, advice_on
from kaosheng.casework.queries.candidate_rows import CandidateRows, read_rows
from kaosheng.casework.queries.candidate_story import Event, Told, what_is_told
from kaosheng.casework.queries.visible import forwards_of, visible_from
from kaosheng.casework.services.pictures import slot_is_open
from kaosheng.casework.services.submitting import picture_list_digest
from kaosheng.domain import materials
from kaosheng.domain.materials import Effect
from kaosheng.domain.places import Asked, Manner, Slot
from kaosheng.domain.states import State
from kaosheng.domain.visibility import Visible, VisibleState
from kaosheng.registration.changes import COUNTED, own_changes
from kaosheng.registration.changes import Change as OwnChange


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer asked of one place, or of a kind (position None), in the newest return."""

    kind: str
    position: int | None
    text_zh: str
    text_en: str
    manner: Manner
    at: datetime
    box: tuple[float, float, float, float] | None
    picture_id: UUID | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One position of a kind. `removed` is the submitted picture that 撤销 would bring back."""

    position: int
    picture: Picture | None
    is_open: bool
    mark: Literal["", "accepted", "replace"] = ""
    is_new: bool = False
    remark: Remark | None = None
    removed: Picture | None = None
    unable: str = ""

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """The spot the reviewer marked, while the picture he saw still stands here."""
        if self.remark is None or self.picture is None or self.remark.picture_id != self.picture.pk:
            return None
        return self.remark.box


@dataclass(frozen=True, slots=True)
class KindView:
    """One material with its places; `remark` is one that asks for the kind as a whole."""

    item: materials.Item
    places: tuple[Place, ...]
    remark: Remark | None
    is_missing: bool
    settled_by_group: bool
    promised_until: date | None
    promise_note: str
    unable: str
    may_promise: bool
    may_explain: bool

    @property
    def code(self) -> str:
        """The kind's code."""
        return self.item.kind.code

    @property
    def count(self) -> int:
        """Pictures that stand in its places."""
        return sum(1 for place in self.places if place.picture is not None)

    @property
    def remarks(self) -> Iterator[Remark]:
        """What is asked of it: of the whole first, then place by place."""
        if self.remark is not None:
            yield self.remark
        yield from (place.remark for place in self.places if place.remark is not None)

    @property
    def free_position(self) -> int | None:
        """The lowest open place without a picture."""
        return next(
            (place.position for place in self.places if place.is_open and place.picture is None), None
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What a registration change did that the candidate hasn't acknowledged yet: fields, facts, materials."""

    own: tuple[OwnChange, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    now_asked: tuple[str, ...]
    no_longer_asked: tuple[str, ...]


@dataclass(frozen=True)
class CandidateView:
    """Everything a candidate's page, check page and state answer show of one dossier."""

    dossier: Dossier
    visible: Visible
    now: datetime
    deadline: datetime | None
    in_time: bool
    has_opened: bool
    one_stage: bool
    was_forwarded: bool
    kinds: tuple[KindView, ...]
    missing: tuple[str, ...]
    unanswered: tuple[Asked, ...]
    waits_elsewhere: bool
    submissions: tuple[Submission, ...]
    told: tuple[Told, ...]
    change: Change | None
    list_digest: str
    advice: Mapping[UUID, Advised]
    recheck_until: datetime | None

    @property
    def may_ask_recheck(self) -> bool:
        """Whether 复核 can be asked for now: released, in the window, not asked before."""
        in_window = self.recheck_until is not None and self.now < self.recheck_until
        return in_window and self.visible.recheck is None

    @property
    def is_open(self) -> bool:
        """Whether anything at all can change now."""
        return any(place.is_open for kind in self.kinds for place in kind.places)

    @property
    def may_submit(self) -> bool:
        """Whether there is something to submit: a draft, or a return that isn't the 考点's alone, in time."""
        if not self.in_time:
            return False
        if self.visible.state is VisibleState.DRAFT:
            return self.has_opened
        return self.visible.state is VisibleState.RETURNED and not self.waits_elsewhere

    @property
    def was_resubmitted(self) -> bool:
        """Whether he submitted more than once; what the counter took in is frozen too, and no act of his."""
        own = [told for told in self.told if told.submission is not None and told.event is not Event.TAKEN_IN]
        return len(own) > 1

    @property
    def was_resubmitted_since_passed(self) -> bool:
        """Whether he submitted again after 考点通过 was told; what is told comes newest first."""
        events = [told.event for told in self.told if told.event in {Event.RESUBMITTED, Event.SITE_PASSED}]
        return events[:1] == [Event.RESUBMITTED]

    @property
    def asked_elsewhere(self) -> int:
        """How many places are asked for at the 考点 or by telephone, and not received yet."""
        remarks = [remark for kind in self.kinds for remark in kind.remarks]
        return sum(1 for remark in remarks if remark.manner is not Manner.ONLINE and not remark.answered)

    @property
    def has_unsent(self) -> bool:
        """Whether a picture waits for 提交审核: it was uploaded, and no submission holds it."""
        submitted = bool(self.submissions)
        return self.may_submit and any(
            place.is_new if submitted else place.picture is not None
            for kind in self.kinds
            for place in kind.places
        )

    @property
    def is_complete(self) -> bool:
        """Whether submitting would be accepted as things stand."""
        return not self.missing and not self.unanswered

    def kind(self, code: str) -> KindView | None:
        """The kind with this code."""
        return next((kind for kind in self.kinds if kind.code == code), None)


def candidate_view(dossier: Dossier, *, now: datetime, at_counter: bool = False) -> CandidateView:
    """Build the view from one query. `dossier` comes from the door; at the counter more places are open.

    Raises Refusal `catalogue_missing`.
    """
    return view_of(read_rows(dossier, now=now), at_counter=at_counter)


def view_of(rows: CandidateRows, *, at_counter: bool = False) -> CandidateView:
    """The view these rows make."""
    case, dossier, now = rows.case, rows.case.dossier, rows.case.now
    visible = visible_from(
        dossier,
        now=now,
        steps=rows.steps,
        manners=[row.manner for row in case.still_asked],
        closings=rows.closings,
        published=rows.published,
        recheck=rows.recheck,
    )
    waits = visible.state in {VisibleState.DRAFT, VisibleState.RETURNED}
    missing, unanswered = case.missing(), case.unanswered()
    return CandidateView(
        dossier=dossier,
        visible=visible,
        now=now,
        deadline=case.deadline if waits else None,
        in_time=waits and case.in_time,
        has_opened=dossier.intake.opens_at <= now,
        one_stage=dossier.intake.has_one_stage,
        was_forwarded=bool(forwards_of(rows.steps)),
        kinds=_kinds(rows, visible, missing, unanswered, at_counter=at_counter),
        missing=missing if waits else (),
        unanswered=unanswered,
        waits_elsewhere=case.waits_elsewhere,
        submissions=rows.submissions,
        told=what_is_told(rows, visible),
        change=_change(rows),
        list_digest=picture_list_digest(case.pictures),
        recheck_until=case.recheck_until if visible.published else None,
        advice=advice_on(case.pictures, now=now) if waits else {},
    )


# --- kinds and places ----------------------------------------------------------------------------------------
def _kinds(
    rows: CandidateRows,
    visible: Visible,
    missing: tuple[str, ...],
    unanswered: tuple[Asked, ...],
    *,
    at_counter: bool,
) -> tuple[KindView, ...]:
    case = rows.case
    waits = visible.state in {VisibleState.DRAFT, VisibleState.RETURNED}
    remarks = _remarks(rows, unanswered) if visible.may_see_marks else {}
    accepted = _accepted(rows) if visible.may_see_marks else frozenset()
    unmet_groups = {
        item.group for item in case.items if item.effect is Effect.ONE_OF and item.kind.code in missing
    }
    still_open = case.open_promises()
    promises = {promise.kind: promise for promise in case.promises if promise.kind in still_open}
    unable = {
        (said.kind, said.position): said.reason for said in case.explanations if not case.is_overtaken(said)
    }
    writable = waits and case.in_time
    asked = {place.kind for place in case.asked}
    views = []
    for item in case.items:
        code = item.kind.code
        remark = remarks.get((code, None))
        promise = promises.get(code)
        asks_online = remark is not None and remark.manner is Manner.ONLINE
        draft = visible.state is VisibleState.DRAFT
        views.append(
            KindView(
                item=item,
                places=_places(rows, item, remarks, accepted, unable, at_counter=at_counter),
                remark=remark,
                is_missing=waits and code in missing,
                settled_by_group=item.effect is Effect.ONE_OF and item.group not in unmet_groups,
                promised_until=promise.due_on if promise else None,
                promise_note=promise.note if promise else "",
                unable=unable.get((code, None), ""),
                may_promise=writable and item.kind.may_promise and item.is_asked and code not in asked,
                may_explain=writable and ((draft and item.is_asked) or asks_online),
            )
        )
    return tuple(views)


def _places(
    rows: CandidateRows,
    item: materials.Item,
    remarks: Mapping[tuple[str, int | None], Remark],
    accepted: frozenset[UUID],
    unable: Mapping[tuple[str, int | None], str],
    *,
    at_counter: bool,
) -> tuple[Place, ...]:
    case, code = rows.case, item.kind.code
    standing = {picture.position: picture for picture in case.pictures if picture.kind == code}
    removed = {
        picture.position: picture
        for picture in rows.pictures
        if picture.kind == code and picture.hidden_at is not None and picture.pk in case.submitted_ids
    }
    opened = [slot.slot.position for slot in case.opened if slot.slot.kind == code]
    highest = max([item.maximum, *standing, *opened, *(n for c, n in remarks if c == code and n is not None)])
    places = []
    for position in range(1, highest + 1):
        picture = standing.get(position)
        can_change = (item.effect is not Effect.NOT_ACCEPTED or picture is not None) and slot_is_open(
            case, Slot(code, position), at_counter=at_counter
        )
        remark = remarks.get((code, position))
        places.append(
            Place(
                position=position,
                picture=picture,
                is_open=can_change and case.intake.opens_at <= case.now,
                mark=_mark(picture, remark, accepted),
                is_new=bool(rows.submissions)
                and picture is not None
                and picture.pk not in case.submitted_ids,
                remark=remark,
                removed=removed.get(position)
                if can_change and case.dossier.state == State.RETURNED
                else None,
                unable=unable.get((code, position), ""),
            )
        )
    return tuple(places)


def _mark(
    picture: Picture | None, remark: Remark | None, accepted: frozenset[UUID]
) -> Literal["", "accepted", "replace"]:
    if picture is None:
        return ""
    if remark is not None and remark.picture_id == picture.pk:
        return "replace"
    return "accepted" if picture.pk in accepted else ""


def _remarks(rows: CandidateRows, unanswered: tuple[Asked, ...]) -> dict[tuple[str, int | None], Remark]:
    """The newest return's requests by place, with the words that were sent."""
    case = rows.case
    if case.returned is None:
        return {}
    words = {(mark.kind, mark.position): mark for mark in rows.marks if mark.frozen_at == case.returned.at}
    waiting = {(place.kind, place.position) for place in unanswered}
    remarks = {}
    for place in case.asked_rows:
        mark = words.get((place.kind, place.position))
        if mark is None:
            continue
        key = (place.kind, place.position)
        manner = Manner(place.manner)
        remarks[key] = Remark(
            kind=place.kind,
            position=place.position,
            text_zh=mark.text_zh,
            text_en=mark.text_en,
            manner=manner,
            at=case.returned.at,
            box=tuple(mark.box) if mark.box else None,
            picture_id=mark.picture_id,
            answered=key not in waiting if manner is Manner.ONLINE else place.received_at is not None,
        )
    return remarks


def _accepted(rows: CandidateRows) -> frozenset[UUID]:
    """Pictures whose last mark that was sent is 合格: an earlier round's ✓ still stands."""
    last = {mark.picture_id: mark.verdict for mark in rows.marks if mark.picture_id is not None}
    return frozenset(picture_id for picture_id, verdict in last.items() if verdict == Mark.Verdict.ACCEPTED)


def _change(rows: CandidateRows) -> Change | None:
    if rows.known is None:
        return None
    registration = rows.case.registration
    own = own_changes(rows.known, registration, site=rows.case.dossier.site)
    counted = tuple(change for change in own if change.name in COUNTED)
    before, after = rows.known.get("facts", {}), registration.facts
    if not counted and before == after:
        return None
    difference = materials.difference(materials.checklist(rows.case.catalogue, before), rows.case.items)
    return Change(
        own=counted,
        before=before,
        after=after,
        now_asked=difference.now_asked,
        no_longer_asked=difference.no_longer_asked,
    )

"""The reviewer's verbs: take, mark, return, forward, send back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import AskedPlace, Dossier, Lease, Mark, OpenedSlot, Picture, Return
from kaosheng.casework.queries.hands import loaded_ahead
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.announcing import reads_english, tell_candidate
from kaosheng.casework.services.case import LEASE_FOR, Case
from kaosheng.casework.services.opening import open_short_kinds
from kaosheng.casework.services.remarks import require_nameless
from kaosheng.casework.services.write_path import open_as_seen, open_case
from kaosheng.casework.words import deadline_words
from kaosheng.catalogue.reasons import Reason, area_reasons, reasons_of
from kaosheng.domain import places
from kaosheng.domain.deadlines import supplement_deadline
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Item
from kaosheng.domain.places import Manner
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Action, Stage, State, Verdict

REVIEWERS: Final = {State.AT_SITE.value: Role.SITE_REVIEWER, State.AT_AREA.value: Role.AREA_REVIEWER}


def take(*, dossier_id: UUID, actor: Actor) -> Lease:
    """领取: take a dossier into one's hands, or keep it there, for another 15 minutes.

    Raises Refusal `not_found`, `not_your_stage`, `taken_by_another`.
    """
    with open_case(dossier_id) as case:
        require_reviewer(case, actor)
        if case.lease is not None and not case.holds_lease(actor):
            raise Refusal("taken_by_another")
        return _take(case, actor)


def take_loaded_ahead(*, dossier_id: UUID, actor: Actor) -> None:
    """Take the dossier one had loaded ahead, now that it is on the screen; nothing when it isn't kept for him any more.

    Raises Refusal `not_found`, `conflict_declared`.
    """
    with open_case(dossier_id) as case:
        reviews = REVIEWERS.get(case.dossier.state) in case.roles_of(actor)
        if reviews and _is_kept_for(case, actor):
            _take(case, actor)


def _take(case: Case, actor: Actor) -> Lease:
    if case.lease is None or case.lease.reserved:
        case.record(AuditName.DOSSIER_TAKEN, actor)
    return case.put_in_hands_of(actor.person)


def _is_kept_for(case: Case, actor: Actor) -> bool:
    """Whether it is the one this person loaded ahead and hasn't opened."""
    return case.lease is not None and case.lease.reserved and case.holds_lease(actor)


def renew(*, dossier_id: UUID, actor: Actor) -> Lease:
    """Keep a dossier, and the one loaded ahead, for another 15 minutes while the page is open.

    Raises Refusal `lease_needed` once it is in other hands or free.
    """
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        if case.lease is None or not case.holds_lease(actor):
            raise Refusal("lease_needed")
        until = case.now + LEASE_FOR
        loaded_ahead(actor.person, now=case.now).update(until=until)
        Lease.objects.filter(pk=case.lease.pk).update(until=until)
        return case.lease


def give_back(*, dossier_id: UUID, actor: Actor) -> None:
    """交还: free the dossier, then the one loaded ahead, each under its own lock; marks stay for the next holder.

    Raises Refusal `not_found`, `conflict_declared`.
    """
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        if case.holds_lease(actor):
            _free(case, actor)
    ahead = loaded_ahead(actor.person, now=timezone.now())
    for kept_id in list(ahead.values_list("dossier_id", flat=True)):
        with open_case(kept_id) as kept:
            if _is_kept_for(kept, actor):
                _free(kept, actor)


def _free(case: Case, actor: Actor) -> None:
    case.drop_lease()
    case.record(AuditName.DOSSIER_GIVEN_BACK, actor)


def require_reviewer(case: Case, actor: Actor) -> Stage:
    """The stage at which this person reviews the dossier now. Raises Refusal."""
    roles = case.roles_of(actor)
    if case.stage is None or REVIEWERS[case.dossier.state] not in roles:
        raise Refusal("not_your_stage")
    return case.stage


@dataclass(frozen=True, slots=True)
class Note:
    """What a reviewer says of one picture or kind; `box` in fractions [x, y, width, height]."""

    kind: str
    verdict: Mark.Verdict
    position: int | None = None
    reason_code: str = ""
    text: str = ""
    box: tuple[float, float, float, float] | None = None
    manner: Manner = Manner.ONLINE
    opens_free_positions: bool = True


def set_mark(*, dossier_id: UUID, actor: Actor, seen_revision: int, note: Note) -> Mark:
    """审核标记: note 合格, 需更换 or 缺少 on a place; a later note replaces the earlier draft.

    Raises Refusal `lease_needed`, `stale_revision`, `reason_needed`, `remark_names_staff`, `picture_gone`,
    `kind_is_full`, `unknown_kind`, `form_incomplete` (a missing kind with a position).
    """
    with open_case(dossier_id) as case:
        stage = _require_marking(case, actor, seen_revision)
        item = case.item(note.kind)
        reason = next((entry for entry in _standard(case, item) if entry.code == note.reason_code), None)
        text_zh, text_en = _texts(note, reason)
        if note.verdict is not Mark.Verdict.ACCEPTED and not text_zh:
            raise Refusal("reason_needed")
        require_nameless(case, note.text)
        mark, _created = Mark.objects.update_or_create(
            dossier=case.dossier,
            stage=stage,
            kind=note.kind,
            position=note.position,
            frozen_at=None,
            defaults={
                "picture": _marked_picture(case, note),
                "verdict": note.verdict,
                "reason_code": note.reason_code,
                "text_zh": text_zh,
                "text_en": text_en,
                "box": list(note.box) if note.box else None,
                "manner": note.manner,
                "opens_free_positions": note.opens_free_positions,
                "by": actor.person,
                "at": case.now,
            },
        )
        case.record(
            AuditName.MARK_SET, actor, kind=note.kind, position=note.position, verdict=note.verdict.value
        )
        return mark


def _marked_picture(case: Case, note: Note) -> Picture | None:
    """The picture a note speaks of; none for a missing kind, which must have room for what is asked."""
    here = {picture.position: picture for picture in case.pictures if picture.kind == note.kind}
    if note.verdict is Mark.Verdict.MISSING:
        if note.position is not None:
            raise Refusal("form_incomplete", field=f"position={note.position}")
        item = case.item(note.kind)
        room = item.maximum or item.kind.maximum
        if len(here) >= room:
            raise Refusal("kind_is_full", maximum=room)
        return None
    if note.position not in here:
        raise Refusal("picture_gone")
    return here[note.position]


def _standard(case: Case, item: Item) -> list[Reason]:
    return reasons_of(item.kind, area_reasons(case.intake.area_id))


def _texts(note: Note, reason: Reason | None) -> tuple[str, str]:
    """The remark in both languages: the standard sentence, and the reviewer's own words as they are."""
    own = note.text.strip()
    parts_zh = [part for part in (reason.zh if reason else "", own) if part]
    parts_en = [part for part in ((reason.en or reason.zh) if reason else "", own) if part]
    return "；".join(parts_zh), "; ".join(parts_en)


def accept_rest(*, dossier_id: UUID, actor: Actor, seen_revision: int) -> list[Mark]:
    """其余全部合格: note 合格 on every picture that has no note yet. Raises Refusal as `set_mark`."""
    with open_case(dossier_id) as case:
        stage = _require_marking(case, actor, seen_revision)
        made = Mark.objects.bulk_create(
            Mark(
                dossier=case.dossier,
                stage=stage,
                kind=picture.kind,
                position=picture.position,
                picture=picture,
                verdict=Mark.Verdict.ACCEPTED,
                by=actor.person,
                at=case.now,
            )
            for picture in case.unmarked_pictures()
        )
        for mark in made:
            case.record(
                AuditName.MARK_SET, actor, kind=mark.kind, position=mark.position, verdict=mark.verdict
            )
        return made


def clear_mark(
    *, dossier_id: UUID, actor: Actor, seen_revision: int, kind: str, position: int | None
) -> None:
    """Take a draft note back, if there is one. Raises Refusal `lease_needed`, `stale_revision`, `not_your_stage`."""
    with open_case(dossier_id) as case:
        stage = _require_marking(case, actor, seen_revision)
        drafts = case.dossier.marks.filter(stage=stage, kind=kind, position=position, frozen_at=None)
        if drafts.delete()[0]:
            case.record(AuditName.MARK_CLEARED, actor, kind=kind, position=position)


def _require_marking(case: Case, actor: Actor, seen_revision: int) -> Stage:
    stage = require_reviewer(case, actor)
    case.require_revision(seen_revision)
    if not case.holds_lease(actor):
        raise Refusal("lease_needed")
    return stage


def return_to_candidate(*, dossier_id: UUID, actor: Actor, seen_revision: int) -> Return:
    """退回补充: send the marks, open the places they name, set the supplement deadline, tell the candidate.

    Raises Refusal `places_needed` when no mark asks for anything, and the table's own.
    """
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        asking = [mark for mark in case.draft_marks() if mark.verdict != Mark.Verdict.ACCEPTED]
        stage = case.require_stage(Action.RETURN)
        case.step(Action.RETURN, actor, places_asked=len(asking))
        returned = Return.objects.create(
            dossier=case.dossier, stage=stage, at=case.now, revision=case.dossier.revision
        )
        _open_places(case, returned, asking)
        case.dossier.deadline = supplement_deadline(returned_at=case.now, days=case.intake.supplement_days)
        case.dossier.changed_since = None
        _tell_returned(case, asking)
        return returned


def _open_places(case: Case, returned: Return, asking: list[Mark]) -> None:
    AskedPlace.objects.bulk_create(
        AskedPlace(
            returned=returned,
            kind=mark.kind,
            position=mark.position,
            manner=mark.manner,
            opens_free_positions=mark.opens_free_positions,
        )
        for mark in asking
    )
    asked = [
        places.Asked(mark.kind, mark.position, Manner(mark.manner), mark.opens_free_positions)
        for mark in asking
    ]
    # A reviewer may ask for a kind nobody had to give: it has room for its maximum all the same.
    maximums = {item.kind.code: item.maximum or item.kind.maximum for item in case.items}
    OpenedSlot.objects.bulk_create(
        OpenedSlot(
            returned=returned,
            kind=opened.slot.kind,
            position=opened.slot.position,
            counter_only=opened.counter_only,
        )
        for opened in places.opened_by(asked, occupied=case.standing.occupied, maximums=maximums)
    )
    case.now_returned(returned)
    open_short_kinds(case, returned)


_MANNER_ZH: Final[dict[Manner | None, str]] = {
    Manner.ONLINE: "在线更换",
    Manner.ON_SITE: "到考点现场提交",
    Manner.TELEPHONE: "与考点电话联系",
    None: "按要求办理",
}
_MANNER_EN: Final[dict[Manner | None, str]] = {
    Manner.ONLINE: "replace online",
    Manner.ON_SITE: "bring to the exam site",
    Manner.TELEPHONE: "telephone the exam site",
    None: "do as asked",
}


def _tell_returned(case: Case, asking: list[Mark]) -> None:
    kinds = list(dict.fromkeys(mark.kind for mark in asking))
    first = case.item(kinds[0]).kind
    english = reads_english(case)
    manners = {Manner(mark.manner) for mark in asking}
    name = first.short_name_en if english else first.short_name_zh
    more = f" +{len(kinds) - 1}" if english else f"等{len(kinds)}项"
    tell_candidate(
        case,
        "returned",
        places=str(len(asking)),
        kinds=name + (more if len(kinds) > 1 else ""),
        deadline=deadline_words(case.deadline, english=english),
        manner=(_MANNER_EN if english else _MANNER_ZH)[manners.pop() if len(manners) == 1 else None],
    )


def forward(
    *, dossier_id: UUID, actor: Actor, seen_revision: int, recommendation: Verdict, reason: str = ""
) -> Dossier:
    """建议通过 / 建议不通过: send the dossier on to the 考区. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        case.step(Action.FORWARD, actor, verdict=recommendation, reason=reason.strip())
        return case.dossier


def send_back(*, dossier_id: UUID, actor: Actor, seen_revision: int, reason: str) -> Dossier:
    """退回考点: the 考区 gives the dossier back to the site. Raises Refusal."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        case.step(Action.SEND_BACK, actor, reason=reason.strip())
        return case.dossier

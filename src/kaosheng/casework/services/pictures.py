"""Adding and deleting pictures: under the dossier's lock, against its open slots.

They don't count as steps: their precondition is the open slot and an idempotency key, not the revision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.jobs.objects import delete_objects
from kaosheng.casework.models import AdviceAnswer, Handover, Picture, PictureAdvice
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.advice_log import note_answer, note_removal
from kaosheng.casework.services.advice_queue import ask_for_advice
from kaosheng.casework.services.announcing import tell_candidate
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.casework.services.write_path import open_case
from kaosheng.domain import materials, places
from kaosheng.domain.advice import CAN_BE_TURNED
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.errors import Refusal
from kaosheng.domain.handover import lives
from kaosheng.domain.places import Slot
from kaosheng.domain.roles import Permission, permissions_of
from kaosheng.domain.states import State
from kaosheng.pictures.checks import CheckedPicture, examine
from kaosheng.pictures.store import get_store


def add_picture(
    *,
    dossier_id: UUID,
    actor: Actor,
    kind: str,
    position: int | None,
    data: bytes,
    idempotency_key: str,
    reason: str = "",
    arrived_at: datetime | None = None,
    turns: PictureAdvice | None = None,
) -> Picture:
    """Check, store and place one picture; without a position it takes the lowest open gap of its kind.

    With `turns` it is the upright form of that advice's picture, whose place it takes.

    Bytes are durable before the row names them; decoding and writing happen before the lock. The same
    idempotency key again gives the same picture. Staff at the counter say why (`reason`), replace what stands
    in the place they name, and the candidate is told by message. Raises Refusal: the picture's own rules,
    `not_found`, `dossier_locked`, `deadline_passed`, `slot_locked`, `kind_full`, `slot_taken`,
    `kind_not_accepted`, `idempotency_key_reused`, `reason_needed`, `not_your_role`, `handover_over`.
    """
    checked = examine(data)
    keys = get_store().put(checked.canonical, checked.thumbnail)
    try:
        with open_case(dossier_id, arrived_at=arrived_at) as case:
            _require_reach(case, actor, kind)
            picture = _kept_before(case, idempotency_key, checked)
            if picture is None:
                wanted = Slot(kind, position or 0)
                if turns is not None:
                    _make_way(case, actor, turns)
                stored = _Stored(checked, keys, idempotency_key)
                picture = _place(case, actor, wanted, stored, reason=reason.strip())
                ask_for_advice(picture, now=case.now)
    except Refusal:
        # Only a refusal is certain to have left no row; after any other fault the sweeper decides.
        get_store().delete(*keys)
        raise
    if picture.object_key not in keys:
        get_store().delete(*keys)
    return picture


def _require_reach(case: Case, actor: Actor, kind: str) -> None:
    """Refuse whom this kind of this dossier doesn't concern. Raises Refusal `not_found`, `handover_over`."""
    if actor.handover is None:
        case.roles_of(actor)
        return
    row = Handover.objects.filter(pk=actor.handover.pk, dossier=case.dossier, kind=kind).first()
    if row is None or not is_live(row, revision=case.dossier.revision, at=case.arrived_at):
        raise Refusal("handover_over")


def is_live(handover: Handover, *, revision: int, at: datetime) -> bool:
    """Whether the other device still counts at this moment, its dossier being at this revision."""
    return lives(
        expires_at=handover.expires_at, opened_at_revision=handover.revision, revision=revision, at=at
    )


def _kept_before(case: Case, idempotency_key: str, checked: CheckedPicture) -> Picture | None:
    """The picture of the same upload sent again, its answer having been lost. Raises Refusal `idempotency_key_reused`."""
    picture = next((one for one in case.all_pictures if one.idempotency_key == idempotency_key), None)
    if picture is not None and picture.received_digest != checked.received_digest:
        raise Refusal("idempotency_key_reused")
    return picture


@dataclass(frozen=True, slots=True)
class _Stored:
    """A checked picture whose bytes are durable under these keys (picture, thumbnail)."""

    checked: CheckedPicture
    keys: list[str]
    idempotency_key: str


def _place(case: Case, actor: Actor, slot: Slot, stored: _Stored, *, reason: str) -> Picture:
    checked = stored.checked
    at_counter = _at_counter(case, actor, reason)
    slot = _choose_slot(case, slot, at_counter=at_counter)
    if at_counter:
        for standing in case.pictures:
            if Slot(standing.kind, standing.position) == slot:
                _remove(case, actor, standing)
    picture = Picture.objects.create(
        dossier=case.dossier,
        kind=slot.kind,
        position=slot.position,
        object_key=stored.keys[0],
        thumbnail_key=stored.keys[1],
        received_digest=checked.received_digest,
        stored_digest=checked.stored_digest,
        pixel_digest=checked.pixel_digest,
        format=checked.format,
        bytes=len(checked.canonical),
        width=checked.width,
        height=checked.height,
        thumbnail_width=checked.thumbnail_width,
        thumbnail_height=checked.thumbnail_height,
        idempotency_key=stored.idempotency_key,
        added_at=case.now,
        added_by_staff=actor.user,
    )
    _record(case, actor, AuditName.PICTURE_ADDED, picture, **({"reason": reason} if at_counter else {}))
    if at_counter:
        today = case.now.astimezone(HOUSE_TIME).date()
        tell_candidate(case, "counter_upload", occasion=f"{case.dossier.revision}:{today}")
    return picture


def _record(case: Case, actor: Actor, name: AuditName, picture: Picture, **more: object) -> None:
    """One audit row about a picture: its place and the digest of its bytes, which outlives them."""
    case.record(
        name,
        actor,
        picture=str(picture.pk),
        kind=picture.kind,
        position=picture.position,
        digest=picture.stored_digest,
        **more,
    )


def _make_way(case: Case, actor: Actor, turns: PictureAdvice) -> None:
    """Take out the picture another one replaces in the same transaction. Raises Refusal."""
    standing = next((entry for entry in case.pictures if entry.pk == turns.picture_id), None)
    if standing is None:
        raise Refusal("not_found")
    _require_own(case, actor, Slot(standing.kind, standing.position))
    _record(case, actor, AuditName.PICTURE_TURNED, standing)
    note_answer(
        case,
        standing,
        AdviceAnswer.Answer.TURNED,
        codes=CAN_BE_TURNED.intersection(turns.codes),
        direction=turns.direction,
    )
    _remove(case, actor, standing)
    case.pictures.remove(standing)


def _choose_slot(case: Case, wanted: Slot, *, at_counter: bool) -> Slot:
    """The slot an upload goes to. Raises Refusal with the rule that forbids it."""
    item = case.item(wanted.kind)
    if item.effect is materials.Effect.NOT_ACCEPTED:
        raise Refusal("kind_not_accepted", kind=wanted.kind)
    require_changeable(case)
    occupied = frozenset(picture.position for picture in case.pictures if picture.kind == wanted.kind)
    can_change = open_positions(case, wanted.kind, at_counter=at_counter)
    if not wanted.position:
        gap = materials.lowest_gap(occupied=occupied, open_positions=can_change)
        if gap is None:
            if len(occupied) >= item.maximum:
                raise Refusal("kind_full", kind=wanted.kind, maximum=item.maximum)
            raise Refusal("slot_locked", kind=wanted.kind)
        return Slot(wanted.kind, gap)
    if wanted.position > (highest := _highest(case, wanted.kind)):
        raise Refusal("no_such_place", position=wanted.position, maximum=highest)
    if wanted.position not in can_change:
        raise Refusal("slot_locked", kind=wanted.kind)
    if wanted.position in occupied and not at_counter:
        raise Refusal("slot_taken", kind=wanted.kind, position=wanted.position)
    return wanted


def open_positions(case: Case, kind: str, *, at_counter: bool = False) -> frozenset[int]:
    """The places of a kind that may change now, filled or not."""
    return frozenset(
        number
        for number in range(1, _highest(case, kind) + 1)
        if slot_is_open(case, Slot(kind, number), at_counter=at_counter)
    )


def _highest(case: Case, kind: str) -> int:
    opened = [opened.slot.position for opened in case.opened if opened.slot.kind == kind]
    return max([case.item(kind).maximum, *opened])


def slot_is_open(case: DossierAround, slot: Slot, *, at_counter: bool = False) -> bool:
    """Whether this place may change now."""
    return places.is_open(
        slot, state=State(case.dossier.state), in_time=case.in_time, opened=case.opened, at_counter=at_counter
    )


def require_changeable(case: Case) -> None:
    """Refuse what can't change at all now, with the reason. Raises Refusal."""
    if case.dossier.state == State.LAPSED:
        raise Refusal("dossier_lapsed")
    if case.dossier.state == State.WITHDRAWN:
        raise Refusal("dossier_withdrawn")
    if case.dossier.state not in places.CHANGEABLE:
        raise Refusal("dossier_locked")
    if case.intake.opens_at > case.arrived_at:
        raise Refusal("window_not_open", opens_at=case.intake.opens_at)
    if not case.in_time:
        raise Refusal("deadline_passed", closes_at=case.deadline)


def _at_counter(case: Case, actor: Actor, reason: str) -> bool:
    """Whether a staff member acts for a candidate who stands before him, and says why. Raises Refusal."""
    if actor.staff is None:
        return False
    if Permission.COUNTER_UPLOAD not in permissions_of(case.roles_of(actor)):
        raise Refusal("not_your_role", action="upload")
    if not reason:
        raise Refusal("reason_needed")
    return True


def delete_picture(
    *, dossier_id: UUID, picture_id: UUID, actor: Actor, arrived_at: datetime | None = None
) -> Picture:
    """－: free the place. Raises Refusal.

    A picture once submitted is hidden and can be brought back until resubmission; any other is gone, row
    and bytes (the digest stays in the audit). Staff delete nothing.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        picture = next((entry for entry in case.pictures if entry.pk == picture_id), None)
        if picture is None:
            raise Refusal("not_found")
        _require_reach(case, actor, picture.kind)
        _require_own(case, actor, Slot(picture.kind, picture.position))
        note_removal(case, picture)
        _remove(case, actor, picture)
        return picture


def _require_own(case: Case, actor: Actor, slot: Slot) -> None:
    """Refuse staff, and everybody where the place can't change now. Raises Refusal."""
    if actor.staff is not None:
        raise Refusal("not_your_role", action="delete")
    require_changeable(case)
    if not slot_is_open(case, slot):
        raise Refusal("slot_locked", kind=slot.kind)


def _remove(case: Case, actor: Actor, picture: Picture) -> None:
    _record(case, actor, AuditName.PICTURE_DELETED, picture)
    if picture.submitted_as.exists():
        picture.hidden_at = case.now
        picture.save(update_fields=["hidden_at"])
        return
    keys = [picture.object_key, picture.thumbnail_key]
    Picture.objects.filter(pk=picture.pk).delete()
    delete_objects.defer(keys=keys)


def restore_picture(
    *, dossier_id: UUID, picture_id: UUID, actor: Actor, arrived_at: datetime | None = None
) -> Picture:
    """撤销: bring a deleted submitted picture back into its place, removing what replaced it. Raises Refusal."""
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        case.roles_of(actor)
        picture = case.dossier.pictures.filter(pk=picture_id, hidden_at__isnull=False).first()
        if picture is None or picture.pk not in case.submitted_ids:
            raise Refusal("not_found")
        slot = Slot(picture.kind, picture.position)
        _require_own(case, actor, slot)
        for replacement in case.pictures:
            if Slot(replacement.kind, replacement.position) == slot:
                _remove(case, actor, replacement)
        picture.hidden_at = None
        picture.save(update_fields=["hidden_at"])
        case.record(
            AuditName.PICTURE_RESTORED, actor, picture=str(picture.pk), kind=slot.kind, position=slot.position
        )
        return picture

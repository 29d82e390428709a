"""What a candidate does about advice: lets us turn the picture, or says that it is in order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import AdviceAnswer, Picture
from kaosheng.casework.queries.advice import advice_on, newest_advice
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.advice_log import note_answer
from kaosheng.casework.services.pictures import add_picture, require_changeable, slot_is_open
from kaosheng.casework.services.write_path import open_case
from kaosheng.domain.advice import CAN_BE_TURNED
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Slot
from kaosheng.pictures.checks import turned_file
from kaosheng.pictures.store import get_store


def turn_picture(
    *, dossier_id: UUID, picture: Picture, actor: Actor, arrived_at: datetime | None = None
) -> Picture:
    """帮我转正: put the picture upright as its advice says, through the upload path, into the same open place.

    Raises Refusal: `advice_outdated` when nothing advises a turn (any more), and those of `add_picture`.
    """
    advice = newest_advice(picture)
    if advice is None or not CAN_BE_TURNED.intersection(advice.codes):
        raise Refusal("advice_outdated")
    data = turned_file(get_store().read(picture.object_key), advice.orientation)
    return add_picture(
        dossier_id=dossier_id,
        actor=actor,
        kind=picture.kind,
        position=picture.position,
        data=data,
        idempotency_key=f"turn:{picture.pk}",
        arrived_at=arrived_at,
        turns=advice,
    )


def confirm_advice(
    *,
    dossier_id: UUID,
    picture_id: UUID,
    codes: frozenset[str],
    actor: Actor,
    arrived_at: datetime | None = None,
) -> None:
    """我已确认无误: note that the candidate saw this advice and stands by his picture; the reviewer sees it.

    Only what he was shown is confirmed, so that advice that came later still gets his eye. Raises Refusal.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        case.roles_of(actor)
        picture = next((entry for entry in case.pictures if entry.pk == picture_id), None)
        if picture is None:
            raise Refusal("not_found")
        require_changeable(case)
        if not slot_is_open(case, Slot(picture.kind, picture.position)):
            raise Refusal("slot_locked", kind=picture.kind)
        advised = advice_on(case.pictures, now=case.now).get(picture.pk)
        said = codes & set(advised.codes) if advised else frozenset()
        if advised is None or not said:
            raise Refusal("advice_outdated")
        row = advised.row
        row.confirmed = sorted({*row.confirmed, *said})
        row.save(update_fields=["confirmed"])
        note_answer(case, picture, AdviceAnswer.Answer.CONFIRMED, codes=said, direction=row.direction)
        case.record(AuditName.ADVICE_CONFIRMED, actor, picture=str(picture.pk), codes=sorted(said))

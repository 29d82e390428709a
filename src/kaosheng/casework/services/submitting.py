"""提交审核 and what a candidate says instead of a picture."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.jobs.twins import note_twins
from kaosheng.casework.models import Explanation, Picture, Promise, Submission, SubmittedPicture
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.announcing import tell_candidate
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.pictures import require_changeable
from kaosheng.casework.services.write_path import open_case
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import newest_version_id
from kaosheng.crypto.digests import digest
from kaosheng.crypto.signatures import sign
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.receipts import receipt_body
from kaosheng.domain.states import Action, State

_NUMBER_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0/O and 1/I: a receipt number is read aloud on the telephone."""


def picture_list_digest(pictures: Iterable[Picture]) -> str:
    """The digest of a picture list: what the candidate saw on the check page is what he submits."""
    lines = sorted(f"{picture.kind}/{picture.position}/{picture.pk}" for picture in pictures)
    return digest("\n".join(lines).encode())


def submit(
    *, dossier_id: UUID, actor: Actor, seen_list: str, commitment: str, arrived_at: datetime | None = None
) -> Submission:
    """Freeze the dossier as the candidate saw it and hand it to the stage that waits for it.

    `seen_list` is the digest of the picture list on the check page, `commitment` the version of the
    真实性承诺 he ticked. The same list sent twice gives the first receipt again. Raises Refusal.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        case.roles_of(actor)
        repeated = _same_submission(case, seen_list)
        if repeated is not None:
            return repeated
        if picture_list_digest(case.pictures) != seen_list:
            raise Refusal("picture_list_changed")
        if commitment != case.intake.commitment_version:
            raise Refusal("commitment_changed" if commitment else "commitment_missing")
        first = case.dossier.state == State.DRAFT
        case.step(Action.SUBMIT, actor)
        if first:
            case.dossier.catalogue_version_id = newest_version_id(case.intake.pk)
        case.dossier.acknowledged_version = case.registration.source_version
        submission = freeze(case, commitment=commitment)
        tell_candidate(case, "submitted", receipt=submission.number)
        return submission


def _same_submission(case: Case, seen_list: str) -> Submission | None:
    """The last submission, if this is it again: a second click or a retry after a lost answer."""
    if not case.submissions or case.dossier.state in {State.DRAFT, State.RETURNED}:
        return None
    last = case.submissions[-1]
    pictures = [line.picture for line in last.lines.select_related("picture")]
    return last if picture_list_digest(pictures) == seen_list else None


def set_unsent_aside(case: Case, *, keep_counter_pictures: bool = False) -> None:
    """Let what was last submitted stand in its places again; replacements that were not sent are hidden.

    At the counter, pictures staff put in stay, and what they replaced stays away.
    """
    last = case.submitted_ids
    kept = {picture.pk for picture in case.pictures if keep_counter_pictures and picture.added_by_staff_id}
    unsent = [picture.pk for picture in case.pictures if picture.pk not in last | kept]
    taken = {(picture.kind, picture.position) for picture in case.pictures if picture.pk in kept}
    hidden = [
        picture.pk
        for picture in Picture.objects.filter(pk__in=last, hidden_at__isnull=False)
        if (picture.kind, picture.position) not in taken
    ]
    Picture.objects.filter(pk__in=unsent).update(hidden_at=case.now)
    Picture.objects.filter(pk__in=hidden).update(hidden_at=None)
    case.forget_pictures()


def freeze(case: Case, *, commitment: str) -> Submission:
    """Store the numbered list of pictures with their digests, signed, under the declaration that was ticked."""
    _forget_what_was_overtaken(case)
    number = _receipt_number(case)
    digests = [picture.stored_digest for picture in case.pictures]
    submission = Submission.objects.create(
        dossier=case.dossier,
        ordinal=len(case.submissions) + 1,
        number=number,
        at=case.now,
        signature=sign(receipt_body(number=number, at=case.now, digests=digests).encode()),
        catalogue_version=CatalogueVersion(pk=case.dossier.catalogue_version_id),
        registration_version=case.registration.source_version,
        commitment_version=commitment,
    )
    SubmittedPicture.objects.bulk_create(
        SubmittedPicture(
            submission=submission,
            line=line,
            picture=picture,
            kind=picture.kind,
            position=picture.position,
            stored_digest=picture.stored_digest,
        )
        for line, picture in enumerate(case.pictures, start=1)
    )
    note_twins.defer(dossier_id=str(case.dossier.pk))
    return submission


def _forget_what_was_overtaken(case: Case) -> None:
    """Drop what the candidate said instead of a picture where he gave the picture after all."""
    given = {promise.kind for promise in case.promises} - set(case.open_promises())
    case.dossier.promises.filter(kind__in=given, waived_reason="").delete()
    rounds = {None, case.returned.pk if case.returned else None}
    said_now = [said for said in case.all_explanations if said.returned_id in rounds]
    overtaken = [said.pk for said in said_now if case.is_overtaken(said)]
    case.dossier.explanations.filter(pk__in=overtaken).delete()


def _receipt_number(case: Case) -> str:
    """考区, day, eight letters: unique, unguessable enough to quote, and says nothing about the person."""
    letters = "".join(secrets.choice(_NUMBER_LETTERS) for _ in range(8))
    return f"{case.intake.area.code}-{case.now.astimezone(HOUSE_TIME):%Y%m%d}-{letters[:4]}-{letters[4:]}"


def promise(
    *, dossier_id: UUID, actor: Actor, kind: str, due_on: date, note: str, arrived_at: datetime | None = None
) -> None:
    """暂时无法提供: say by when a kind will follow. Raises Refusal `promise_not_possible`, `promise_date_past`.

    What a reviewer asked for can't be put off: 无法提供 with a reason answers there.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        _require_writable(case, actor)
        if not case.item(kind).kind.may_promise or kind in {place.kind for place in case.asked}:
            raise Refusal("promise_not_possible", kind=kind)
        if due_on <= case.now.astimezone(HOUSE_TIME).date():
            raise Refusal("promise_date_past", date=due_on.isoformat())
        Promise.objects.update_or_create(
            dossier=case.dossier, kind=kind, defaults={"due_on": due_on, "note": note, "at": case.now}
        )
        case.record(AuditName.PROMISE_MADE, actor, kind=kind, due_on=due_on.isoformat())


def withdraw_promise(
    *, dossier_id: UUID, actor: Actor, kind: str, arrived_at: datetime | None = None
) -> None:
    """Take a promise back while the dossier can still change."""
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        _require_writable(case, actor)
        if Promise.objects.filter(dossier=case.dossier, kind=kind).delete()[0]:
            case.record(AuditName.PROMISE_WITHDRAWN, actor, kind=kind)


def explain(
    *,
    dossier_id: UUID,
    actor: Actor,
    kind: str,
    position: int | None,
    reason: str,
    arrived_at: datetime | None = None,
) -> None:
    """无法提供 / 无法更换 with a reason; an empty reason takes it back.

    While returned it answers an asked place. Raises Refusal `place_not_asked`.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        _require_writable(case, actor)
        case.item(kind)
        returned = case.returned if case.dossier.state == State.RETURNED else None
        if returned is not None and (kind, position) not in {
            (place.kind, place.position) for place in case.asked if place.manner is Manner.ONLINE
        }:
            raise Refusal("place_not_asked", kind=kind)
        place: dict[str, Any] = {
            "dossier": case.dossier,
            "returned": returned,
            "kind": kind,
            "position": position,
        }
        if reason.strip():
            Explanation.objects.update_or_create(**place, defaults={"reason": reason.strip(), "at": case.now})
            case.record(AuditName.PLACE_EXPLAINED, actor, kind=kind, position=position)
        elif Explanation.objects.filter(**place).delete()[0]:
            case.record(AuditName.EXPLANATION_WITHDRAWN, actor, kind=kind, position=position)


def acknowledge_change(*, dossier_id: UUID, actor: Actor) -> None:
    """The candidate has read what a registration change did to his checklist."""
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        case.dossier.acknowledged_version = case.registration.source_version
        case.dossier.save(update_fields=["acknowledged_version"])


def _require_writable(case: Case, actor: Actor) -> None:
    case.roles_of(actor)
    require_changeable(case)

"""A candidate's own dossier: upload, delete, state. The same code path as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from kaosheng.casework.models import Picture
from kaosheng.casework.queries.snapshot import snapshot
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.services.actors import of_candidate
from kaosheng.casework.services.pictures import delete_picture
from kaosheng.casework.words import state_words
from kaosheng.domain.deadlines import effective_deadline
from kaosheng.domain.errors import Refusal
from kaosheng.domain.visibility import Visible, VisibleState
from kaosheng.web.access import own_dossier, owner_of_own, picture_in
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.views.upload import owner_of, position_named, receive
from kaosheng.web.conditional import conditional_answer

router = Router(tags=["dossiers"])


class PictureOut(Schema):
    """An accepted picture. Digests name their algorithm; `received_digest` is of the bytes as they were sent."""

    id: UUID
    kind: str
    position: int
    format: str
    width: int
    height: int
    bytes: int
    received_digest: str
    stored_digest: str
    added_at: datetime


class PublishedOut(Schema):
    """A verdict that is out; `earlier` is the one a correction replaced."""

    verdict: str
    opinion: str
    published_at: datetime
    earlier: str | None
    corrected_at: datetime | None


class StateOut(Schema):
    """What a candidate may know of his dossier, and nothing else."""

    state: str
    text: str
    places: int
    overdue: bool
    deadline: datetime | None
    published: PublishedOut | None


@router.post("{uuid:dossier_id}/pictures/", response={201: PictureOut})
def add(request: HttpRequest, dossier_id: UUID) -> Status[Picture]:
    """Upload one picture: multipart, file field `picture`, fields `kind` and, if wanted, `position`.

    The header Idempotency-Key (or field `key`) makes a retry harmless: the same key and bytes give the same answer.
    """
    owner = owner_of_own(request, dossier_id)
    kind, place = request.POST.get("kind", ""), position_named(request.POST.get("position", ""))
    if not kind:
        raise Refusal("form_incomplete", field="kind")
    return Status(201, receive(request, dossier_id, of_candidate(owner), kind=kind, position=place))


@router.delete("{uuid:dossier_id}/pictures/{uuid:picture_id}/", response={204: None})
def delete(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> Status[None]:
    """Delete a picture from an open place."""
    dossier = own_dossier(request, dossier_id)
    picture = picture_in(dossier, picture_id, for_candidate=True)
    delete_picture(
        dossier_id=dossier.pk,
        picture_id=picture.pk,
        actor=owner_of(dossier),
        arrived_at=arrived_at(request),
    )
    return Status(204, None)


@router.get("{uuid:dossier_id}/state/", response=StateOut)
def state(request: HttpRequest, dossier_id: UUID) -> Any:
    """The visible state. The ETag is a digest of the body: it changes when something visible does, never else."""
    with snapshot():
        dossier = own_dossier(request, dossier_id)
        visible = visible_now(dossier, now=timezone.now())
    waits = visible.state in {VisibleState.DRAFT, VisibleState.RETURNED}
    deadline = effective_deadline(own=dossier.deadline, intake_closes=dossier.intake.closes_at)
    body = _state_out(visible, deadline if waits else None).model_dump_json()
    return conditional_answer(request, body, content_type="application/json")


def _state_out(visible: Visible, deadline: datetime | None) -> StateOut:
    published = visible.published
    return StateOut(
        state=visible.state.value,
        text=state_words(visible),
        places=visible.places,
        overdue=visible.overdue,
        deadline=deadline,
        published=PublishedOut(
            verdict=published.verdict.value,
            opinion=published.opinion,
            published_at=published.published_at,
            earlier=published.earlier.value if published.earlier else None,
            corrected_at=published.corrected_at,
        )
        if published
        else None,
    )

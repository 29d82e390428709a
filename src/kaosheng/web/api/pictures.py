"""Upload and delete for scripts; the same services as the forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from kaosheng.casework.models import Picture
from kaosheng.casework.services import actors
from kaosheng.casework.services import pictures as picture_services
from kaosheng.domain.errors import Refusal
from kaosheng.web.access import own_dossier
from kaosheng.web.api.session import candidate_session
from kaosheng.web.arrival import arrived_at
from kaosheng.web.uploads import read_upload

router = Router(auth=candidate_session)


@router.post("/dossiers/{uuid:dossier_id}/pictures/", url_name="upload")
def upload(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """201 with the picture; a retry with the same key gives the same picture again."""
    dossier = own_dossier(request, dossier_id)
    sent = read_upload(request)
    kind = str(request.POST.get("kind") or "")
    if not kind:
        raise Refusal("form_incomplete", field="kind")
    picture = picture_services.add_picture(
        dossier_id=dossier.pk,
        actor=_owner_of(dossier),
        kind=kind,
        position=sent.position,
        data=sent.data,
        idempotency_key=sent.idempotency_key,
        arrived_at=arrived_at(request),
    )
    return JsonResponse(_shown(picture), status=201)


@router.delete("/dossiers/{uuid:dossier_id}/pictures/{uuid:picture_id}/", url_name="delete")
def delete(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """204 when the place is free."""
    dossier = own_dossier(request, dossier_id)
    picture_services.delete_picture(
        dossier_id=dossier.pk, picture_id=picture_id, actor=_owner_of(dossier), arrived_at=arrived_at(request)
    )
    return HttpResponse(status=204)


def _owner_of(dossier: Any) -> actors.Actor:
    return actors.of_candidate(dossier.registration.candidate)


def _shown(picture: Picture) -> dict[str, Any]:
    return {
        "id": str(picture.pk),
        "kind": picture.kind,
        "position": picture.position,
        "format": picture.format,
        "bytes": picture.bytes,
        "width": picture.width,
        "height": picture.height,
        "received_digest": picture.received_digest,
        "stored_digest": picture.stored_digest,
    }

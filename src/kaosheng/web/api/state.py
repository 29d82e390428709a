"""What a candidate's page polls: the visible state and the pictures, nothing else."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.words import state_words
from kaosheng.crypto.digests import digest
from kaosheng.web.access import own_dossier
from kaosheng.web.api.session import candidate_session

router = Router(auth=candidate_session)


@router.get("/dossiers/{uuid:dossier_id}/state/", url_name="state")
def state(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The visible state; its ETag is the digest of this body alone, so that hidden steps don't show."""
    dossier = own_dossier(request, dossier_id)
    visible = visible_now(dossier, now=timezone.now())
    pictures = dossier.pictures.filter(hidden_at=None).values_list("kind", "position", "received_digest")
    body = json.dumps(
        {
            "state": visible.state.value,
            "words": state_words(visible),
            "places": visible.places,
            "pictures": [
                {"kind": kind, "position": at, "received_digest": sum_} for kind, at, sum_ in pictures
            ],
        },
        ensure_ascii=False,
    ).encode()
    tag = f'"{digest(body)}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer

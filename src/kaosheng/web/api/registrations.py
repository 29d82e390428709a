"""The registration system's signed push."""

from __future__ import annotations

import json
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from standardwebhooks import Webhook, WebhookVerificationError

from kaosheng.casework.services.registrations import receive_registration
from kaosheng.domain.errors import Refusal
from kaosheng.registration.models import RegistrationVersion

router = Router(auth=None)

_LARGEST: Final = 64 * 1024
_TYPES: Final = {"registration.changed", "registration.cancelled", "registration.restored"}


@router.post("/registrations/", url_name="registrations")
def push(request: HttpRequest) -> HttpResponse:
    """204 when applied or already known; an old message replayed changes nothing, its version is not higher.

    The signature covers id and time; messages more than five minutes old are refused.
    """
    payload = _signed_json(request)
    if not isinstance(payload, dict) or payload.get("type") not in _TYPES:
        raise Refusal("registration_not_understood", field="type")
    receive_registration(payload.get("registration"), way=RegistrationVersion.Way.PUSH)
    return HttpResponse(status=204)


def _signed_json(request: HttpRequest) -> object:
    """The body, if its signature holds. Raises Refusal `signature_invalid`, `registration_not_understood`."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
        raise Refusal("registration_not_understood", field="body")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        Webhook(settings.REGISTRATION_WEBHOOK_SECRET).verify(request.body, headers)
    except WebhookVerificationError as error:
        raise Refusal("signature_invalid") from error
    except ValueError as error:
        raise Refusal("registration_not_understood", field="body") from error
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise Refusal("registration_not_understood", field="body") from error

"""The signed push of the registration system: registrations that are new, changed, cancelled or restored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status
from standardwebhooks import Webhook, WebhookVerificationError

from kaosheng.casework.services.registrations import receive_registration
from kaosheng.domain.errors import Refusal
from kaosheng.registration.models import RegistrationVersion
from kaosheng.web.api.bodies import body_of

router = Router(tags=["registrations"])

_TYPES: Final = frozenset({"registration.changed", "registration.cancelled", "registration.restored"})
_LARGEST: Final = 64 * 1024
"""Bytes of one message; a registration object has two or three thousand."""


@router.post("", response={204: None}, auth=None)
def push(request: HttpRequest) -> Status[None]:
    """Apply one registration object. An older or repeated version is accepted and changes nothing."""
    body = body_of(request, largest=_LARGEST)
    _require_signature(request, body)
    message = _message(body)
    receive_registration(message["registration"], way=RegistrationVersion.Way.PUSH)
    return Status(204, None)


def _require_signature(request: HttpRequest, body: bytes) -> None:
    """The library compares in constant time and refuses a timestamp more than five minutes off."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        Webhook(settings.REGISTRATION_WEBHOOK_SECRET).verify(body, headers)
    except WebhookVerificationError as error:
        raise Refusal("signature_invalid") from error
    except ValueError as error:
        # A body that isn't JSON is parsed by the library after its signature held.
        raise Refusal("registration_not_understood", field="JSON") from error


def _message(body: bytes) -> Mapping[str, Any]:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise Refusal("registration_not_understood", field="JSON") from error
    if not isinstance(message, dict) or message.get("type") not in _TYPES:
        raise Refusal("registration_not_understood", field="type")
    if "registration" not in message:
        raise Refusal("registration_not_understood", field="registration")
    return message

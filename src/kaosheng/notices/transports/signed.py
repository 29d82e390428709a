"""Posting JSON signed with standardwebhooks; the way the two systems talk to each other."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx
from django.conf import settings
from django.utils import timezone
from standardwebhooks import Webhook

from kaosheng.notices.transports import DeliveryError

TIMEOUT_SECONDS: Final = 10
_CLIENT_ERROR, _SERVER_ERROR, _TOO_MANY = 400, 500, 429


def post_signed(url: str, *, key: str, payload: dict[str, Any]) -> None:
    """Post the payload under a key the receiver can recognise a repetition by. Raises DeliveryError.

    A 4xx answer is permanent (except 429); everything else may pass.
    """
    now = timezone.now()
    body = json.dumps(payload, ensure_ascii=False)
    headers = {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(settings.REGISTRATION_WEBHOOK_SECRET).sign(key, now, body),
    }
    try:
        answer = httpx.post(url, content=body.encode(), headers=headers, timeout=TIMEOUT_SECONDS)
    except httpx.HTTPError as error:
        raise DeliveryError(type(error).__name__, permanent=False) from error
    if answer.status_code >= _CLIENT_ERROR:
        permanent = answer.status_code < _SERVER_ERROR and answer.status_code != _TOO_MANY
        raise DeliveryError(f"HTTP {answer.status_code}", permanent=permanent)

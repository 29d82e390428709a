"""Signed messages (standardwebhooks) between this system and the service, in both directions."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class BadSignatureError(Exception):
    """The message isn't signed with the common secret, or is more than five minutes old."""


class UnreadableError(Exception):
    """The signed body isn't a JSON object."""


def headers(message_id: str, body: str) -> dict[str, str]:
    """The headers that sign `body` now. The signature holds for five minutes, so it is made when the message is sent."""
    now = timezone.now()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(settings.WEBHOOK_SECRET).sign(message_id, now, body),
    }


def opened(body: bytes, received_headers: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object of a signed message.

    Raises BadSignatureError when the signature doesn't hold, UnreadableError when the body isn't a JSON object.
    """
    try:
        Webhook(settings.WEBHOOK_SECRET).verify(body, dict(received_headers), json_parse=False)
    except (
        WebhookVerificationError,
        ValueError,
    ) as error:  # ValueError: a header or body that isn't even text
        raise BadSignatureError(str(error)) from error
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise UnreadableError(f"正文不是 JSON：{error}") from error
    if not isinstance(payload, dict):
        raise UnreadableError("正文应为一个 JSON 对象")
    return payload

"""Signs messages as the service does, by the library and not by the code under test."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from standardwebhooks.webhooks import Webhook


def post(
    client: Client,
    path: str,
    payload: Any,
    *,
    secret: str | None = None,
    age: timedelta = timedelta(),
    body: bytes = b"",
) -> HttpResponse:
    """POST a signed message; `body` replaces the signed text after signing."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    moment = datetime.now(tz=UTC) - age
    signature = Webhook(secret or settings.WEBHOOK_SECRET).sign("msg-1", moment, text)
    return client.post(
        path,
        data=body or text.encode(),
        content_type="application/json",
        headers={
            "webhook-id": "msg-1",
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signature,
        },
    )

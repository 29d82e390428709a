"""Posting JSON signed with standardwebhooks; the way the two systems talk to each other, and a gateway's."""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import httpx
from standardwebhooks import Webhook

from kaosheng.notices.transports import TIMEOUT_SECONDS, DeliveryError

_CLIENT_ERROR, _SERVER_ERROR, _TOO_MANY = 400, 500, 429


def post_signed(url: str, *, secret: str, key: str, payload: dict[str, Any]) -> httpx.Response:
    """Post the payload under a key the receiver can recognise a repetition by. Raises DeliveryError.

    A 4xx answer is permanent (except 429); everything else may pass. The signature counts in the machine's own
    time: a receiver refuses what is minutes old.
    """
    now = datetime.now(UTC)
    body = json.dumps(payload, ensure_ascii=False)
    headers = {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, now, body),
    }
    try:
        answer = httpx.post(
            url, content=body.encode(), headers=headers, timeout=TIMEOUT_SECONDS, verify=_authorities()
        )
    except httpx.HTTPError as error:
        raise unanswered(error) from error
    if answer.status_code >= _CLIENT_ERROR:
        raise refused(answer.status_code)
    return answer


@cache
def _authorities() -> ssl.SSLContext:
    """Whom to trust, read once: httpx would read it with every message, which takes longer than sending it."""
    return httpx.create_ssl_context()


NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def unanswered(error: httpx.HTTPError) -> DeliveryError:
    """What no answer means: it may pass, and unless there was no connection, it may have arrived."""
    return DeliveryError(type(error).__name__, permanent=False, unsure=not isinstance(error, NEVER_SENT))


def refused(status: int) -> DeliveryError:
    """What an HTTP status means."""
    permanent = status < _SERVER_ERROR and status != _TOO_MANY
    return DeliveryError(f"HTTP {status}", permanent=permanent, unsure=status >= _SERVER_ERROR)

"""Delivery of changes to the service: at least once, with growing waits, whatever happens to either side."""

import logging
from datetime import timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registration_demo import signing, wechat
from registration_demo.models import OutboxMessage

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 5.0
# Longer than one attempt can take: a sender that died in the middle doesn't hold its message for ever.
CLAIM = timedelta(seconds=30)
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 300
NOT_UNDERSTOOD = 422


def waiting(number: str) -> OutboxMessage | None:
    """The newest message of a registration that hasn't reached the service yet, if any."""
    return (
        OutboxMessage.objects.filter(number=number, sent_at=None, refused_at=None)
        .order_by("-created_at")
        .first()
    )


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 … seconds, at most five minutes."""
    return timedelta(seconds=min(FIRST_WAIT_SECONDS * 2 ** min(attempts - 1, 20), LONGEST_WAIT_SECONDS))


def send_next(client: httpx.Client) -> bool:
    """Send one message that is due. False when none is."""
    message = _claim()
    if message is None:
        return False
    try:
        response = _post(client, message)
    except httpx.HTTPError as error:
        _failed(message, f"{type(error).__name__}: {error}")
        return True
    if response.is_success:
        OutboxMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now(), last_error="")
        log.info("%s: sent, attempt %s", message, message.attempts)
    else:
        reason = f"HTTP {response.status_code}: {response.text[:500]}"
        _failed(message, reason, for_good=response.status_code == NOT_UNDERSTOOD)
    return True


def _post(client: httpx.Client, message: OutboxMessage) -> httpx.Response:
    if message.kind == OutboxMessage.Kind.WECHAT:
        address, content = wechat.sealed_event(message.body)
        return client.post(address, content=content, headers={"content-type": "text/xml"})
    return client.post(
        f"{settings.SERVICE_URL}/api/registrations/",
        content=message.body.encode(),
        headers=signing.headers(str(message.id), message.body),
    )


def new_client() -> httpx.Client:
    """A client with the time-outs of this outbox."""
    return httpx.Client(timeout=TIMEOUT_SECONDS)


@transaction.atomic
def _claim() -> OutboxMessage | None:
    message = (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(sent_at=None, refused_at=None, next_at__lte=timezone.now())
        .order_by("next_at")
        .first()
    )
    if message is not None:
        message.attempts += 1
        message.next_at = timezone.now() + CLAIM
        message.save(update_fields=["attempts", "next_at"])
    return message


def _failed(message: OutboxMessage, reason: str, *, for_good: bool = False) -> None:
    now = timezone.now()
    # The address of the service may be in the reason, the person never is: bodies aren't logged.
    log.warning("%s: attempt %s failed, %s", message, message.attempts, reason)
    OutboxMessage.objects.filter(pk=message.pk).update(
        last_error=reason,
        next_at=now + wait_after(message.attempts),
        refused_at=now if for_good else F("refused_at"),
    )

"""Sending what the outbox holds."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.notices.models import Notice
from kaosheng.notices.transports import DeliveryError, Transport

ATTEMPTS: Final = 8


@app.task(queue="notices", retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3))
def send_notice(*, notice_id: int) -> None:
    """Send one message; temporary errors are tried again, permanent ones end it.

    The row is locked while the provider is asked: two workers never send one twice. A repetition after a
    crash carries the same key.
    """
    with transaction.atomic():
        notice = Notice.objects.select_for_update(skip_locked=True).filter(pk=notice_id).first()
        if notice is None or notice.state != Notice.State.QUEUED:
            return
        failed = _attempt(notice)
        notice.save(update_fields=["state", "attempts", "last_error", "provider_id", "sent_at"])
    if failed is not None and notice.state == Notice.State.QUEUED:
        raise failed


def _attempt(notice: Notice) -> DeliveryError | None:
    notice.attempts += 1
    try:
        notice.provider_id = transport_of(notice.channel).send(
            key=f"notice-{notice.pk}", channel=notice.channel, recipient=notice.recipient, text=notice.text
        )
    except DeliveryError as error:
        notice.last_error = str(error)[:200]
        if error.permanent or notice.attempts > ATTEMPTS:
            notice.state = Notice.State.FAILED
        return error
    notice.state = Notice.State.SENT
    notice.sent_at = timezone.now()
    return None


def transport_of(channel: str) -> Transport:
    """The transport an installation chose for a channel."""
    transport: Transport = import_string(settings.NOTICE_TRANSPORTS[channel])()
    return transport

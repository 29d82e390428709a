"""Delivering status reports to the registration system."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import StatusPush
from kaosheng.notices.transports import DeliveryError
from kaosheng.registration.reporting import report_status

ATTEMPTS: Final = 12


@app.task(queue="status", retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3))
def push_status(*, push_id: int) -> None:
    """Deliver one report; the receiver keeps the highest serial, so order and repetition don't matter.

    A refusal is tried again like a silence: it is a fault of the set-up, and a report must not get lost by it.
    """
    with transaction.atomic():
        push = (
            StatusPush.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("dossier__registration")
            .filter(pk=push_id, delivered_at=None)
            .first()
        )
        if push is None:
            return
        failed = _attempt(push)
        push.save(update_fields=["attempts", "last_error", "delivered_at"])
    if failed is not None:
        raise failed


def _attempt(push: StatusPush) -> DeliveryError | None:
    push.attempts += 1
    try:
        report_status(
            key=f"status-{push.pk}",
            number=push.dossier.registration.number,
            serial=push.serial,
            status=push.status,
            text_zh=push.text_zh,
            text_en=push.text_en,
            corrected_at=push.corrected_at,
        )
    except DeliveryError as error:
        push.last_error = str(error)[:200]
        return error
    push.delivered_at = timezone.now()
    return None

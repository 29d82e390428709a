"""What becomes of a notice after it was handed over or failed, and of the message it carries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kaosheng.notices.models import EarlyReport, Message, Notice

EARLY_FOR: Final = timedelta(hours=1)
"""Longer than any provider's answer can take to be stored, a killed round included."""

_ALIVE = (Notice.State.QUEUED, Notice.State.SENDING, Notice.State.ACCEPTED, Notice.State.DELIVERED)


def give_up(*, notice_id: int, reason: str, now: datetime) -> None:
    """One way has failed for good: the next one goes, or the person is 未送达."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(notices=notice_id)
        failed = (
            Notice.objects.filter(pk=notice_id)
            .exclude(state__in=(Notice.State.FAILED, Notice.State.DELIVERED))
            .update(state=Notice.State.FAILED, failed_at=now, last_error=reason or "failed")
        )
        if failed:
            _next_way(message, now)


def _next_way(message: Message, now: datetime) -> None:
    ways = message.notices.order_by("rank")
    if ways.filter(state__in=_ALIVE).exists():
        return
    standby = ways.filter(state=Notice.State.STANDBY).first()
    if standby is None:
        Message.objects.filter(pk=message.pk, unreached_at=None).update(unreached_at=now)
        return
    Notice.objects.filter(pk=standby.pk).update(state=Notice.State.QUEUED, due_at=now)
    from kaosheng.notices.jobs import queue_lane  # noqa: PLC0415 - the job sends by these very rules

    queue_lane(standby.lane)


def reported(*, lane: str, provider_id: str, delivered: bool, reason: str, now: datetime) -> bool:
    """A provider says what became of a message it took; whether it was one of ours. A repetition changes nothing.

    A report can come before the answer that names its id is stored. It is kept first and looked for afterwards,
    as the answer is stored first and looks for reports afterwards (`settle_early`): one of the two finds the other.
    """
    if not provider_id:
        return False
    if _settled(lane, provider_id, delivered=delivered, reason=reason, now=now):
        return True
    EarlyReport.objects.filter(at__lt=now - EARLY_FOR).delete()
    early = EarlyReport.objects.create(
        lane=lane, provider_id=provider_id, delivered=delivered, reason=reason[:200], at=now
    )
    if not _settled(lane, provider_id, delivered=delivered, reason=reason, now=now):
        return False
    early.delete()
    return True


def settle_early(*, lane: str, provider_id: str, now: datetime) -> None:
    """The answer is stored: apply what was reported before it."""
    early = EarlyReport.objects.filter(lane=lane, provider_id=provider_id).order_by("pk").last()
    if early is not None and _settled(
        lane, provider_id, delivered=early.delivered, reason=early.reason, now=now
    ):
        EarlyReport.objects.filter(lane=lane, provider_id=provider_id).delete()


def _settled(lane: str, provider_id: str, *, delivered: bool, reason: str, now: datetime) -> bool:
    notice = Notice.objects.filter(lane=lane, provider_id=provider_id).first()
    if notice is None:
        return False
    if not delivered:
        give_up(notice_id=notice.pk, reason=reason[:200], now=now)
        return True
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=notice.message_id)
        Notice.objects.filter(pk=notice.pk).exclude(state=Notice.State.DELIVERED).update(
            state=Notice.State.DELIVERED, delivered_at=now
        )
        Message.objects.filter(pk=message.pk).update(unreached_at=None)
    return True

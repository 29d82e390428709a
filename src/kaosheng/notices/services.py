"""Queueing a message in the business transaction."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from kaosheng.notices.jobs import send_notice
from kaosheng.notices.models import Notice
from kaosheng.notices.templates import render


def queue_notice(
    *,
    template: str,
    recipient: str,
    language: str,
    about: str,
    area: str,
    dedup: str,
    variables: dict[str, str],
) -> list[Notice]:
    """Put one message into the outbox, once for every channel of the installation; the worker sends it.

    `dedup` names the occasion: the same occasion never makes a second message. Nothing is queued for
    somebody whose telephone number is unknown.
    """
    if not recipient:
        return []
    text = render(template, language, variables)
    queued = []
    for channel in settings.NOTICE_CHANNELS:
        notice, created = Notice.objects.get_or_create(
            dedup_key=f"{about}:{template}:{dedup}:{channel}",
            defaults={
                "template": template,
                "channel": channel,
                "language": language,
                "recipient": recipient,
                "text": text,
                "about": about,
                "area": area,
                "created_at": timezone.now(),
            },
        )
        if created:
            send_notice.defer(notice_id=notice.pk)
            queued.append(notice)
    return queued

"""The outbox: one message to one person by one channel."""

from __future__ import annotations

from django.db import models

from kaosheng.crypto.fields import SealedTextField


class Notice(models.Model):
    """通知. Queued in the business transaction, sent by the worker.

    `recipient` (a telephone number or an openid) is sealed; `about` names the case by code, without a
    foreign key. `text` is what was sent and never carries personal data or a reviewer's free text.
    """

    class State(models.TextChoices):
        """A notice's life."""

        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    recipient = SealedTextField()
    text = models.TextField()
    about = models.CharField(max_length=80)
    area = models.CharField(max_length=10, blank=True)
    dedup_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    provider_id = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Found by case; the unsent ones by age."""

        indexes = (
            models.Index(fields=["about", "-id"], name="notice_by_case"),
            models.Index(fields=["created_at"], name="notice_unsent", condition=models.Q(state="queued")),
        )

    def __str__(self) -> str:
        """Template and channel, never the recipient."""
        return f"{self.template}/{self.channel} {self.state}"

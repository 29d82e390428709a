"""The outbox: what was said to whom (Message), and each way it went (Notice); mass sending; bindings; wordings."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from kaosheng.crypto.fields import SealedTextField


class Mailing(models.Model):
    """群发: many messages of one occasion, with progress and a stop; `about` names the occasion by code.

    `wanted` holds what a broadcast was made of: text, variables, filter. `queued_at` is null while messages are
    still being made.
    """

    about = models.CharField(max_length=80, unique=True)
    template = models.CharField(max_length=40)
    area = models.CharField(max_length=10)
    site = models.CharField(max_length=10, blank=True)
    wanted = models.JSONField(default=dict)
    expected = models.PositiveIntegerField()
    made_by = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first, by area."""

        indexes = (models.Index(fields=["area", "-created_at"], name="mailing_by_area"),)

    def __str__(self) -> str:
        """The occasion."""
        return self.about


class Message(models.Model):
    """消息: one thing said to one person about one case, once an occasion (`dedup_key`).

    `about` names the case by code, without a foreign key. `text` never carries personal data or a reviewer's
    free text. `unreached_at` is set when every way has failed, or there was none: the case is 未送达 until
    somebody ticks that he telephoned (`phoned_at`). `secrets` are variables only the recipient may read (JSON,
    sealed); in `text` stars stand for them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=40)
    area = models.CharField(max_length=10, blank=True)
    site = models.CharField(max_length=10, blank=True)
    about = models.CharField(max_length=80)
    mailing = models.ForeignKey(
        Mailing, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    dedup_key = models.CharField(max_length=160, unique=True)
    language = models.CharField(max_length=10)
    text = models.TextField()
    variables = models.JSONField(default=dict)
    secrets = SealedTextField(blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    unreached_at = models.DateTimeField(null=True, blank=True)
    phoned_at = models.DateTimeField(null=True, blank=True)
    phoned_by = models.CharField(max_length=40, blank=True)

    class Meta:
        """Found by case; the unreached by place."""

        indexes = (
            models.Index(fields=["about", "-created_at"], name="message_by_case"),
            models.Index(
                fields=["area", "site", "unreached_at"],
                name="message_unreached",
                condition=Q(unreached_at__isnull=False),
            ),
            models.Index(fields=["area", "template"], name="message_by_template"),
        )

    def __str__(self) -> str:
        """Template and case, never the person."""
        return f"{self.template} {self.about}"


class Notice(models.Model):
    """通知: one message by one channel, and its life.

    queued → sending → accepted by the provider → delivered, or failed. `standby` waits for the failure of the
    way before it (`rank`). `lane` is the provider's queue. `recipient` (telephone number, openid, address) is
    sealed. `unsure_at`: when the provider first got it without having said so. `maybe_twice`: it was handed over
    again after the provider could still recognise the repetition.
    """

    class State(models.TextChoices):
        """A notice's life."""

        STANDBY = "standby"
        QUEUED = "queued"
        SENDING = "sending"
        ACCEPTED = "accepted"
        DELIVERED = "delivered"
        FAILED = "failed"
        STOPPED = "stopped"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=20)
    lane = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField(default=0)
    recipient = SealedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    urgency = models.PositiveSmallIntegerField()
    wakes = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    unsure_at = models.DateTimeField(null=True, blank=True)
    maybe_twice = models.BooleanField(default=False)
    last_error = models.CharField(max_length=200, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    sending_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One way once a message; the waiting by lane; reports find theirs by the provider's id."""

        constraints = (models.UniqueConstraint(fields=["message", "channel"], name="notice_channel_once"),)
        indexes = (
            models.Index(
                fields=["lane", "urgency", "due_at"], name="notice_waiting", condition=Q(state="queued")
            ),
            models.Index(fields=["lane"], name="notice_in_hand", condition=Q(state="sending")),
            models.Index(fields=["provider_id"], name="notice_by_provider", condition=~Q(provider_id="")),
        )

    def __str__(self) -> str:
        """Channel and state, never the recipient."""
        return f"{self.message_id}/{self.channel} {self.state}"


class Wording(models.Model):
    """An 考区's own words for a text, and the numbers under which providers approved them.

    `approved` maps `<channel>:<language>` to the provider's template id. Empty words mean the built-in ones.
    """

    area = models.CharField(max_length=10)
    template = models.CharField(max_length=40)
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    approved = models.JSONField(default=dict)
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=40)

    class Meta:
        """One wording a text and area."""

        constraints = (models.UniqueConstraint(fields=["area", "template"], name="wording_once"),)

    def __str__(self) -> str:
        """Area and text."""
        return f"{self.area} {self.template}"


class WechatBinding(models.Model):
    """微信绑定: the openid under which an official account (`account`, its appid) knows a person (a code).

    Found by person to send, and by openid's blind index to unbind: one person an openid, one openid a person.
    """

    account = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    openid = SealedTextField()
    openid_index = models.CharField(max_length=60)
    bound_at = models.DateTimeField()

    class Meta:
        """One to one within an official account."""

        constraints = (
            models.UniqueConstraint(fields=["account", "person"], name="binding_person_once"),
            models.UniqueConstraint(fields=["account", "openid_index"], name="binding_openid_once"),
        )

    def __str__(self) -> str:
        """The person's code, never the openid."""
        return f"{self.account} {self.person}"


class WechatTicket(models.Model):
    """A QR code on its way: whoever scans `url` before `until` is this person.

    `code` is the parameter the official account hands back; one ticket a person.
    """

    account = models.CharField(max_length=40)
    person = models.CharField(max_length=80, unique=True)
    code = models.CharField(max_length=64, unique=True)
    url = models.CharField(max_length=300)
    until = models.DateTimeField()

    def __str__(self) -> str:
        """The person's code, never the ticket's."""
        return f"{self.account} {self.person}"


class WechatCall(models.Model):
    """A call of an official account, by its signature: a second one is a replay."""

    account = models.CharField(max_length=40)
    signature = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """Once."""

        constraints = (models.UniqueConstraint(fields=["account", "signature"], name="wechat_call_once"),)

    def __str__(self) -> str:
        """When."""
        return f"{self.account} {self.at}"


class EarlyReport(models.Model):
    """A delivery report that came before the provider's answer, with its id, was stored; kept for an hour."""

    lane = models.CharField(max_length=40)
    provider_id = models.CharField(max_length=100)
    delivered = models.BooleanField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """Found by what the answer will name."""

        indexes = (models.Index(fields=["lane", "provider_id"], name="early_report_by_id"),)

    def __str__(self) -> str:
        """Lane and id."""
        return f"{self.lane} {self.provider_id}"

"""What the registration system keeps: people, registrations, consents, messages out and messages shown on the phone."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone


class AccountManager(BaseUserManager["Account"]):
    """Accounts come from the people file; there is no sign-up."""


class Account(AbstractBaseUser):
    """A candidate's account. `subject` is the OpenID Connect `sub`: stable, and not the database key."""

    username = models.CharField(max_length=60, unique=True)
    subject = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["subject", "name"]
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """Return the name for the claim `name`."""
        return self.name


class Registration(models.Model):
    """One registration for one examination, with the review status the service reported last."""

    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="registrations")
    source_version = models.PositiveIntegerField(default=1)
    exam_batch = models.CharField(max_length=20)
    area = models.CharField(max_length=10)
    site = models.CharField(max_length=10)
    cancelled = models.BooleanField(default=False)
    name = models.CharField(max_length=60)
    id_type = models.CharField(max_length=30)
    id_number = models.CharField(max_length=30)
    phone = models.CharField(max_length=20, db_index=True)
    facts = models.JSONField()
    status = models.CharField(max_length=40, blank=True)
    status_serial = models.PositiveBigIntegerField(default=0)
    status_text_zh = models.CharField(max_length=200, blank=True)
    status_text_en = models.CharField(max_length=200, blank=True)
    status_corrected_at = models.DateTimeField(null=True)
    status_received_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(source_version__gte=1), name="registration_version_positive")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["exam_batch", "area", "number"], name="registration_pull")
        ]

    def __str__(self) -> str:
        return self.number


class Consent(models.Model):
    """The scopes a candidate has allowed a client, so that the question is asked at the first visit only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents")
    client_id = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "client_id"], name="consent_once_per_client")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} → {self.client_id}"


class SigningKey(models.Model):
    """The RSA key that signs ID tokens; made once and kept, so that tokens survive a restart."""

    pem = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class OutboxMessage(models.Model):
    """One change on its way to the service. `id` is the `webhook-id`; `body` is sent exactly as stored.

    An event of the official account travels the same way, sealed when it is sent; it has no `number`.
    """

    class Kind(models.TextChoices):
        REGISTRATION = "registration"
        WECHAT = "wechat"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.REGISTRATION)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, db_index=True, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at"],
                condition=Q(sent_at__isnull=True, refused_at__isnull=True),
                name="outbox_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}".rstrip()


class PhoneMessage(models.Model):
    """An SMS or WeChat message as it arrived on the candidate's phone."""

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        WECHAT = "wechat", "微信"

    id = models.CharField(primary_key=True, max_length=100)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    phone = models.CharField(max_length=20, db_index=True)
    text = models.TextField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-sent_at", "-received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(channel__in=["sms", "wechat"]), name="phone_message_channel")
        ]

    def __str__(self) -> str:
        return self.id


class WechatFollower(models.Model):
    """A person's WeChat as the official account knows it."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="wechat")
    openid = models.CharField(max_length=60, unique=True)
    following = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.account_id} {self.following}"

    @property
    def phone(self) -> str:
        """The number under which the phone page keeps this person's messages."""
        registration = self.account.registrations.order_by("number").first()
        return registration.phone if registration else ""

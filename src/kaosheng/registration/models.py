"""What the registration system told us: people, their registrations, and every version of them."""

from __future__ import annotations

from django.db import models

from kaosheng.crypto.fields import SealedTextField
from kaosheng.regions.models import ExamSite, Intake


class Candidate(models.Model):
    """考生: the person, by the registration system's subject. Never a staff User."""

    subject = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField(auto_now_add=True)
    last_login_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The id; never the name."""
        return f"candidate {self.pk}"


class Registration(models.Model):
    """报名信息: one registration for one exam, owned by the registration system.

    `facts` choose the checklist (domain.materials). ID number and phone are sealed and found by blind index.
    """

    number = models.CharField(max_length=40, unique=True)
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    subject = models.CharField(max_length=255, blank=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="registrations")
    site = models.ForeignKey(ExamSite, on_delete=models.PROTECT, related_name="registrations")
    name = models.CharField(max_length=80, db_index=True)
    id_type = models.CharField(max_length=40)
    id_number = SealedTextField()
    id_number_index = models.CharField(max_length=60, db_index=True)
    id_tail_index = models.CharField(max_length=60, db_index=True)
    phone = SealedTextField(blank=True)
    facts = models.JSONField(default=dict)
    source_version = models.PositiveBigIntegerField()
    is_cancelled = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        """The registration number."""
        return self.number


class RegistrationVersion(models.Model):
    """One version as it was received: what differs can be shown, and nothing is lost.

    `payload` is sealed: it holds the whole object, ID number and phone included.
    """

    class Way(models.TextChoices):
        """How it reached us."""

        CLAIMS = "claims"
        PUSH = "push"
        PULL = "pull"
        IMPORT = "import"

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="versions")
    source_version = models.PositiveBigIntegerField()
    way = models.CharField(max_length=10, choices=Way.choices)
    payload = SealedTextField()
    facts = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        """A version is stored once, whichever way it came."""

        constraints = (
            models.UniqueConstraint(
                fields=["registration", "source_version"], name="registration_version_once"
            ),
        )

    def __str__(self) -> str:
        """Registration and version."""
        return f"{self.registration_id} v{self.source_version}"

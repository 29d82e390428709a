"""What the registration system told us: people, their registrations, and every version of them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTransform

from kaosheng.accounts.models import User
from kaosheng.crypto.fields import SealedTextField
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.names import NameField, NameParts


class Candidate(models.Model):
    """考生: the person, by the registration system's subject. Never a staff User.

    `message_phone` is a number he confirmed for messages; without one they go to that of his registration.
    """

    subject = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField(auto_now_add=True)
    last_login_at = models.DateTimeField(null=True, blank=True)
    message_phone = SealedTextField(blank=True)

    def __str__(self) -> str:
        """The id; never the name."""
        return f"candidate {self.pk}"


class Registration(models.Model):
    """报名信息: one registration for one exam, owned by the registration system.

    `facts` choose the checklist (domain.materials). ID number and phone are sealed and found by blind index.
    A `source_version` below zero came from a sheet without versions (domain.source_versions).
    """

    number = models.CharField(max_length=40, unique=True)
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    subject = models.CharField(max_length=255, blank=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="registrations")
    site = models.ForeignKey(ExamSite, on_delete=models.PROTECT, related_name="registrations")
    name = NameField(max_length=80)
    id_type = models.CharField(max_length=40)
    id_number = SealedTextField()
    id_number_index = models.CharField(max_length=60, db_index=True)
    id_tail_index = models.CharField(max_length=60, db_index=True)
    phone = SealedTextField(blank=True)
    facts = models.JSONField(default=dict)
    source_version = models.BigIntegerField()
    is_cancelled = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    class Meta:
        """What lists are searched and narrowed by."""

        indexes = (
            GinIndex(NameParts("name"), name="registration_name_parts", gin_pending_list_limit=128),
            models.Index(KeyTransform("precheck", "facts"), F("number"), name="registration_by_precheck"),
        )

    def __str__(self) -> str:
        """The registration number."""
        return self.number

    @property
    def phone_for_messages(self) -> str:
        """Where messages about it go: the number its candidate confirmed here, else its own."""
        confirmed = self.candidate.message_phone if self.candidate else ""
        return confirmed or self.phone


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
    source_version = models.BigIntegerField()
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


class RegistrationImport(models.Model):
    """One uploaded sheet of registrations: checked first, applied when somebody says so.

    `refusal` is code and figures of a file that couldn't be read at all. Its rows' outcomes are in the chunks;
    the file itself is a `SealedSheet` until the import has ended.
    """

    class Phase(models.TextChoices):
        """Where it stands."""

        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        DONE = "done"
        REFUSED = "refused"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.CHECKING)
    rows = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Id and phase."""
        return f"{self.pk} {self.phase}"


class SealedSheet(models.Model):
    """The bytes of an uploaded sheet, encrypted; deleted with the end of its import."""

    imported = models.OneToOneField(RegistrationImport, on_delete=models.CASCADE, related_name="sheet")
    content = models.BinaryField()

    def __str__(self) -> str:
        """Whose."""
        return str(self.imported_id)


class ImportChunk(models.Model):
    """What became of some hundred rows, in the check or in the import itself.

    `counts` is rows by outcome; `lines` is a JSON list of [row, number, outcome, [[code, figures], …]], sealed:
    a cell in the wrong column may hold anything.
    """

    class Pass(models.TextChoices):
        """Which of the two passes."""

        CHECK = "check"
        APPLY = "apply"

    imported = models.ForeignKey(RegistrationImport, on_delete=models.CASCADE, related_name="chunks")
    of_pass = models.CharField(max_length=5, choices=Pass.choices)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    lines = SealedTextField()

    class Meta:
        """In the order of the sheet, each once."""

        ordering = ("of_pass", "number")
        constraints = (
            models.UniqueConstraint(fields=["imported", "of_pass", "number"], name="import_chunk_once"),
        )

    def __str__(self) -> str:
        """Which."""
        return f"{self.imported_id} {self.of_pass} {self.number}"


class BindingConflict(models.Model):
    """Somebody logged in for an imported registration, but the ID numbers differ: the office decides.

    `claim` is the registration object he brought, sealed.
    """

    class Outcome(models.TextChoices):
        """How it ended: the registration system was right, the import was, or they agree by now."""

        CLAIM = "claim"
        IMPORT = "import"
        AGREED = "agreed"

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="conflicts")
    subject = models.CharField(max_length=255)
    claim = SealedTextField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A person and a registration disagree once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["registration", "subject"], condition=Q(outcome=""), name="binding_conflict_open_once"
            ),
        )

    def __str__(self) -> str:
        """Registration and outcome."""
        return f"{self.registration_id} {self.outcome}"


class PhoneChange(models.Model):
    """One try to give another number for messages: a code went to `phone`, only its keyed digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="phone_changes")
    phone = SealedTextField()
    phone_index = models.CharField(max_length=60, db_index=True)
    code_digest = models.CharField(max_length=60)
    sent_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first by person."""

        indexes = (models.Index(fields=["candidate", "-sent_at"], name="phone_change_by_person"),)

    def __str__(self) -> str:
        """The id; never the number."""
        return f"phone change {self.pk}"

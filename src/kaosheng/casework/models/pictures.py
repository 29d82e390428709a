"""Pictures in their slots, and what was submitted when."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q

from kaosheng.accounts.models import User
from kaosheng.casework.models.dossier import Dossier
from kaosheng.catalogue.models import CatalogueVersion


class Picture(models.Model):
    """图片: one accepted file in a slot. Those once submitted stay as history.

    `hidden_at` is set when a submitted picture is deleted or set aside; the row then no longer stands in
    its slot. `received_digest` is of the bytes as they came, `stored_digest` of those kept, `pixel_digest` of
    the picture at the size of its thumbnail: it survives packing the same picture anew. `is_shared` is written
    down for the lists once two candidates have submitted it (queries.twins).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="pictures")
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    object_key = models.CharField(max_length=80, unique=True)
    thumbnail_key = models.CharField(max_length=80, unique=True)
    received_digest = models.CharField(max_length=80, db_index=True)
    stored_digest = models.CharField(max_length=80, db_index=True)
    pixel_digest = models.CharField(max_length=80, blank=True, db_index=True)
    format = models.CharField(max_length=4)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    thumbnail_width = models.PositiveSmallIntegerField()
    thumbnail_height = models.PositiveSmallIntegerField()
    idempotency_key = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    added_by_staff = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        """One picture a slot; one row an idempotency key; the limits of seed 二(二)."""

        ordering = ("kind", "position", "added_at")
        constraints = (
            models.UniqueConstraint(
                fields=["dossier", "kind", "position"], condition=Q(hidden_at__isnull=True), name="slot_once"
            ),
            models.UniqueConstraint(fields=["dossier", "idempotency_key"], name="upload_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="position_from_one"),
            models.CheckConstraint(condition=Q(bytes__lte=204_800, bytes__gt=0), name="picture_within_limit"),
            models.CheckConstraint(condition=Q(format__in=["jpeg", "png"]), name="picture_jpeg_or_png"),
        )
        indexes = (models.Index(fields=["dossier"], condition=Q(is_shared=True), name="picture_shared"),)

    def __str__(self) -> str:
        """Slot and id."""
        return f"{self.kind}/{self.position} {self.pk}"


def receipt_code() -> str:
    """An unguessable code of 128 bits for the public check of a receipt."""
    return secrets.token_urlsafe(16)


class Submission(models.Model):
    """提交审核: what was handed in, at which time, under which catalogue. Never changes (trigger).

    `code` opens the public page of the receipt; `signature` stands under `domain.receipts.receipt_body`.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="submissions")
    ordinal = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=40, unique=True, default=receipt_code)
    at = models.DateTimeField()
    catalogue_version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT)
    registration_version = models.BigIntegerField()
    commitment_version = models.CharField(max_length=20)
    signature = models.CharField(max_length=160)

    class Meta:
        """Counted from 1 inside a dossier."""

        ordering = ("dossier", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=["dossier", "ordinal"], name="submission_ordinal_once"),
        )

    def __str__(self) -> str:
        """The receipt number."""
        return self.number


class SubmittedPicture(models.Model):
    """One line of a submission's numbered list. Never changes (trigger)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveSmallIntegerField()
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="submitted_as")
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    stored_digest = models.CharField(max_length=80)

    class Meta:
        """In order, each picture once."""

        ordering = ("submission", "line")
        constraints = (
            models.UniqueConstraint(fields=["submission", "line"], name="submission_line_once"),
            models.UniqueConstraint(fields=["submission", "picture"], name="submission_picture_once"),
        )

    def __str__(self) -> str:
        """Submission and line."""
        return f"{self.submission_id}/{self.line}"

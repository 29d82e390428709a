"""What reviewers noted and asked for, and how candidates answered without a picture."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from kaosheng.accounts.models import User
from kaosheng.casework.models.dossier import Dossier
from kaosheng.casework.models.pictures import Picture
from kaosheng.domain.places import Manner
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.states import Stage


class Mark(models.Model):
    """审核标记: a reviewer's note on a picture, position or kind.

    A draft until `frozen_at`; drafts survive the lease and pass to the next holder. `sent` tells whether
    it went to the candidate with a return. `box` is [x, y, width, height] as fractions of the picture.
    """

    class Verdict(models.TextChoices):
        """合格, 需更换, 缺少."""

        ACCEPTED = "accepted"
        REPLACE = "replace"
        MISSING = "missing"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="marks")
    stage = models.CharField(max_length=4, choices=[(stage.value, stage.value) for stage in Stage])
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    picture = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="marks"
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason_code = models.CharField(max_length=40, blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    box = models.JSONField(null=True, blank=True)
    manner = models.CharField(
        max_length=10, choices=[(manner.value, manner.value) for manner in Manner], default=Manner.ONLINE
    )
    opens_free_positions = models.BooleanField(default=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    sent = models.BooleanField(default=False)

    class Meta:
        """One draft a place and stage; only frozen marks are ever sent."""

        ordering = ("kind", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["dossier", "stage", "kind", "position"],
                condition=Q(frozen_at__isnull=True),
                nulls_distinct=False,
                name="mark_draft_once",
            ),
            models.CheckConstraint(
                condition=Q(sent=False) | Q(frozen_at__isnull=False), name="mark_sent_is_frozen"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="missing") | Q(position__isnull=True), name="mark_missing_is_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(verdict="missing") | Q(picture__isnull=False), name="mark_is_of_a_picture"
            ),
        )

    def __str__(self) -> str:
        """Place and verdict."""
        return f"{self.kind}/{self.position} {self.verdict}"


def standing_mark(marks: Iterable[Mark], picture: Picture, stage: Stage) -> Mark | None:
    """The note of a stage on this very picture that counts now: the newest, but no 需更换 of an earlier round.

    So 合格 carries over until somebody says otherwise, and what was asked has to be looked at again.
    """
    here = (mark for mark in marks if mark.picture_id == picture.pk and mark.stage == stage)
    newest = max(here, key=lambda mark: mark.pk, default=None)
    if newest is None or (newest.frozen_at is not None and newest.verdict == Mark.Verdict.REPLACE):
        return None
    return newest


class Return(models.Model):
    """退回补充: one round of asking. The newest one counts while the dossier is RETURNED."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="returns")
    stage = models.CharField(max_length=4, choices=[(stage.value, stage.value) for stage in Stage])
    at = models.DateTimeField()
    revision = models.PositiveIntegerField()

    class Meta:
        """One a revision."""

        ordering = ("dossier", "revision")
        constraints = (models.UniqueConstraint(fields=["dossier", "revision"], name="return_once"),)

    def __str__(self) -> str:
        """Dossier and revision."""
        return f"{self.dossier_id}#{self.revision}"


class AskedPlace(models.Model):
    """One place a return asks for: a position whose picture must be replaced, or a kind."""

    returned = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="asked")
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    manner = models.CharField(max_length=10, choices=[(manner.value, manner.value) for manner in Manner])
    opens_free_positions = models.BooleanField(default=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    """Set when a registration change made the kind needless: it stops being asked."""
    received_at = models.DateTimeField(null=True, blank=True)
    """Set by 现场收到: what was asked 现场 or by 电话 is there, and the candidate has nothing to do for it."""

    class Meta:
        """Each place once a return."""

        ordering = ("kind", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["returned", "kind", "position"], nulls_distinct=False, name="asked_place_once"
            ),
        )

    def __str__(self) -> str:
        """The place."""
        return f"{self.kind}/{self.position}"


class OpenedSlot(models.Model):
    """A slot a return (or a registration change during it) opened."""

    returned = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="opened")
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    counter_only = models.BooleanField(default=False)

    class Meta:
        """Each slot once a return."""

        constraints = (
            models.UniqueConstraint(fields=["returned", "kind", "position"], name="opened_slot_once"),
        )

    def __str__(self) -> str:
        """The slot."""
        return f"{self.kind}/{self.position}"


class Promise(models.Model):
    """暂时无法提供: the candidate will give this kind by a date; `waived` when decided without it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=10)
    due_on = models.DateField()
    note = models.CharField(max_length=200)
    at = models.DateTimeField()
    waived_reason = models.CharField(max_length=REASON_LENGTH, blank=True)

    class Meta:
        """One a kind."""

        constraints = (models.UniqueConstraint(fields=["dossier", "kind"], name="promise_once"),)

    def __str__(self) -> str:
        """Kind and date."""
        return f"{self.kind} by {self.due_on}"


class Explanation(models.Model):
    """无法提供 / 无法更换 with a reason, for a kind (draft) or an asked place (return)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="explanations")
    returned = models.ForeignKey(
        Return, on_delete=models.PROTECT, null=True, blank=True, related_name="explanations"
    )
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """One a place and round."""

        constraints = (
            models.UniqueConstraint(
                fields=["dossier", "returned", "kind", "position"],
                nulls_distinct=False,
                name="explanation_once",
            ),
        )

    def __str__(self) -> str:
        """The place."""
        return f"{self.kind}/{self.position}"

"""How the house handles a dossier among its own people; candidates never learn any of it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from kaosheng.accounts.models import User
from kaosheng.casework.models.dossier import Dossier
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.states import Stage
from kaosheng.registration.models import Registration

_STAGES = [(stage.value, stage.value) for stage in Stage]


class Hold(models.Model):
    """暂缓: put aside with a reason, in no line until it ends; any act on the dossier ends it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="holds")
    stage = models.CharField(max_length=4, choices=_STAGES)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=REASON_LENGTH)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One at a time, never without a reason; found by person."""

        constraints = (
            models.UniqueConstraint(fields=["dossier"], condition=Q(ended_at__isnull=True), name="hold_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
        )
        indexes = (
            models.Index(fields=["by"], condition=Q(ended_at__isnull=True), name="hold_open_by_person"),
        )

    def __str__(self) -> str:
        """The dossier."""
        return str(self.dossier_id)


class InternalNote(models.Model):
    """内部备注: what reviewers tell each other about a dossier. Notes are only added (trigger)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="internal_notes")
    stage = models.CharField(max_length=4, choices=_STAGES)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=1000)

    class Meta:
        """Newest first."""

        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        """Dossier and time."""
        return f"{self.dossier_id} {self.at}"


class ConflictQuerySet(models.QuerySet["Conflict"]):
    """Conflicts that stand, and those that were withdrawn."""

    def standing(self) -> ConflictQuerySet:
        """Those that keep somebody away."""
        return self.filter(withdrawn_at=None)


class Conflict(models.Model):
    """回避: a reviewer's declared conflict of interest with one registration: while it stands he never gets its dossier.

    Somebody else may withdraw it, with a reason: it was declared by mistake, or what it rested on has ended.
    """

    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="declared_conflicts"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="declared_conflicts")
    at = models.DateTimeField()
    reason = models.CharField(max_length=REASON_LENGTH)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=REASON_LENGTH, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        """One that stands; declared and withdrawn with a reason, never by the same person."""

        constraints = (
            models.UniqueConstraint(
                fields=["registration", "by"],
                condition=Q(withdrawn_at__isnull=True),
                name="conflict_stands_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="conflict_has_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_reason="")
                    & ~Q(withdrawn_by=F("by"))
                ),
                name="conflict_withdrawn_by_another",
            ),
        )

    def __str__(self) -> str:
        """Person and registration."""
        return f"{self.by_id} {self.registration_id}"


class Look(models.Model):
    """When somebody last opened a dossier; `before` is his last look that precedes the newest submission."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One row a person and dossier."""

        constraints = (models.UniqueConstraint(fields=["dossier", "by"], name="look_once"),)

    def __str__(self) -> str:
        """Who and when."""
        return f"{self.by_id} {self.at}"

    def preceding(self, newest: datetime | None) -> datetime | None:
        """The look before `newest`, the moment of the newest submission; None if there was none before it.

        The row alone doesn't say it: nobody writes it when something is handed in.
        """
        return self.at if newest is not None and self.at < newest else self.before


class BulkRun(models.Model):
    """批量处理: one act on many dossiers, previewed, confirmed once, carried out by a job one dossier at a time."""

    class Act(models.TextChoices):
        """What is done to each."""

        FORWARD = "forward"
        DECIDE = "decide"

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Finished only after it was confirmed."""

        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("confirmed_at")),
                name="bulk_finished_was_confirmed",
            ),
        )

    def __str__(self) -> str:
        """Act and time."""
        return f"{self.act} {self.created_at}"


class BulkItem(models.Model):
    """One dossier of a bulk run as the preview saw it. `excluded` is the rule that left it out, or stopped it."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="items")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    excluded = models.CharField(max_length=40, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Each dossier once a run; what was left out is never done."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["run", "dossier"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(excluded=""), name="bulk_excluded_is_not_done"
            ),
        )

    def __str__(self) -> str:
        """Run and dossier."""
        return f"{self.run_id} {self.dossier_id}"

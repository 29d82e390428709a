"""The dossier itself, the hands it is in, and its history."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from kaosheng.accounts.models import User
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.domain.queueing import Line
from kaosheng.domain.states import Action, State
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.models import Registration


def _choices(values: type[State | Action]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


class Dossier(models.Model):
    """报名材料: everything one candidate gives for one registration; the unit that is locked and decided.

    `deadline` is its own one (a return's or an extension's), null means the intake's. `catalogue_version`
    is null while a draft follows the newest one. `changed_since` is the source version a reviewer last
    knew: not null is the flag 报名信息已变更. `acknowledged_version` is the one the candidate last knew.
    `release` may be attached before it is published and says nothing until then. `line` and `priority` are
    where it waits for reviewers and how urgently (domain.queueing), stored so that an index can serve the queue.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="dossier")
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="dossiers")
    site = models.ForeignKey(ExamSite, on_delete=models.PROTECT, related_name="dossiers")
    state = models.CharField(max_length=12, choices=_choices(State), default=State.DRAFT)
    before_cancellation = models.CharField(max_length=12, blank=True)
    revision = models.PositiveIntegerField(default=0)
    state_since = models.DateTimeField()
    deadline = models.DateTimeField(null=True, blank=True)
    catalogue_version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, null=True, blank=True)
    changed_since = models.BigIntegerField(null=True, blank=True)
    acknowledged_version = models.BigIntegerField()
    release = models.ForeignKey(
        "casework.Release", on_delete=models.PROTECT, null=True, blank=True, related_name="dossiers"
    )
    created_at = models.DateTimeField()
    line = models.CharField(max_length=8, choices=[(line.value, line.value) for line in Line], blank=True)
    priority = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """The states of the table and no others; queues by stage and age; lines in the order of work."""

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="dossier_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(before_cancellation=""),
                name="dossier_withdrawn_from_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(release__isnull=True) | Q(state="decided"), name="dossier_released_is_decided"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "lapsed", "withdrawn"]) | Q(catalogue_version__isnull=False),
                name="dossier_submitted_keeps_catalogue",
            ),
        )
        indexes = (
            models.Index(fields=["site", "state", "state_since"], name="dossier_by_site"),
            models.Index(fields=["intake", "state", "state_since"], name="dossier_by_intake"),
            models.Index(
                fields=["site", "priority", "deadline", "state_since", "id"],
                name="dossier_site_line",
                condition=Q(line=Line.SITE.value),
            ),
            models.Index(
                fields=["intake", "line", "priority", "deadline", "state_since", "id"],
                name="dossier_area_line",
                condition=Q(line__in=[Line.AREA.value, Line.SECOND.value]),
            ),
            models.Index(
                fields=["site", "intake"],
                name="dossier_changed",
                condition=Q(changed_since__isnull=False),
            ),
            models.Index(
                fields=["deadline"], name="dossier_by_deadline", condition=Q(deadline__isnull=False)
            ),
        )

    def __str__(self) -> str:
        """Id and state."""
        return f"{self.pk} {self.state}"


class Lease(models.Model):
    """领取: this dossier is in this reviewer's hands until then.

    `reserved` is one loaded ahead that its holder hasn't opened yet; a person has at most one.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="lease")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leases")
    until = models.DateTimeField(db_index=True)
    reserved = models.BooleanField(default=False)

    class Meta:
        """One reserved a person."""

        constraints = (
            models.UniqueConstraint(fields=["holder"], condition=Q(reserved=True), name="reserved_once"),
        )

    def __str__(self) -> str:
        """What and until when."""
        return f"{self.dossier_id} until {self.until}"


class Step(models.Model):
    """经过: one thing that happened, in order. Steps are only added (trigger)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="steps")
    revision = models.PositiveIntegerField()
    action = models.CharField(max_length=24, choices=_choices(Action))
    state = models.CharField(max_length=12, choices=_choices(State))
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    verdict = models.CharField(max_length=4, blank=True)
    site_code = models.CharField(max_length=10)
    reason = models.TextField(blank=True)

    class Meta:
        """One step a revision: the second net under the lock."""

        ordering = ("dossier", "revision")
        constraints = (models.UniqueConstraint(fields=["dossier", "revision"], name="step_revision_once"),)

    def __str__(self) -> str:
        """Revision and action."""
        return f"{self.dossier_id}#{self.revision} {self.action}"

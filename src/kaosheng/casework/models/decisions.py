"""Verdicts, the two people behind them, and the moments they become known."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaosheng.accounts.models import User
from kaosheng.casework.models.dossier import Dossier
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.states import Verdict
from kaosheng.regions.models import ExamSite, Intake

_VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


class Proposal(models.Model):
    """提议: one area reviewer proposes, another confirms. At most one is pending."""

    class Outcome(models.TextChoices):
        """What became of it."""

        PENDING = "pending"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        VOID = "void"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="proposals")
    verdict = models.CharField(max_length=4, choices=_VERDICTS)
    opinion = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One pending; nobody confirms his own."""

        constraints = (
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(outcome="pending"), name="proposal_pending_once"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | ~Q(answered_by=F("by")), name="proposal_needs_two"
            ),
        )

    def __str__(self) -> str:
        """Verdict and outcome."""
        return f"{self.verdict} {self.outcome}"


class Decision(models.Model):
    """决定: final inside the house. Reopening voids it; one is in force."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=4, choices=_VERDICTS)
    opinion = models.TextField(blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One in force; every 不通过 has two people and a reason (B11, PIPL art. 24)."""

        constraints = (
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(voided_at__isnull=True), name="decision_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="pass")
                | (Q(proposed_by__isnull=False) & ~Q(proposed_by=F("decided_by")) & ~Q(opinion="")),
                name="refusal_has_two_people_and_reason",
            ),
        )

    def __str__(self) -> str:
        """The verdict."""
        return self.verdict


class Correction(models.Model):
    """A released verdict corrected by two people; pending until confirmed, the old one stays as 更正前."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="corrections")
    verdict = models.CharField(max_length=4, choices=_VERDICTS)
    opinion = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One pending; two people."""

        constraints = (
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(confirmed_at__isnull=True, replaced_at__isnull=True),
                name="correction_pending_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="correction_needs_two",
            ),
        )

    def __str__(self) -> str:
        """The new verdict."""
        return self.verdict


class Recheck(models.Model):
    """复核: a candidate's one request after the release, answered by people who didn't decide.

    It ends 维持 with a reason (`answer`), or in a confirmed correction.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        PENDING = "pending"
        UPHELD = "upheld"
        CORRECTED = "corrected"

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="recheck")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Asked with a reason; upheld with one, by somebody; the open ones are found by age."""

        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="recheck_has_reason"),
            models.CheckConstraint(
                condition=Q(outcome="pending", answered_at__isnull=True)
                | (~Q(outcome="pending") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="recheck_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="upheld") | ~Q(answer=""), name="recheck_upheld_with_reason"
            ),
        )
        indexes = (models.Index(fields=["asked_at"], name="recheck_open", condition=Q(outcome="pending")),)

    def __str__(self) -> str:
        """The outcome."""
        return self.outcome


class Release(models.Model):
    """公布: the moment verdicts become visible is one UPDATE of `published_at`."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="releases")
    batch = models.PositiveSmallIntegerField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Batches count up; one is in preparation."""

        constraints = (
            models.UniqueConstraint(fields=["intake", "batch"], name="release_batch_once"),
            models.UniqueConstraint(
                fields=["intake"], condition=Q(published_at__isnull=True), name="release_preparing_once"
            ),
        )

    def __str__(self) -> str:
        """Intake and batch."""
        return f"{self.intake_id}/{self.batch}"


class LateCase(models.Model):
    """A dossier left for a later batch, with the reason."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="late_cases")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT)
    reason = models.CharField(max_length=REASON_LENGTH)

    class Meta:
        """Each once a release, never without a reason."""

        constraints = (
            models.UniqueConstraint(fields=["release", "dossier"], name="late_case_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="late_case_has_reason"),
        )

    def __str__(self) -> str:
        """The dossier."""
        return str(self.dossier_id)


class SiteReview(models.Model):
    """考点审核结束: one row a closing; reopening hides nothing."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="site_reviews")
    site = models.ForeignKey(ExamSite, on_delete=models.PROTECT, related_name="site_reviews")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A site is closed once at a time."""

        ordering = ("closed_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["intake", "site"], condition=Q(reopened_at__isnull=True), name="site_closed_once"
            ),
        )

    def __str__(self) -> str:
        """Site and time."""
        return f"{self.site_id} {self.closed_at}"


class ExtensionRequest(models.Model):
    """An 考点 asks the 考区 for more time for one dossier."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="extension_requests")
    until = models.DateTimeField()
    reason = models.CharField(max_length=REASON_LENGTH)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted = models.BooleanField(default=False)

    class Meta:
        """One open at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(answered_at__isnull=True), name="extension_request_open_once"
            ),
        )

    def __str__(self) -> str:
        """Dossier and date."""
        return f"{self.dossier_id} {self.until}"

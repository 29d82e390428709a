"""考区, 考点 and the review campaigns: where, when, and what candidates are told."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ExamArea(models.Model):
    """考区: a province. Code as in the registration system ("13" is 河北)."""

    code = models.CharField(max_length=10, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    telephone = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        """The Chinese name."""
        return self.name_zh


class ExamSite(models.Model):
    """考点: a city's office, whose telephone stands beside every state, remark and error."""

    area = models.ForeignKey(ExamArea, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    address_zh = models.CharField(max_length=200, blank=True)
    address_en = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    hours_zh = models.CharField(max_length=120, blank=True)
    hours_en = models.CharField(max_length=160, blank=True)
    notes_zh = models.TextField(blank=True)
    notes_en = models.TextField(blank=True)

    class Meta:
        """Codes are unique inside an 考区."""

        constraints = (models.UniqueConstraint(fields=["area", "code"], name="site_code_once"),)

    def __str__(self) -> str:
        """The Chinese name."""
        return self.name_zh


class Intake(models.Model):
    """报名资格审核: one campaign of an 考区. `code` is the registration system's exam batch.

    `closes_at` is the first instant that is too late. Within `recheck_days` after its release a candidate may
    ask for 复核; 0 means there is none. With one stage the 考区 reviews alone; stages are
    fixed from the first submission. `review_expected_by` and `release_expected_by` are what candidates
    are told, nothing depends on them. The last two say until when data are kept (`domain.retention`).
    """

    area = models.ForeignKey(ExamArea, on_delete=models.PROTECT, related_name="intakes")
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    supplement_days = models.PositiveSmallIntegerField(default=2)
    recheck_days = models.PositiveSmallIntegerField(default=5)
    stages = models.PositiveSmallIntegerField(default=2)
    second_look_share = models.FloatField(default=0.0)
    second_look_seed = models.CharField(max_length=40, default="", blank=True)
    notes_zh = models.TextField(blank=True)
    notes_en = models.TextField(blank=True)
    commitment_version = models.CharField(max_length=20, blank=True)
    commitment_zh = models.TextField(blank=True)
    commitment_en = models.TextField(blank=True)
    review_expected_by = models.DateField(null=True, blank=True)
    release_expected_by = models.DateField(null=True, blank=True)
    drafts_kept_days = models.PositiveSmallIntegerField(default=30)
    records_kept_months = models.PositiveSmallIntegerField(default=36)

    class Meta:
        """What can't be: closing before opening, a third stage, a share above one."""

        constraints = (
            models.UniqueConstraint(fields=["area", "code"], name="intake_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="intake_closes_after_opening"
            ),
            models.CheckConstraint(condition=Q(stages__in=(1, 2)), name="intake_one_or_two_stages"),
            models.CheckConstraint(
                condition=Q(second_look_share__gte=0) & Q(second_look_share__lte=1),
                name="intake_share_is_a_share",
            ),
        )

    def __str__(self) -> str:
        """Area and code."""
        return f"{self.area_id}/{self.code}"

    @property
    def has_one_stage(self) -> bool:
        """Whether the 考区 reviews alone."""
        return self.stages == 1

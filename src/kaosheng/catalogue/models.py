"""Kinds of material and the rules for who must give what, in published versions of an intake."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaosheng.domain.materials import DEFAULT_LONG_SIDE_FLOOR, Effect
from kaosheng.regions.models import ExamArea, Intake


class CatalogueVersion(models.Model):
    """One state of an intake's catalogue. Published versions never change.

    `published_at` is null while it is being prepared. Its number is the newest's plus one, so that only one
    can be in preparation and nothing else can be published beneath it.
    """

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="catalogue_versions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Numbers count up inside an intake."""

        constraints = (models.UniqueConstraint(fields=["intake", "number"], name="catalogue_number_once"),)

    def __str__(self) -> str:
        """Intake and number."""
        return f"{self.intake_id} v{self.number}"


class MaterialKind(models.Model):
    """材料种类 in one version. `sample` is the store key of its 示例, if any.

    `long_side_floor` (pixels) and `grey` say how a page prepares a photograph of it.
    """

    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="kinds")
    code = models.CharField(max_length=10)
    order = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=160)
    short_name_zh = models.CharField(max_length=8)
    short_name_en = models.CharField(max_length=40)
    requirement_zh = models.TextField()
    requirement_en = models.TextField()
    minimum = models.PositiveSmallIntegerField()
    maximum = models.PositiveSmallIntegerField()
    count_fact = models.CharField(max_length=40, blank=True)
    labels_zh = models.JSONField(default=list)
    labels_en = models.JSONField(default=list)
    may_promise = models.BooleanField(default=False)
    sample = models.CharField(max_length=80, blank=True)
    reasons = models.JSONField(default=list)
    source = models.CharField(max_length=200, blank=True)
    long_side_floor = models.PositiveSmallIntegerField(default=DEFAULT_LONG_SIDE_FLOOR)
    grey = models.BooleanField(default=False)

    class Meta:
        """In the catalogue's order; counts make sense."""

        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=["version", "code"], name="kind_once"),
            models.CheckConstraint(
                condition=Q(maximum__gte=F("minimum")) & Q(maximum__gte=1), name="kind_counts"
            ),
        )

    def __str__(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name_zh}"


class MaterialRule(models.Model):
    """要求规则 in one version: effect x facts, with the sentence that says why and where that is written."""

    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="rules")
    kind = models.ForeignKey(MaterialKind, on_delete=models.PROTECT, related_name="rules")
    effect = models.CharField(max_length=20, choices=[(effect.value, effect.value) for effect in Effect])
    when = models.JSONField(default=dict)
    group = models.CharField(max_length=40, blank=True)
    minimum = models.PositiveSmallIntegerField(null=True, blank=True)
    reason_zh = models.CharField(max_length=200)
    reason_en = models.CharField(max_length=300)
    source_zh = models.CharField(max_length=200, blank=True)
    source_en = models.CharField(max_length=300, blank=True)

    class Meta:
        """A one_of rule names its group."""

        constraints = (
            models.CheckConstraint(
                condition=~Q(effect="one_of") | ~Q(group=""), name="rule_one_of_has_group"
            ),
        )

    def __str__(self) -> str:
        """Kind and effect."""
        return f"{self.kind_id} {self.effect}"


class AreaReason(models.Model):
    """A standard reason the 考区 keeps for a kind, whatever the version: the sentence the candidate reads.

    A kind with reasons here shows these instead of those its catalogue was published with.
    """

    area = models.ForeignKey(ExamArea, on_delete=models.PROTECT, related_name="reasons")
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=200)
    text_en = models.CharField(max_length=300)

    class Meta:
        """In the order of the number keys."""

        ordering = ("kind", "order")
        constraints = (
            models.UniqueConstraint(fields=["area", "kind", "code"], name="area_reason_once"),
            models.CheckConstraint(condition=~Q(text_zh=""), name="area_reason_has_sentence"),
        )

    def __str__(self) -> str:
        """Kind and code."""
        return f"{self.kind} {self.code}"

"""预检: what the machine noticed in a picture, what the candidate answered, what the reviewer then did."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kaosheng.casework.models.dossier import Dossier
from kaosheng.casework.models.pictures import Picture
from kaosheng.casework.models.review import Mark
from kaosheng.domain.advice import Advice


class PictureAdvice(models.Model):
    """Advice on one picture, and the work still to be done for it: the rows that wait are the queue.

    One row a picture and model version; older versions stay to compare.
    Nothing that was read is kept, only how it compared with the registration and where it stood. `paper_box`,
    `name_box` and `number_box` are [x, y, width, height] as fractions of the picture as it lies. `orientation` is the EXIF value
    that puts it upright. `urgent` work has somebody waiting at the page; the rest is done when nothing else is.
    `confirmed` are the codes the candidate said are in order.
    """

    class Stage(models.TextChoices):
        """Nothing done yet; the quick look done; all done; given up after it ended the worker twice."""

        WAITING = "waiting"
        LOOKED = "looked"
        DONE = "done"
        FAILED = "failed"

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="advice")
    model_version = models.CharField(max_length=20)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.WAITING)
    urgent = models.BooleanField(default=True)
    queued_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    direction = models.CharField(max_length=12, blank=True)
    orientation = models.PositiveSmallIntegerField(default=1)
    text = models.BooleanField(null=True, blank=True)
    legible = models.BooleanField(null=True, blank=True)
    dark = models.BooleanField(default=False)
    small = models.BooleanField(default=False)
    paper = models.CharField(max_length=30, blank=True)
    paper_fits = models.BooleanField(null=True, blank=True)
    paper_box = models.JSONField(null=True, blank=True)
    name = models.CharField(max_length=10, blank=True)
    name_box = models.JSONField(null=True, blank=True)
    id_number = models.CharField(max_length=10, blank=True)
    number_box = models.JSONField(null=True, blank=True)
    scores = models.JSONField(default=dict)
    pixels_digest = models.CharField(max_length=80, blank=True)
    codes = ArrayField(
        models.CharField(max_length=20, choices=[(a.value, a.value) for a in Advice]), default=list
    )
    confirmed = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        """Once a picture and version; the queue has an index of its own, which finished rows aren't in."""

        ordering = ("picture", "pk")
        constraints = (
            models.UniqueConstraint(fields=["picture", "model_version"], name="advice_once_a_version"),
        )
        indexes = (
            models.Index(
                fields=["urgent", "stage", "queued_at"],
                name="advice_queue",
                condition=Q(stage__in=["waiting", "looked"]),
            ),
        )

    def __str__(self) -> str:
        """Picture, stage and codes."""
        return f"{self.picture_id} {self.stage} {','.join(self.codes)}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is to come."""
        return self.stage in {self.Stage.DONE, self.Stage.FAILED}


class AdviceAnswer(models.Model):
    """What a candidate did about advice on the picture in a place; it outlives the picture. `direction`: how that lay."""

    class Answer(models.TextChoices):
        """帮我转正, 我已确认无误, the picture taken out (重新上传 begins so)."""

        TURNED = "turned"
        CONFIRMED = "confirmed"
        REMOVED = "removed"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="advice_answers")
    kind = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=10, choices=Answer.choices)
    codes = ArrayField(models.CharField(max_length=20))
    direction = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        """As they came."""

        ordering = ("pk",)

    def __str__(self) -> str:
        """Place and answer."""
        return f"{self.kind}/{self.position} {self.answer} {','.join(self.codes)}"


class AdviceOutcome(models.Model):
    """What had been advised on a picture when a reviewer's mark on it was given: the log `inspection report` reads.

    The mark says what the reviewer did. Pictures without advice are logged too: only so misses can be counted.
    """

    mark = models.OneToOneField(Mark, on_delete=models.CASCADE, related_name="advice_outcome")
    model_version = models.CharField(max_length=20)
    codes = ArrayField(models.CharField(max_length=20), default=list)
    confirmed = ArrayField(models.CharField(max_length=20), default=list)
    has_read = models.BooleanField()
    scores = models.JSONField(default=dict)

    class Meta:
        """By model version, as the report groups them."""

        indexes = (models.Index(fields=["model_version"], name="advice_outcome_version"),)

    def __str__(self) -> str:
        """Mark and codes."""
        return f"{self.mark_id} {','.join(self.codes)}"

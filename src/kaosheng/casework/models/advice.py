"""预检: what the machine noticed in a picture. One row a picture and model version; older versions stay to compare."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kaosheng.casework.models.pictures import Picture
from kaosheng.domain.advice import Advice


class PictureAdvice(models.Model):
    """Advice on one picture, and the work still to be done for it: the rows that wait are the queue.

    Nothing that was read is kept, only how it compared with the registration and where it stood. `name_box` and
    `number_box` are [x, y, width, height] as fractions of the picture as it lies. `orientation` is the EXIF value
    that puts it upright. `urgent` work has somebody waiting at the page; the rest is done when nothing else is.
    `confirmed` are the codes the candidate said are in order; `turned_from` how a picture lay that he let us turn.
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
    confirmed_at = models.DateTimeField(null=True, blank=True)
    turned_from = models.CharField(max_length=12, blank=True)

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

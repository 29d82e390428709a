"""What the running of an installation remembers about itself."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class JobFailure(models.Model):
    """The last error of a queued job: procrastinate itself only logs it. The job's id is the key."""

    job = models.BigIntegerField(primary_key=True)
    task = models.CharField(max_length=200)
    failed_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=0)
    trace = models.TextField()

    class Meta:
        verbose_name = "job failure"

    def __str__(self) -> str:
        """Which job and when."""
        return f"{self.task} {self.job} {self.failed_at:%Y-%m-%d %H:%M}"

"""Keeps the last error of a job, without personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import F
from django.utils import timezone

from kaosheng.ops.models import JobFailure
from kaosheng.settings.logs import LONG_NUMBER

if TYPE_CHECKING:
    from procrastinate.jobs import Job

LONGEST_TRACE: Final = 8000


async def keep_failure(*, job: Job, trace: str) -> None:
    """Store the end of `trace` as the job's last error and count it."""
    if job.id is None:
        return
    text = LONG_NUMBER.sub("***", trace)[-LONGEST_TRACE:]
    await JobFailure.objects.aget_or_create(job=job.id, defaults={"task": job.task_name})
    await JobFailure.objects.filter(job=job.id).aupdate(
        times=F("times") + 1, trace=text, failed_at=timezone.now()
    )

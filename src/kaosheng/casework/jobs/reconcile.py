"""Reconciling with the registration system: what a lost push left out comes with the nightly pull."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import httpx
import structlog
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kaosheng.regions.models import Intake

log = structlog.get_logger(__name__)

PULLED_FOR: Final = timedelta(days=60)
"""How long after its window an intake is still pulled: supplements, late cases and corrections go on."""
ATTEMPTS: Final = 5


@app.periodic(cron="27 19 * * *")  # the queue counts in UTC: 03:27 in the house
@app.task(queue="reconcile", queueing_lock="pull_registrations")
def pull_registrations(timestamp: int) -> None:
    """Queue a pull of every intake that still runs; `timestamp`, the tick of the clock, is how the queue calls it."""
    since = timezone.now() - PULLED_FOR
    for intake_id in Intake.objects.filter(closes_at__gt=since).order_by("pk").values_list("pk", flat=True):
        name = f"pull_intake:{intake_id}"
        try:
            pull_intake.configure(queueing_lock=name, lock=name).defer(intake_id=intake_id)
        except AlreadyEnqueued:
            # Last night's still waits for the registration system to answer.
            continue


@app.task(
    queue="reconcile",
    retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=4, retry_exceptions={httpx.HTTPError}),
)
def pull_intake(*, intake_id: int) -> None:
    """Pull one intake; a registration system that doesn't answer is asked again later."""
    from kaosheng.casework.services.registrations import pull_all  # noqa: PLC0415 - services import jobs

    intake = Intake.objects.select_related("area").get(pk=intake_id)
    pulled = pull_all(area=intake.area.code, exam_batch=intake.code)
    note = log.warning if pulled.refused else log.info
    note(
        "registrations_pulled",
        area=intake.area.code,
        batch=intake.code,
        seen=pulled.seen,
        applied=pulled.applied,
        refused=len(pulled.refused),
    )

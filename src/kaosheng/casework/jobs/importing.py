"""Imports of registrations, outside the request: check, apply, and forget sheets nobody came back for."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.registration.models import RegistrationImport

_RETRY: Final = RetryStrategy(max_attempts=5, wait=10)
KEPT_FOR: Final = timedelta(days=7)
"""How long a checked sheet waits for its confirmation."""


@app.task(queue="imports", retry=_RETRY)
def check_import(*, import_id: str) -> None:
    """Judge the rows of an uploaded sheet."""
    from kaosheng.casework.services.importing import run_check  # noqa: PLC0415 - the service queues this job

    run_check(UUID(import_id))


@app.task(queue="imports", retry=_RETRY)
def apply_import(*, import_id: str) -> None:
    """Apply a confirmed import."""
    from kaosheng.casework.services.importing import run_apply  # noqa: PLC0415 - the service queues this job

    run_apply(UUID(import_id))


@app.periodic(cron="7 19 * * *")  # the queue counts in UTC: 03:07 in the house
@app.task(queue="imports", queueing_lock="forget_imports")
def forget_imports(timestamp: int) -> None:
    """Give up imports nobody confirmed for a week; `timestamp`, the tick of the clock, is how the queue calls it."""
    from kaosheng.casework.services.importing import give_up  # noqa: PLC0415 - the service queues this job

    waiting = (RegistrationImport.Phase.CHECKING, RegistrationImport.Phase.CHECKED)
    before = timezone.now() - KEPT_FOR
    old = RegistrationImport.objects.filter(phase__in=waiting, uploaded_at__lt=before)
    for import_id in old.values_list("pk", flat=True):
        give_up(import_id)

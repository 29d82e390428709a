"""Carries out a confirmed bulk run; asked again after a crash it goes on where it stopped."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import BulkRun

_RETRY = RetryStrategy(max_attempts=10, wait=30)


@app.task(queue="release", retry=_RETRY)
def carry_out_run(*, run_id: int) -> None:
    """Every waiting dossier of the run, one at a time, with the rights its owner has now."""
    from kaosheng.casework.services import bulk  # noqa: PLC0415 - services import jobs to queue them

    run = BulkRun.objects.select_related("by").get(pk=run_id)
    staff = Staff.of(run.by)
    for item_id in list(bulk.waiting_items(run).values_list("pk", flat=True)):
        bulk.carry_out(item_id=item_id, staff=staff)
    bulk.finish(run_id)

"""Carries out a confirmed bulk run; asked again after a crash it goes on where it stopped."""

from __future__ import annotations

import structlog
from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import BulkRun

log = structlog.get_logger(__name__)
_RETRY = RetryStrategy(max_attempts=10, wait=30)


@app.task(queue="release", retry=_RETRY)
def carry_out_run(*, run_id: int) -> None:
    """Every waiting dossier of the run, one at a time, with the rights its owner has at each.

    One that fails unexpectedly doesn't hold up those behind it: that is noted, and it may be tried again.
    """
    from kaosheng.casework.services import bulk  # noqa: PLC0415 - services import jobs to queue them

    run = BulkRun.objects.get(pk=run_id)
    for item_id in list(bulk.waiting_items(run).values_list("pk", flat=True)):
        try:
            bulk.carry_out(item_id=item_id)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the queue tries the run again
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            # No trace: its text may quote what a candidate wrote.
            log.error("bulk item failed", run=run_id, item=item_id, error=type(error).__name__)  # noqa: TRY400
            bulk.note_failure(item_id=item_id)
    bulk.finish(run_id)

"""Erasing what is no longer kept, every night."""

from __future__ import annotations

from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from kaosheng.casework.queries.keeping import those_over
from kaosheng.domain.errors import Refusal

BATCH: Final = 200
log = structlog.get_logger(__name__)


@app.periodic(cron="27 19 * * *")  # the queue counts in UTC: 03:27 in the house
@app.task(queue="clock", queueing_lock="erase_round", lock="erase_round")
def erase_round(timestamp: int) -> None:
    """Erase until nothing is due; `timestamp`, the tick of the clock, is how the queue calls it."""
    while erase_due() == BATCH:
        pass


def erase_due() -> int:
    """Erase what is due now, at most a batch; how many went. Those that changed meanwhile are left alone."""
    from kaosheng.casework.services.erasing import erase  # noqa: PLC0415 - services import jobs to queue them

    today, done = timezone.localdate(), 0
    for dossier_id in those_over(today=today, limit=BATCH):
        try:
            erase(dossier_id=dossier_id, today=today)
            done += 1
        except Refusal as refusal:
            log.warning("erasing.left_alone", dossier=str(dossier_id), code=refusal.code)
    return done

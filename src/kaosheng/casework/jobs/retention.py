"""Erasing what is no longer kept, every night."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils import timezone
from procrastinate.contrib.django import app

from kaosheng.casework.queries.keeping import those_over
from kaosheng.domain.errors import Refusal

NAMED: Final = 10
CHANGED_MEANWHILE: Final = {"not_found", "still_kept"}
log = structlog.get_logger(__name__)


class NotErasedError(Exception):
    """Something past its last day is still here; the text names how much and the first dossiers."""


@app.periodic(cron="27 19 * * *")  # the queue counts in UTC: 03:27 in the house
@app.task(queue="clock", queueing_lock="erase_round", lock="erase_round")
def erase_round(timestamp: int) -> None:
    """Erase what is due; what can't be makes the job fail, which stays to be seen, once the rest has gone.

    `timestamp`, the tick of the clock, is how the queue calls it.
    """
    _, failed = erase_due()
    if failed:
        first = ", ".join(str(dossier_id) for dossier_id in failed[:NAMED])
        raise NotErasedError(f"{len(failed)} dossiers past their last day couldn't be erased: {first}")


def erase_due() -> tuple[int, list[UUID]]:
    """Erase what is due now; how many went, and those that couldn't. Those that changed meanwhile are left alone."""
    from kaosheng.casework.services.erasing import erase  # noqa: PLC0415 - services import jobs to queue them

    today, done, failed = timezone.localdate(), 0, []
    for dossier_id in those_over(today=today):
        try:
            erase(dossier_id=dossier_id, today=today)
            done += 1
        except (Refusal, OSError, DatabaseError) as fault:
            if isinstance(fault, Refusal) and fault.code in CHANGED_MEANWHILE:
                continue
            log.warning("erasing_failed", dossier=str(dossier_id), fault=repr(fault))
            failed.append(dossier_id)
    return done, failed

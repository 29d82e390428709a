"""The clock's round, every minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django import app

from kaosheng.casework.models import Dossier
from kaosheng.domain.deadlines import GRACE
from kaosheng.domain.errors import Refusal
from kaosheng.domain.states import State

BATCH: Final = 500


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="clock_round", lock="clock_round")
def clock_round(timestamp: int) -> None:
    """Lapse, overdue and wake whatever is due; `timestamp`, the tick of the clock, is how the queue calls it."""
    run_round()


def run_round() -> int:
    """Act on every dossier that is due now; how many changed. Those that changed meanwhile are left alone."""
    from kaosheng.casework.services import clock  # noqa: PLC0415 - services import jobs to queue them

    now = timezone.now()
    effective = Coalesce(F("deadline"), F("intake__closes_at"))
    missed = Q(effective__lt=now - GRACE)
    due = Dossier.objects.annotate(effective=effective).order_by("effective")
    done = _each(due.filter(missed, state=State.DRAFT), clock.lapse)
    done += _each(due.filter(missed, state=State.RETURNED), clock.overdue)
    done += _each(due.filter(state=State.LAPSED, effective__gt=now), clock.wake)
    return done


def _each(due: object, act: Callable[..., Dossier]) -> int:
    done = 0
    ids: list[UUID] = list(due.values_list("pk", flat=True)[:BATCH])  # type: ignore[attr-defined]
    for dossier_id in ids:
        try:
            act(dossier_id=dossier_id)
            done += 1
        except Refusal:
            continue
    return done

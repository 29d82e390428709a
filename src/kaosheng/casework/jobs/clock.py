"""The clock's round, every minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Mod
from django.utils import timezone
from procrastinate.contrib.django import app

from kaosheng.casework.models import Dossier, Promise
from kaosheng.casework.queries.deadlines import run_out, with_deadline
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.errors import Refusal
from kaosheng.domain.queueing import WITHOUT_PROMISE, Line
from kaosheng.domain.states import State

BATCH: Final = 500


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="clock_round", lock="clock_round")
def clock_round(timestamp: int) -> None:
    """Lapse, overdue, wake and line up whatever is due; `timestamp`, the tick of the clock, is how the queue calls it."""
    run_round()


def run_round() -> int:
    """Act on every dossier that is due now; how many changed. Those that changed meanwhile are left alone."""
    from kaosheng.casework.services import clock  # noqa: PLC0415 - services import jobs to queue them

    now = timezone.now()
    due = with_deadline(Dossier.objects.all()).order_by("effective")
    done = _each(due.filter(run_out(now), state=State.DRAFT), clock.lapse)
    done += _each(due.filter(run_out(now), state=State.RETURNED), clock.overdue)
    done += _each(due.filter(state=State.LAPSED, effective__gt=now), clock.wake)
    return done + _each(_promises_come_due(now), clock.line_up_anew)


def _promises_come_due(now: datetime) -> QuerySet[Dossier]:
    """Waiting dossiers whose promised material is due and that don't stand among the urgent yet."""
    today = now.astimezone(HOUSE_TIME).date()
    due = Promise.objects.filter(dossier=OuterRef("pk"), due_on__lte=today, waived_reason="")
    behind = Dossier.objects.exclude(line=Line.NONE).annotate(rest=Mod("priority", 2 * WITHOUT_PROMISE))
    return behind.filter(Exists(due), rest__gte=WITHOUT_PROMISE)


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

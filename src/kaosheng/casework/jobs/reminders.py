"""Reminders: whoever has not submitted is told 72, 24 and 3 hours before his deadline, also if he never logged in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from procrastinate.contrib.django import app

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.deadlines import with_deadline
from kaosheng.casework.queries.visible import visible_of_many
from kaosheng.casework.words import deadline_words
from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.quiet import REMIND_HOURS, reminder_due
from kaosheng.domain.states import State
from kaosheng.notices.models import Message

if TYPE_CHECKING:
    from kaosheng.casework.queries.deadlines import WithDeadline

CHUNK: Final = 1_000
FURTHEST: Final = timedelta(hours=max(REMIND_HOURS) + 12)
"""No reminder comes earlier before its deadline than this, a night included."""
NAMES_THE_DEADLINE: Final = (
    "returned",
    "deadline_extended",
    "deadline_earlier",
    "registration_restored",
    "reminder_submit",
    "reminder_supplement",
)
"""Texts after which a reminder whose moment had already come would say nothing new."""

_TEXTS: Final = {State.DRAFT: "reminder_submit", State.RETURNED: "reminder_supplement"}


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="remind_round", lock="remind_round")
def remind_round(timestamp: int) -> None:
    """Remind whoever it is time for; `timestamp`, the tick of the clock, is how the queue calls it."""
    remind()


def remind() -> int:
    """Queue every reminder that is due now; how many. Two rounds at a time tell nobody twice."""
    now = timezone.now()
    told = 0
    for state, template in _TEXTS.items():
        waiting = _waiting(state, now)
        deadlines = waiting.filter(effective__gt=now, effective__lte=now + FURTHEST)
        for deadline in deadlines.order_by("effective").values_list("effective", flat=True).distinct():
            due = reminder_due(deadline=deadline, now=now)
            if due is not None:
                hours, moment = due
                untold = _untold(waiting.filter(effective=deadline), moment)
                told += _tell(untold, template, deadline=deadline, hours=hours)
    return told


def _waiting(state: State, now: datetime) -> QuerySet[WithDeadline]:
    return with_deadline(Dossier.objects.filter(intake__opens_at__lte=now, state=state))


def _untold(dossiers: QuerySet[WithDeadline], moment: datetime) -> QuerySet[WithDeadline]:
    """Those who were there at the moment and were told of their deadline before it only."""
    code = Concat(Value("dossier:"), Cast(OuterRef("pk"), CharField()))
    since = Message.objects.filter(about=code, template__in=NAMES_THE_DEADLINE, created_at__gte=moment)
    return dossiers.filter(~Exists(since), created_at__lt=moment)


def _tell(dossiers: QuerySet[WithDeadline], template: str, *, deadline: datetime, hours: int) -> int:
    from kaosheng.casework.services.addressing import letters_to  # noqa: PLC0415 - services import jobs to queue them
    from kaosheng.notices.services import post  # noqa: PLC0415 - as above

    def variables(dossier: Dossier, english: bool) -> Mapping[str, str]:  # noqa: FBT001 - the form letters_to asks for
        return {
            "deadline": deadline_words(deadline, english=english),
            "places": str(places.get(dossier.pk, 0)),
        }

    told = 0
    ids = list(dossiers.order_by("pk").values_list("pk", flat=True))
    for chunk in in_pieces(ids, CHUNK):
        with transaction.atomic():
            rows = _locked(dossiers, chunk)
            places = _places(rows) if template == "reminder_supplement" else {}
            letters = letters_to(
                rows,
                template,
                occasion=f"{deadline.isoformat()}:{hours}",
                variables=variables,
                deadline=lambda _dossier: deadline,
            )
            told += post(letters)
    return told


def _locked(dossiers: QuerySet[WithDeadline], ids: list[UUID]) -> list[Dossier]:
    """Those of them that still wait: whoever submitted meanwhile is left alone."""
    return list(
        dossiers.filter(pk__in=ids)
        .select_for_update(of=("self",))
        .select_related("registration__candidate", "intake__area", "site", "release")
        .order_by("pk")
    )


def _places(dossiers: list[Dossier]) -> dict[UUID, int]:
    visible = visible_of_many(dossiers, now=timezone.now())
    return {dossier_id: entry.places for dossier_id, entry in visible.items()}

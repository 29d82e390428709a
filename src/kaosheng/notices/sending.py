"""Handing over what a lane holds: a handful at a time, at the provider's rate, every outcome stored.

A round works alone in its lane (a session lock of the database, gone with its process). A handful is marked
`sending` and committed before the provider is asked: what a killed round leaves so is handed over again under the
same key, and marked `maybe_twice` where the provider can no longer recognise that.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from kaosheng.domain.quiet import is_quiet, morning_after
from kaosheng.notices.life import give_up, settle_early
from kaosheng.notices.models import Mailing, Notice
from kaosheng.notices.routes import Route, route_of_lane
from kaosheng.notices.templates import TEXTS
from kaosheng.notices.transports import DeliveryError, Outgoing, Transport
from kaosheng.notices.wording import Worded, fill, names_in, worded

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 8
ROUND_SECONDS: Final = 20.0
"""A round ends after this and queues the next: other work comes between."""
FIRST_PAUSE: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(hours=1)
UNEXPECTED: Final = "unexpected error"


def run_lane(lane: str) -> bool:
    """Send what is due in a lane until nothing is or the time is up; whether something is left."""
    route = route_of_lane(lane)
    if route is None:
        log.error("notice_lane_unknown", lane=lane)
        return False
    with _alone_in(lane) as alone:
        if not alone:
            return False
        transport = route.transport()
        _take_back(lane)
        return _work(route, transport)


def _work(route: Route, transport: Transport) -> bool:
    ends = time.monotonic() + ROUND_SECONDS
    words: dict[tuple[str, str], Worded] = {}
    with ThreadPoolExecutor(route.parallel) as threads:
        while time.monotonic() < ends:
            began = time.monotonic()
            handful = _claim(route, transport)
            if not handful:
                return False
            outgoing = [_outgoing(notice, route, words) for notice in handful]
            outcomes = list(threads.map(lambda message: _hand_over(transport, message), outgoing))
            for notice, outcome in zip(handful, outcomes, strict=True):
                _store(notice, outcome)
            time.sleep(max(0.0, len(handful) / route.rate - (time.monotonic() - began)))
    return True


@contextmanager
def _alone_in(lane: str) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 7))", [f"notices:{lane}"])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", [f"notices:{lane}"])


def _take_back(lane: str) -> None:
    """Queue again what a killed round had in its hands: we are alone here, so nobody else has.

    What belongs to a mailing stopped meanwhile stays.
    """
    in_hand = Notice.objects.filter(lane=lane, state=Notice.State.SENDING)
    unsure_at = Coalesce("unsure_at", "sending_at")
    stopped = in_hand.filter(message__mailing__stopped_at__isnull=False)
    stopped.update(state=Notice.State.STOPPED, unsure_at=unsure_at)
    in_hand.update(state=Notice.State.QUEUED, unsure_at=unsure_at)


def _claim(route: Route, transport: Transport) -> list[Notice]:
    """Mark the most urgent due notices as being sent, and commit; at night only those that may wake people."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Notice.objects.filter(lane=route.lane, state=Notice.State.QUEUED)
        if is_quiet(now):
            waiting.filter(wakes=False, due_at__lte=now).update(due_at=morning_after(now))
        handful = list(
            waiting.filter(due_at__lte=now)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("message")
            .order_by("urgency", "due_at", "pk")[: route.parallel]
        )
        for notice in handful:
            notice.state, notice.sending_at = Notice.State.SENDING, now
            notice.attempts += 1
            notice.maybe_twice |= (
                notice.unsure_at is not None and now - notice.unsure_at >= transport.remembers
            )
        Notice.objects.bulk_update(handful, ["state", "sending_at", "attempts", "maybe_twice"])
    return handful


def _outgoing(notice: Notice, route: Route, words: dict[tuple[str, str], Worded]) -> Outgoing:
    message = notice.message
    key = (message.area, message.template)
    if key not in words:
        words[key] = worded(*key)
    language = "en" if message.language.startswith("en") else "zh"
    secrets: dict[str, str] = json.loads(message.secrets) if message.secrets else {}
    variables = {**message.variables, **secrets}
    wording = words[key].text.in_language(language)
    return Outgoing(
        key=f"notice-{notice.pk}",
        channel=notice.channel,
        recipient=notice.recipient,
        language=language,
        title=TEXTS[message.template].title(language),
        text=fill(wording, variables) if secrets else message.text,
        signature=route.signature,
        variables={name: variables[name] for name in names_in(wording) if name in variables},
        approved=words[key].approved.get(f"{notice.channel}:{language}", route.template),
    )


def _hand_over(transport: Transport, message: Outgoing) -> str | DeliveryError:
    """The provider's id, or why not. Runs in a thread without a database."""
    try:
        return transport.send(message)
    except DeliveryError as error:
        return error
    except Exception as error:  # a transport's bug must not stop the lane: it is a failure like any other
        log.exception("notice_transport_broke", channel=message.channel, error=type(error).__name__)
        return DeliveryError(f"{UNEXPECTED}: {type(error).__name__}", permanent=False, unsure=True)


def _store(notice: Notice, outcome: str | DeliveryError) -> None:
    now = timezone.now()
    mine = Notice.objects.filter(pk=notice.pk, state=Notice.State.SENDING)
    if isinstance(outcome, str):
        mine.update(state=Notice.State.ACCEPTED, accepted_at=now, provider_id=outcome[:100], last_error="")
        settle_early(lane=notice.lane, provider_id=outcome[:100], now=now)
        return
    reason = str(outcome)[:200]
    if outcome.permanent or notice.attempts >= ATTEMPTS:
        give_up(notice_id=notice.pk, reason=reason, now=now)
        return
    mine.update(
        state=Notice.State.STOPPED if _was_stopped(notice) else Notice.State.QUEUED,
        due_at=now + pause_after(notice.attempts),
        last_error=reason,
        unsure_at=notice.unsure_at or (notice.sending_at if outcome.unsure else None),
    )


def _was_stopped(notice: Notice) -> bool:
    mailing = notice.message.mailing_id
    return mailing is not None and Mailing.objects.filter(pk=mailing, stopped_at__isnull=False).exists()


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, with half of it left to chance."""
    longest: timedelta = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads attempts, guards nothing


def lanes_due(now: datetime) -> Sequence[str]:
    """Lanes that hold something due, or something a killed round left in hand."""
    due = Notice.objects.filter(state=Notice.State.QUEUED, due_at__lte=now)
    in_hand = Notice.objects.filter(state=Notice.State.SENDING)
    return sorted(
        {*due.values_list("lane", flat=True).distinct(), *in_hand.values_list("lane", flat=True).distinct()}
    )

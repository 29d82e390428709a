"""Two workers at the same messages: nothing goes twice. Each race has a twin without what guards it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from factories import World, dossiers
from factories.providers import Answer, Request, serving
from factories.races import MeetAt, Race
from kaosheng.casework.jobs import clock, reminders
from kaosheng.casework.models import Step
from kaosheng.casework.services import addressing
from kaosheng.notices import sending
from kaosheng.notices.models import Message, Notice
from kaosheng.notices.services import Letter, post

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "whsec_" + "c2FtcGxlLXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="
LANE = "*:sms"
AT_A_TIME, MESSAGES = 3, 12


def _holds(request: Request) -> bool:
    Webhook(SECRET).verify(request.body, dict(request.headers))
    return True


def _two_workers(settings: Settings) -> Counter[str]:
    """A second worker comes while the first one's handful is with the provider; key → how often it was sent."""
    in_hand, let_go = threading.Semaphore(0), threading.Event()
    arrived: list[str] = []

    def answer(request: Request) -> Answer:
        arrived.append(request.headers["webhook-id"])
        if len(arrived) <= AT_A_TIME:
            in_hand.release()
            let_go.wait(30)
        return 200, {"id": f"p-{request.headers['webhook-id']}"}

    with time_machine.travel("2027-01-20T04:00:00Z"), serving(_holds, answer) as provider:
        settings.NOTICE_ROUTES = {
            "*": {"sms": {"transport": "kaosheng.notices.transports.gateway.SignedGateway", "endpoint": provider.url, "secret": SECRET, "parallel": AT_A_TIME, "rate": 10_000}}
        }  # fmt: skip
        post([_letter(number) for number in range(MESSAGES)])
        first = threading.Thread(target=_round)
        first.start()
        for _ in range(AT_A_TIME):
            assert in_hand.acquire(timeout=30)
        second = threading.Thread(target=_round)
        second.start()
        second.join(30)
        let_go.set()
        first.join(30)
    return Counter(arrived)


def _round() -> None:
    try:
        sending.run_lane(LANE)
    finally:
        connections.close_all()


def _letter(number: int) -> Letter:
    return Letter(
        template="broadcast_see_page", about=f"dossier:{number}", area="13", language="zh-hans", dedup="1",
        addresses={"sms": f"1990000{number:04d}"}, variables={"exam": "医师资格考试"},
    )  # fmt: skip


def test_two_workers_send_every_message_once(settings: Settings) -> None:
    sent = _two_workers(settings)
    assert (len(sent), set(sent.values())) == (MESSAGES, {1})
    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.ACCEPTED}


def test_without_the_lock_of_the_lane_some_go_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def not_alone(_lane: str) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(sending, "_alone_in", not_alone)
    assert list(_two_workers(settings).values()).count(2) == AT_A_TIME


def _day_before_the_end(here: World) -> time_machine.travel:
    return time_machine.travel(here.intake.closes_at - timedelta(hours=20), tick=False)


def test_two_rounds_remind_once(here: World, meet_at: MeetAt, race: Race) -> None:
    with time_machine.travel(here.intake.closes_at - timedelta(days=9), tick=False):
        for number in ("1327000001", "1327000002"):
            dossiers.register(here, number=number)
    meet_at(reminders, "_locked")
    with _day_before_the_end(here):
        answers = race([reminders.remind, reminders.remind])
    assert sorted(map(str, answers)) == ["0", "2"]
    assert Message.objects.filter(template="reminder_submit").count() == 2


def test_without_the_name_of_the_occasion_they_would_remind_twice(
    here: World, meet_at: MeetAt, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(here.intake.closes_at - timedelta(days=9), tick=False):
        dossiers.register(here, number="1327000001")
    monkeypatch.setattr(Letter, "dedup_key", property(lambda _letter: str(uuid4())))
    monkeypatch.setattr(reminders, "_locked", lambda waiting, ids: list(waiting.filter(pk__in=ids)))
    meet_at(addressing, "letters_to", surely=True)
    with _day_before_the_end(here):
        race([reminders.remind, reminders.remind])
    assert Message.objects.filter(template="reminder_submit").count() == 2


def test_two_rounds_of_the_clock_lapse_once(here: World, race: Race) -> None:
    with time_machine.travel(here.intake.closes_at - timedelta(days=9), tick=False):
        dossier = dossiers.register(here, number="1327000001")
    with time_machine.travel(here.intake.closes_at + timedelta(minutes=10), tick=False):
        assert timezone.now() > here.intake.closes_at
        race([clock.run_round, clock.run_round])
    assert Step.objects.filter(dossier=dossier, action="lapse").count() == 1

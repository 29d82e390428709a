"""A worker killed with SIGKILL in mid-send: nothing is lost, and what may have arrived twice is marked."""

from __future__ import annotations

import multiprocessing
import threading

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings
from standardwebhooks import Webhook

from factories.providers import Answer, Request, serving
from kaosheng.notices.models import Notice
from kaosheng.notices.sending import run_lane
from kaosheng.notices.services import Letter, post
from kaosheng.notices.transports import ALWAYS, NEVER
from kaosheng.notices.transports.gateway import SignedGateway

SECRET = "whsec_" + "c2FtcGxlLXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="
LANE = "*:sms"
AT_A_TIME = 3


def _holds(request: Request) -> bool:
    Webhook(SECRET).verify(request.body, dict(request.headers))
    return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("recognises", [True, False])
def test_nothing_is_lost_when_the_worker_is_killed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, recognises: object
) -> None:
    monkeypatch.setattr(SignedGateway, "remembers", ALWAYS if recognises else NEVER)
    in_hand, let_go = threading.Semaphore(0), threading.Event()
    arrived: list[str] = []

    def answer(request: Request) -> Answer:
        arrived.append(request.headers["webhook-id"])
        if AT_A_TIME < len(arrived) <= 2 * AT_A_TIME and not let_go.is_set():
            in_hand.release()
            let_go.wait(30)
        return 200, {"id": f"provider-{request.headers['webhook-id']}"}

    with time_machine.travel("2027-01-20T04:00:00Z"), serving(_holds, answer) as provider:
        settings.NOTICE_ROUTES = {
            "*": {"sms": {"transport": "kaosheng.notices.transports.gateway.SignedGateway", "endpoint": provider.url, "secret": SECRET, "parallel": AT_A_TIME, "rate": 10_000}}
        }  # fmt: skip
        post([_letter(number) for number in range(10)])
        connection.close()
        worker = multiprocessing.get_context("fork").Process(target=run_lane, args=(LANE,))
        worker.start()
        for _ in range(AT_A_TIME):
            assert in_hand.acquire(timeout=30)
        worker.kill()
        worker.join()
        let_go.set()
        left = Notice.objects.filter(state=Notice.State.SENDING)
        killed = set(left.values_list("pk", flat=True))
        assert len(killed) == AT_A_TIME
        run_lane(LANE)

    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.ACCEPTED}
    assert set(arrived) == {f"notice-{pk}" for pk in Notice.objects.values_list("pk", flat=True)}
    assert len(arrived) == 10 + AT_A_TIME
    twice = {pk for pk in killed if arrived.count(f"notice-{pk}") == 2}
    assert twice == killed
    marked = set(Notice.objects.filter(maybe_twice=True).values_list("pk", flat=True))
    assert marked == (set() if recognises else killed)


def _letter(number: int) -> Letter:
    return Letter(
        template="broadcast_see_page",
        about=f"dossier:{number}",
        area="13",
        language="zh-hans",
        dedup="1",
        addresses={"sms": f"1990000{number:04d}"},
        variables={"exam": "医师资格考试"},
    )

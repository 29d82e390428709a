"""Messages and status reports over real HTTP: sent once, tried again, given up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from factories import dossiers, world
from factories.receiver import Receiver, receiving
from kaosheng.casework.jobs.status import push_status
from kaosheng.casework.models import StatusPush
from kaosheng.notices.jobs import ATTEMPTS, send_notice
from kaosheng.notices.models import Notice
from kaosheng.notices.services import queue_notice
from kaosheng.notices.templates import TEXTS, render
from kaosheng.notices.transports import DeliveryError

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(settings: Settings) -> Iterator[Receiver]:
    """The registration system's side, listening."""
    with receiving(settings.REGISTRATION_WEBHOOK_SECRET) as receiver:
        settings.REGISTRATION_ISSUER = receiver.url
        settings.NOTICE_CHANNELS = ["sms"]
        yield receiver


def queued(template: str = "result_released", recipient: str = "19900000001", dedup: str = "1") -> Notice:
    made = queue_notice(
        template=template,
        recipient=recipient,
        language="zh-hans",
        about="dossier:1",
        area="13",
        dedup=dedup,
        variables={},
    )
    return made[0]


def test_a_message_arrives_once_however_often_its_job_runs(phone: Receiver) -> None:
    notice = queued()
    send_notice(notice_id=notice.pk)
    send_notice(notice_id=notice.pk)
    ((path, key, body),) = phone.came
    assert (path, key) == ("/api/phone/", f"notice-{notice.pk}")
    assert (body["channel"], body["phone"], body["text"]) == ("sms", "19900000001", notice.text)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (Notice.State.SENT, 1)


def test_a_fault_that_may_pass_is_tried_again_with_the_same_key(phone: Receiver) -> None:
    notice = queued()
    phone.status = 503
    with pytest.raises(DeliveryError):
        send_notice(notice_id=notice.pk)
    phone.status = 204
    send_notice(notice_id=notice.pk)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == (Notice.State.SENT, 2, "HTTP 503")
    assert {key for _path, key, _body in phone.came} == {f"notice-{notice.pk}"}


def test_nobody_listening_is_a_fault_that_may_pass(phone: Receiver, settings: Settings) -> None:
    settings.REGISTRATION_ISSUER = "http://127.0.0.1:1"
    with pytest.raises(DeliveryError) as failed:
        send_notice(notice_id=queued().pk)
    assert not failed.value.permanent


def test_a_dead_number_ends_it_at_once(phone: Receiver) -> None:
    notice = queued()
    phone.status = 422
    send_notice(notice_id=notice.pk)
    send_notice(notice_id=notice.pk)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, len(phone.came)) == (Notice.State.FAILED, 1, 1)


def test_after_the_last_attempt_it_has_failed(phone: Receiver) -> None:
    notice = queued()
    phone.status = 500
    for _ in range(ATTEMPTS):
        with pytest.raises(DeliveryError):
            send_notice(notice_id=notice.pk)
    send_notice(notice_id=notice.pk)
    notice.refresh_from_db()
    assert notice.state == Notice.State.FAILED


def test_one_occasion_makes_one_message_and_no_number_makes_none() -> None:
    queued()
    arguments = {
        "template": "result_released",
        "language": "en",
        "about": "dossier:1",
        "area": "13",
        "variables": {},
    }
    assert queue_notice(recipient="19900000001", dedup="1", **arguments) == []  # type: ignore[arg-type]
    assert queue_notice(recipient="", dedup="2", **arguments) == []  # type: ignore[arg-type]


def test_message_and_job_go_with_the_transaction() -> None:
    jobs = ProcrastinateJob.objects.filter(task_name="kaosheng.notices.jobs.send_notice")
    with transaction.atomic():
        queued()
        assert jobs.count() == 2
        transaction.set_rollback(True)
    assert (jobs.count(), Notice.objects.count()) == (0, 0)


def test_a_telephone_number_is_sealed_in_the_outbox() -> None:
    from django.db import connection

    queued()
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM notices_notice")
        assert "19900000001" not in cursor.fetchone()[0]


@pytest.mark.parametrize("template", sorted(TEXTS))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_text_is_complete_in_both_languages(template: str, language: str) -> None:
    variables = dict.fromkeys(("receipt", "places", "kinds", "deadline", "manner"), "x")
    text = render(template, language, variables)
    assert "{" not in text
    assert "http" not in text


def test_a_status_report_names_serial_and_words_in_both_languages(phone: Receiver) -> None:
    dossier = dossiers.fill(dossiers.register(world()))
    dossiers.submit(dossier)
    report = StatusPush.objects.get()
    push_status(push_id=report.pk)
    push_status(push_id=report.pk)
    ((path, key, body),) = phone.came
    assert (path, key) == ("/api/status/", f"status-{report.pk}")
    assert body["number"] == dossier.registration.number
    assert (body["serial"], body["status"], body["text_zh"]) == (1, "waiting", "已提交，待考点审核")


@pytest.mark.parametrize("status", [404, 502])
def test_a_report_nobody_takes_is_tried_again(phone: Receiver, status: int) -> None:
    dossiers.submit(dossiers.fill(dossiers.register(world())))
    report = StatusPush.objects.get()
    phone.status = status
    with pytest.raises(DeliveryError):
        push_status(push_id=report.pk)
    report.refresh_from_db()
    assert (report.delivered_at, report.attempts, report.last_error) == (None, 1, f"HTTP {status}")

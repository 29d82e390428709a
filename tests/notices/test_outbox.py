"""The life of messages over real HTTP: once, again, by the next way, given up; nothing lost by a killed worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from factories import dossiers, world
from factories.receiver import Receiver, receiving
from kaosheng.casework.jobs.status import push_status
from kaosheng.casework.models import StatusPush
from kaosheng.notices.jobs import send_due, send_lane
from kaosheng.notices.life import reported
from kaosheng.notices.models import Mailing, Message, Notice
from kaosheng.notices.sending import ATTEMPTS, run_lane
from kaosheng.notices.services import Letter, post, resume_mailing, stop_mailing
from kaosheng.notices.transports import DeliveryError
from kaosheng.settings.base import DEMO_PHONE

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 1, 20, 4, 0, tzinfo=UTC)
NIGHT = datetime(2027, 1, 20, 15, 0, tzinfo=UTC)
SMS, WECHAT = "*:sms", "*:wechat"
BOTH = {"sms": "19900000001", "wechat": "openid-1"}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def phone(settings: Settings) -> Iterator[Receiver]:
    """The registration system's side, listening."""
    with receiving(settings.REGISTRATION_WEBHOOK_SECRET) as receiver:
        settings.REGISTRATION_ISSUER = receiver.url
        route = {"transport": DEMO_PHONE, "rate": 10_000, "parallel": 1}
        settings.NOTICE_ROUTES = {"*": {"sms": route, "wechat": {**route, "account": "demo"}}}
        yield receiver


def letter(template: str = "registration_changed", dedup: str = "1", **more: Any) -> Letter:
    """A letter about one case."""
    values: dict[str, Any] = {
        "about": "dossier:1", "area": "13", "site": "1301", "language": "zh-hans",
        "addresses": {"sms": "19900000001"}, "variables": {"exam": "医师资格考试"}, **more,
    }  # fmt: skip
    return Letter(template=template, dedup=dedup, **values)


def posted(template: str = "registration_changed", **more: Any) -> Notice:
    """One message in the outbox; its first way."""
    assert post([letter(template, **more)]) == 1
    return Notice.objects.filter(rank=0).order_by("pk").last() or pytest.fail("nothing posted")


def states() -> list[tuple[str, str]]:
    """Channel and state of every way, in their order."""
    return list(Notice.objects.order_by("message_id", "rank").values_list("channel", "state"))


def later(minutes: float) -> time_machine.travel:
    """So long after noon."""
    return time_machine.travel(NOON + timedelta(minutes=minutes), tick=False)


# --- once, again, given up ---------------------------------------------------------------------------------------
def test_a_message_arrives_once_however_often_its_job_runs(phone: Receiver) -> None:
    notice = posted()
    send_lane(lane=SMS)
    send_lane(lane=SMS)
    ((path, key, body),) = phone.came
    assert (path, key) == ("/api/phone/", f"notice-{notice.pk}")
    assert (body["channel"], body["phone"]) == ("sms", "19900000001")
    assert (
        body["text"] == "【国家医学考试】您的医师资格考试报名信息已变更，已通知审核人员，如需补充会通知您。"
    )
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.accepted_at) == (Notice.State.ACCEPTED, 1, NOON)


def test_a_fault_that_may_pass_is_tried_again_later_with_the_same_key(phone: Receiver) -> None:
    notice = posted()
    phone.status = 503
    run_lane(SMS)
    notice.refresh_from_db()
    assert (notice.state, notice.last_error) == (Notice.State.QUEUED, "HTTP 503")
    assert timedelta(seconds=7) < notice.due_at - NOON <= timedelta(seconds=15)
    phone.status = 204
    run_lane(SMS)
    assert len(phone.came) == 1
    with later(1):
        run_lane(SMS)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == (Notice.State.ACCEPTED, 2, "")
    assert [key for _path, key, _body in phone.came] == [f"notice-{notice.pk}"] * 2


def test_after_the_last_attempt_it_has_failed_and_the_person_is_unreached(phone: Receiver) -> None:
    notice = posted()
    phone.status = 500
    for attempt in range(ATTEMPTS):
        with later(attempt * 70):
            run_lane(SMS)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == (Notice.State.FAILED, ATTEMPTS, "HTTP 500")
    assert notice.message.unreached_at is not None


def test_a_dead_number_ends_it_at_once(phone: Receiver) -> None:
    posted()
    phone.status = 422
    run_lane(SMS)
    run_lane(SMS)
    assert list(Notice.objects.values_list("state", "attempts", "last_error")) == [
        (Notice.State.FAILED, 1, "HTTP 422")
    ]
    assert Message.objects.get().unreached_at == NOON


def test_one_occasion_makes_one_message_and_no_address_makes_an_unreached_one() -> None:
    assert post([letter(), letter()]) == 1
    assert post([letter()]) == 0
    assert post([letter(dedup="2", addresses={"sms": ""})]) == 1
    assert list(Message.objects.order_by("dedup_key").values_list("unreached_at", flat=True)) == [None, NOON]
    assert Notice.objects.count() == 1


def test_message_and_job_go_with_the_transaction() -> None:
    jobs = ProcrastinateJob.objects.filter(task_name="kaosheng.notices.jobs.send_lane")
    with transaction.atomic():
        posted()
        assert jobs.count() == 1
        transaction.set_rollback(True)
    assert (jobs.count(), Notice.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_telephone_number_is_sealed_in_the_outbox() -> None:
    posted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM notices_notice n")
        assert "19900000001" not in cursor.fetchone()[0]


# --- ways --------------------------------------------------------------------------------------------------------
def test_a_return_goes_by_every_way_at_once(phone: Receiver) -> None:
    variables = {"exam": "医师资格考试", "places": "1", "kinds": "身份证明", "deadline": "1月22日24:00", "manner": "在线更换"}  # fmt: skip
    posted("returned", addresses=BOTH, variables=variables)
    run_lane(SMS)
    run_lane(WECHAT)
    assert [body["channel"] for _path, _key, body in phone.came] == ["sms", "wechat"]


def test_other_messages_take_the_next_way_only_when_the_first_has_failed(phone: Receiver) -> None:
    posted(addresses=BOTH)
    run_lane(WECHAT)
    assert states() == [("sms", "queued"), ("wechat", "standby")]
    phone.status = 422
    run_lane(SMS)
    assert states() == [("sms", "failed"), ("wechat", "queued")]
    assert ProcrastinateJob.objects.filter(args={"lane": WECHAT}).exists()
    phone.status = 204
    run_lane(WECHAT)
    assert states() == [("sms", "failed"), ("wechat", "accepted")]
    assert Message.objects.get().unreached_at is None


def test_when_every_way_has_failed_the_person_is_unreached(phone: Receiver) -> None:
    posted(addresses=BOTH)
    phone.status = 422
    run_lane(SMS)
    run_lane(WECHAT)
    assert states() == [("sms", "failed"), ("wechat", "failed")]
    assert Message.objects.get().unreached_at == NOON


# --- reports of the provider -------------------------------------------------------------------------------------
def test_a_report_settles_what_became_of_it_and_a_repetition_changes_nothing(phone: Receiver) -> None:
    notice = posted(addresses=BOTH)
    run_lane(SMS)
    for _ in range(2):
        assert reported(lane=SMS, provider_id=f"notice-{notice.pk}", delivered=True, reason="", now=NOON)
    assert states() == [("sms", "delivered"), ("wechat", "standby")]
    assert not reported(lane=SMS, provider_id="unknown", delivered=True, reason="", now=NOON)
    assert not reported(lane=WECHAT, provider_id=f"notice-{notice.pk}", delivered=False, reason="", now=NOON)


def test_a_bad_report_takes_the_next_way_and_a_late_good_one_takes_him_off_the_list(phone: Receiver) -> None:
    notice = posted()
    run_lane(SMS)
    reported(lane=SMS, provider_id=f"notice-{notice.pk}", delivered=False, reason="空号", now=NOON)
    notice.refresh_from_db()
    assert (notice.state, notice.last_error, notice.message.unreached_at) == ("failed", "空号", NOON)
    reported(lane=SMS, provider_id=f"notice-{notice.pk}", delivered=True, reason="", now=NOON)
    assert states() == [("sms", "delivered")]
    assert Message.objects.get().unreached_at is None


# --- the provider's rate ---------------------------------------------------------------------------------------
def test_a_lane_hands_over_no_faster_than_its_provider_takes(
    phone: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NOTICE_ROUTES = {"*": {"sms": {"transport": DEMO_PHONE, "rate": 0.02, "parallel": 2}}}
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    for number in range(5):
        posted(dedup=str(number))
    run_lane(SMS)
    assert len(phone.came) == 5
    # Two messages at one in fifty seconds take a hundred, the last alone fifty; less what handing over took.
    assert [round(pause, -1) for pause in pauses] == [100, 100, 50]


# --- night -------------------------------------------------------------------------------------------------------
def test_what_is_made_or_repeated_at_night_waits_for_the_morning(phone: Receiver) -> None:
    with time_machine.travel(NIGHT, tick=False):
        posted()
        posted("submitted", variables={"exam": "医师资格考试", "receipt": "R"})
        run_lane(SMS)
        assert len(phone.came) == 1
        send_due(timestamp=0)
    morning = datetime(2027, 1, 21, 0, 0, tzinfo=UTC)
    assert Notice.objects.get(message__template="registration_changed").due_at == morning
    with time_machine.travel(morning, tick=False):
        run_lane(SMS)
    assert len(phone.came) == 2


def test_a_queue_that_was_late_does_not_wake_people_either(phone: Receiver) -> None:
    posted()
    with time_machine.travel(NIGHT, tick=False):
        run_lane(SMS)
    assert phone.came == []
    assert Notice.objects.get().due_at == datetime(2027, 1, 21, 0, 0, tzinfo=UTC)


# --- mass --------------------------------------------------------------------------------------------------------
def test_a_mailing_stops_and_goes_on_and_never_goes_before_personal_messages(phone: Receiver) -> None:
    mailing = Mailing.objects.create(about="release:1", template="result_released", area="13", expected=2, created_at=NOON)  # fmt: skip
    post([letter("result_released", dedup=str(n), about=f"dossier:{n}") for n in range(2)], mailing=mailing)
    personal = posted()
    assert stop_mailing(mailing=mailing, now=NOON) == 2
    run_lane(SMS)
    assert [key for _path, key, _body in phone.came] == [f"notice-{personal.pk}"]
    assert resume_mailing(mailing=mailing, now=NOON) == 2
    second = posted(dedup="2")
    run_lane(SMS)
    assert [key for _path, key, _body in phone.came][1] == f"notice-{second.pk}"
    assert len(phone.came) == 4


def test_what_a_killed_round_held_of_a_stopped_mailing_stays(phone: Receiver) -> None:
    mailing = Mailing.objects.create(about="release:1", template="result_released", area="13", expected=1, created_at=NOON)  # fmt: skip
    post([letter("result_released")], mailing=mailing)
    Notice.objects.update(state=Notice.State.SENDING, sending_at=NOON)
    stop_mailing(mailing=mailing, now=NOON)
    run_lane(SMS)
    assert (phone.came, states()) == ([], [("sms", "stopped")])
    resume_mailing(mailing=mailing, now=NOON)
    run_lane(SMS)
    assert (len(phone.came), states()) == (1, [("sms", "accepted")])


# --- the transport's own faults ----------------------------------------------------------------------------------
class Forgetful:
    """A provider that recognises a repetition for ten minutes and doesn't say whether it took a message."""

    remembers = timedelta(minutes=10)

    def __init__(self, config: object) -> None:
        """Nothing to configure."""

    def send(self, message: object) -> str:
        """Break the connection after the message was sent."""
        raise DeliveryError("ReadTimeout", permanent=False, unsure=True)


def test_what_is_sent_again_after_the_provider_forgot_is_marked(settings: Settings) -> None:
    settings.NOTICE_ROUTES = {"*": {"sms": {"transport": f"{__name__}.Forgetful", "rate": 10_000}}}
    posted()
    for minutes, marked in ((0, False), (9, False), (11, True)):
        with later(minutes):
            Notice.objects.update(due_at=NOON)
            run_lane(SMS)
        notice = Notice.objects.get()
        assert (notice.maybe_twice, notice.unsure_at) == (marked, NOON)


def test_a_lane_nobody_serves_any_more_is_left_alone(settings: Settings) -> None:
    posted()
    settings.NOTICE_ROUTES = {}
    assert run_lane(SMS) is False
    assert states() == [("sms", "queued")]


# --- status reports ----------------------------------------------------------------------------------------------
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
    assert body["corrected_at"] is None


def test_a_report_of_a_correction_says_when(phone: Receiver) -> None:
    dossiers.submit(dossiers.fill(dossiers.register(world())))
    StatusPush.objects.update(corrected_at=datetime(2027, 1, 20, 2, 0, tzinfo=UTC))
    push_status(push_id=StatusPush.objects.get().pk)
    assert phone.came[0][2]["corrected_at"] == "2027-01-20T02:00:00+00:00"


@pytest.mark.parametrize("status", [404, 502])
def test_a_report_nobody_takes_is_tried_again(phone: Receiver, status: int) -> None:
    dossiers.submit(dossiers.fill(dossiers.register(world())))
    report = StatusPush.objects.get()
    phone.status = status
    with pytest.raises(DeliveryError):
        push_status(push_id=report.pk)
    report.refresh_from_db()
    assert (report.delivered_at, report.attempts, report.last_error) == (None, 1, f"HTTP {status}")


def test_with_several_registrations_the_text_names_the_category() -> None:
    here = world()
    dossiers.register(here, subject="one", category="110")
    with time_machine.travel(timezone.now(), tick=False):
        second = dossiers.fill(dossiers.register(here, subject="one", category="441"))
        dossiers.submit(second)
    assert Message.objects.get().text.startswith("您的师承中医执业助理医师报名材料已提交")

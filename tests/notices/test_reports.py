"""Delivery reports, each in its provider's form: matched, secret or signature checked, whenever they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from kaosheng.notices import life
from kaosheng.notices.models import EarlyReport, Message, Notice

pytestmark = pytest.mark.django_db

SECRET = "whsec_" + "c2FtcGxlLXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="
TRANSPORTS = "kaosheng.notices.transports"
FORMS: dict[str, Any] = {
    "tencent": lambda sid, good: {
        "user_receive_time": "2027-01-20 12:00:00", "nationcode": "86", "mobile": "19900000001",
        "report_status": "SUCCESS" if good else "FAIL", "errmsg": "DELIVRD" if good else "MK:0001", "description": "用户短信",
        "sid": sid,
    },
    "aliyun": lambda sid, good: {
        "phone_number": "19900000001", "send_time": "2027-01-20 12:00:00", "report_time": "2027-01-20 12:00:03",
        "success": good, "err_code": "DELIVERED" if good else "MK:0001", "err_msg": "", "sms_size": "1", "biz_id": sid,
        "out_id": "notice-1",
    },
    "gateway": lambda sid, good: {"id": sid, "delivered": good, "reason": "" if good else "MK:0001"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _routes(settings: Settings) -> None:
    settings.NOTICE_ROUTES = {
        "13": {"sms": {"transport": f"{TRANSPORTS}.tencent.TencentSms", "report_token": "token-tencent"}},
        "14": {"sms": {"transport": f"{TRANSPORTS}.aliyun.AliyunSms", "report_token": "token-aliyun"}},
        "15": {"sms": {"transport": f"{TRANSPORTS}.gateway.SignedGateway", "report_token": "token-gateway", "secret": SECRET}},
        "16": {"sms": {"transport": f"{TRANSPORTS}.tencent.TencentSms"}},
    }  # fmt: skip


LANES = {"tencent": "13:sms", "aliyun": "14:sms", "gateway": "15:sms"}


def accepted(lane: str, provider_id: str, **more: Any) -> Notice:
    """A notice a provider took."""
    now = timezone.now()
    message = Message.objects.create(
        template="returned", area="13", about="dossier:1", dedup_key=f"{lane}{provider_id}", language="zh-hans", text="样本", created_at=now
    )  # fmt: skip
    return Notice.objects.create(
        message=message, channel="sms", lane=lane, recipient="19900000001", urgency=1, due_at=now, provider_id=provider_id,
        **{"state": Notice.State.ACCEPTED, "accepted_at": now, **more},
    )  # fmt: skip


def post(form: str, rows: object, *, token: str = "", secret: str = SECRET) -> int:
    """Report as this provider does; the status."""
    body = rows if isinstance(rows, str) else json.dumps(rows, ensure_ascii=False)
    headers = {}
    if form == "gateway":
        now = datetime.now(UTC)
        headers = {
            "webhook-id": "r-1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign("r-1", now, body),
        }
    answer = Client().post(
        f"/api/reports/{token or f'token-{form}'}/",
        data=body.encode(),
        content_type="application/json",
        headers=headers,
    )
    if answer.status_code == 200:
        assert (answer.json()["result"], answer.json()["code"]) == (0, 0)
    return answer.status_code


@pytest.mark.parametrize("form", FORMS)
def test_reports_settle_the_notices_they_name(form: str) -> None:
    good, bad, untouched = (accepted(LANES[form], name) for name in ("1:good", "1:bad", "1:none"))
    elsewhere = accepted("99:sms", "1:good")
    rows = [FORMS[form]("1:good", True), FORMS[form]("1:bad", False), FORMS[form]("not-ours", True)]
    assert post(form, rows) == 200
    assert post(form, rows) == 200
    for notice in (good, bad, untouched, elsewhere):
        notice.refresh_from_db()
    assert (good.state, good.delivered_at is not None) == ("delivered", True)
    assert (bad.state, bad.last_error) == ("failed", "MK:0001")
    assert (untouched.state, elsewhere.state) == ("accepted", "accepted")
    assert Message.objects.get(pk=bad.message_id).unreached_at is not None


@pytest.mark.parametrize("form", FORMS)
def test_a_report_that_names_nothing_storable_is_not_sent_again_and_again(form: str) -> None:
    assert post(form, json.dumps([FORMS[form]("1:\0", True)])) == 422


@pytest.mark.parametrize("form", FORMS)
def test_who_doesnt_know_the_secret_reports_nothing(form: str) -> None:
    notice = accepted(LANES[form], "1:good")
    rows = [FORMS[form]("1:good", True)]
    assert post(form, rows, token="guessed") == 404
    assert post(form, rows, token="token-") == 404
    if form == "gateway":
        assert post(form, rows, secret="whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA==") == 401
    notice.refresh_from_db()
    assert notice.state == "accepted"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", ["not JSON", '"text"', "[1]", "[{}]", "null"])
def test_what_isnt_understood_is_refused_whole(form: str, rows: str) -> None:
    assert post(form, rows) == 422


def test_one_report_alone_need_not_be_a_list() -> None:
    notice = accepted("15:sms", "1:good")
    assert post("gateway", FORMS["gateway"]("1:good", True)) == 200
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_a_report_before_the_answer_is_stored_isnt_lost() -> None:
    sending = accepted("13:sms", "", state=Notice.State.SENDING)
    assert post("tencent", [FORMS["tencent"]("1:early", True)]) == 200
    Notice.objects.filter(pk=sending.pk).update(state=Notice.State.ACCEPTED, provider_id="1:early")
    life.settle_early(lane="13:sms", provider_id="1:early", now=timezone.now())
    sending.refresh_from_db()
    assert sending.state == "delivered"
    assert not EarlyReport.objects.exists()


def test_reports_nobody_claims_are_forgotten_after_an_hour() -> None:
    post("tencent", [FORMS["tencent"]("of somebody else", True)])
    EarlyReport.objects.update(at=timezone.now() - timedelta(minutes=61))
    post("tencent", [FORMS["tencent"]("another", True)])
    assert [row.provider_id for row in EarlyReport.objects.all()] == ["another"]

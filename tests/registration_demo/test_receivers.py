"""The addresses the service calls: status, phone, pull."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import signed
from django.conf import settings
from django.test import Client

from registration_demo.models import PhoneMessage, Registration

pytestmark = pytest.mark.usefixtures("people")
OTHER_SECRET = "whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA=="


def report(serial: Any = 3, **changes: Any) -> dict[str, Any]:
    return {
        "type": "dossier.status",
        "number": "1327000001",
        "serial": serial,
        "status": "returned",
        "text_zh": "待补充（1项）",
        "text_en": "To be completed (1 item)",
    } | changes


def sms(**changes: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "notice-1",
        "channel": "sms",
        "phone": "19900000001",
        "text": "【样本】您的报名材料需补充：试用期考核证明。",
        "sent_at": "2026-11-23T10:00:00+08:00",
    } | changes


def test_the_secret_follows_from_the_client_secret() -> None:
    # base64(sha256("registration-webhook:client-secret-for-tests")), worked out apart from the code.
    assert settings.WEBHOOK_SECRET == "whsec_Dmx7Pe2TbK8ZRBAWwe6JF9v0enBG1wgKpv6Z+zjkwW4="


def test_the_highest_serial_wins_in_any_order(client: Client) -> None:
    for serial, words in ((2, "已提交，审核中"), (5, "审核通过"), (4, "待补充（1项）"), (5, "审核不通过")):
        answer = signed.post(client, "/api/status/", report(serial, status=f"s{serial}", text_zh=words))
        assert answer.status_code == 204
    registration = Registration.objects.get(number="1327000001")
    assert (registration.status_serial, registration.status, registration.status_text_zh) == (
        5,
        "s5",
        "审核通过",
    )
    assert registration.status_received_at is not None
    assert Registration.objects.exclude(status_serial=0).count() == 1


@pytest.mark.parametrize("path", ["/api/status/", "/api/phone/"])
def test_a_bad_signature_is_refused(client: Client, path: str) -> None:
    payload = report() if "status" in path else sms()
    refused = [
        signed.post(client, path, payload, secret=OTHER_SECRET),
        signed.post(client, path, payload, age=timedelta(minutes=6)),
        signed.post(client, path, payload, age=timedelta(minutes=-6)),
        signed.post(client, path, payload, body=b'{"type": "dossier.status", "number": "1327000002"}'),
        signed.post(client, path, payload, body=b"\xff\xfe"),
        client.post(path, data=b"{}", content_type="application/json"),
        client.post(
            path,
            data=b"{}",
            content_type="application/json",
            headers={"webhook-id": "1", "webhook-timestamp": "0", "webhook-signature": "v1"},
        ),
    ]
    assert [answer.status_code for answer in refused] == [401] * len(refused)
    assert refused[0].json()["error"] == "signature"
    assert not Registration.objects.exclude(status_serial=0).exists()
    assert not PhoneMessage.objects.exists()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("[]", "json"),
        ("not json", "json"),
        (report(type="dossier.gone"), "type"),
        (report(number="1300000000"), "unknown_number"),
        (report(number=None), "number"),
        (report(serial=0), "serial"),
        (report(serial="3"), "serial"),
        (report(serial=True), "serial"),
        (report(serial=2**63), "serial"),
        (report(text_zh=""), "text_zh"),
        (report(text_en="x" * 201), "text_en"),
        (report(status="a\x00b"), "status"),
        (report(corrected_at="2027-01-20"), "corrected_at"),
        (report(corrected_at=7), "corrected_at"),
    ],
)
def test_a_status_that_is_not_understood(client: Client, payload: Any, code: str) -> None:
    answer = signed.post(client, "/api/status/", payload)
    assert (answer.status_code, answer.json()["error"]) == (422, code)
    assert not Registration.objects.exclude(status_serial=0).exists()


def test_a_message_arrives_once(client: Client) -> None:
    assert signed.post(client, "/api/phone/", sms()).status_code == 204
    assert signed.post(client, "/api/phone/", sms(text="其他文字")).status_code == 204
    message = PhoneMessage.objects.get()
    assert message.text == "【样本】您的报名材料需补充：试用期考核证明。"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "19999999999"}, "dead_number"),
        ({"channel": "fax"}, "channel"),
        ({"sent_at": "yesterday"}, "sent_at"),
        ({"sent_at": "2026-11-23T10:00:00"}, "sent_at"),
        ({"sent_at": "2026-13-41T10:00:00+08:00"}, "sent_at"),
        ({"id": ""}, "id"),
        ({"text": 7}, "text"),
    ],
)
def test_a_message_that_cannot_be_delivered(client: Client, changes: dict[str, Any], code: str) -> None:
    answer = signed.post(client, "/api/phone/", sms(**changes))
    assert (answer.status_code, answer.json()["error"]) == (422, code)
    assert not PhoneMessage.objects.exists()


def test_receivers_take_posts_only(client: Client) -> None:
    assert client.get("/api/status/").status_code == 405
    assert client.post("/api/registrations/").status_code == 405


def pull(
    client: Client, query: str, *, user: str = "kaosheng-test", password: str = "client-secret-for-tests"
) -> Any:
    import base64

    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    return client.get(f"/api/registrations/?{query}", headers={"Authorization": f"Basic {credentials}"})


def test_the_pull_needs_the_client_secret(client: Client) -> None:
    query = "exam_batch=2027YS&area=13"
    answers = [
        pull(client, query, password="wrong"),
        pull(client, query, user="somebody"),
        client.get(f"/api/registrations/?{query}"),
        client.get(f"/api/registrations/?{query}", headers={"Authorization": "Basic §§§"}),
        client.get(f"/api/registrations/?{query}", headers={"Authorization": "Basic /w=="}),
        client.get(f"/api/registrations/?{query}", headers={"Authorization": "Bearer x"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)
    assert answers[0].headers["WWW-Authenticate"].startswith("Basic ")
    assert b"1327" not in b"".join(answer.content for answer in answers)


def test_the_pull_gives_one_batch_and_area_a_page_at_a_time(client: Client) -> None:
    original = Registration.objects.get(number="1327000001")
    for suffix in range(10, 15):
        original.pk, original.number = None, f"13270000{suffix}"
        original.save()
    numbers: list[str] = []
    after = ""
    pages = 0
    while after is not None:
        page = pull(client, f"exam_batch=2027YS&area=13&limit=3&after={after}").json()
        numbers += [registration["number"] for registration in page["registrations"]]
        after = page["next_after"]
        pages += 1
    assert numbers == ["1327000001", "1327000002", *(f"13270000{suffix}" for suffix in range(10, 15))]
    assert pages == 3


def test_a_pulled_registration_is_complete(client: Client) -> None:
    page = pull(client, "exam_batch=2027YS&area=99").json()
    assert page["next_after"] is None
    (registration,) = page["registrations"]
    assert registration == {
        "number": "9927000003", "source_version": 1, "subject": "subject-of-chenxi", "exam_batch": "2027YS", "area": "99",
        "site": "9901", "cancelled": True, "name": "样本·晨曦", "id_type": "护照", "id_number": "SAMPLE003",
        "phone": "19900000003", "facts": registration["facts"],
    }  # fmt: skip
    assert registration["facts"]["precheck"] == "severe"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("area=13", "exam_batch"),
        ("exam_batch=2027YS", "area"),
        ("exam_batch=2027YS&area=13&limit=0", "limit"),
        ("exam_batch=2027YS&area=13&limit=501", "limit"),
        ("exam_batch=2027YS&area=13&limit=٣", "limit"),
        ("exam_batch=2027YS&area=13&limit=many", "limit"),
    ],
)
def test_a_pull_that_asks_wrongly(client: Client, query: str, code: str) -> None:
    answer = pull(client, query)
    assert (answer.status_code, answer.json()["error"]) == (400, code)

"""我的数据: what it tells, what it never tells, and what may be taken along or changed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from factories import World, clients, dossiers
from factories.people import Cast
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier
from kaosheng.crypto.digests import digest
from kaosheng.domain.receipts import read_receipt
from kaosheng.domain.states import State
from kaosheng.notices.models import Message, Notice
from kaosheng.registration.models import Candidate, PhoneChange

NEW = "13900000001"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2027, 1, 20, 2, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def own(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


def page(dossier: Dossier) -> str:
    answer = own(dossier).get(f"/dossiers/{dossier.pk}/data/")
    assert answer.status_code == 200
    return answer.content.decode()


def look(dossier: Dossier, *people: object) -> None:
    for person in people:
        assert clients.of_staff(person).get(f"/staff/dossiers/{dossier.pk}/").status_code == 200  # type: ignore[arg-type]


# --- kept and looked at ---------------------------------------------------------------------------------------
def test_it_says_what_is_kept_and_until_when(places: World, cast: Cast) -> None:
    submitted = page(dossiers.brought_to(places, State.AT_SITE, cast=cast))
    assert "2030年3月1日" in submitted
    assert "材料图片（6 张" in submitted
    assert "提交回执（1 份）" in submitted
    draft = page(dossiers.register(places))
    assert "2030年" not in draft
    assert "提交回执（" not in draft


def test_the_site_shows_one_line_a_day_and_hidden_looks_nothing(
    clock: time_machine.Traveller, places: World, cast: Cast
) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    look(dossier, cast.chen, cast.chen_two, cast.gao)
    clock.shift(timedelta(days=1))
    look(dossier, cast.chen)
    dossiers.forward(dossier, cast.chen)
    before = page(dossier)
    assert re.findall(r"(\d+月\d+日)</span> · (\S+)</li>", before) == [
        ("1月21日", "石家庄考点"),
        ("1月20日", "石家庄考点"),
    ]
    clock.shift(timedelta(days=1))
    look(dossier, cast.gao, cast.he, cast.chen)
    assert AuditEvent.objects.filter(name="dossier:viewed").count() == 7
    assert bare(page(dossier)) == bare(before)
    dossiers.decide(dossier, cast.gao)
    assert bare(page(dossier)) == bare(before)
    dossiers.release(dossier.intake, cast.jiang)
    after = page(dossier)
    assert re.findall(r"(\d+月\d+日)</span> · (\S+)</li>", after) == [
        ("1月22日", "石家庄考点"),
        ("1月22日", "河北考区"),
        ("1月21日", "石家庄考点"),
        ("1月20日", "河北考区"),
        ("1月20日", "石家庄考点"),
    ]
    assert [name for name in ("陈", "高") if f"{name}审" in after] == []


def bare(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+', "", html)


# --- taking along ---------------------------------------------------------------------------------------------
def test_the_zip_holds_the_bytes_the_receipts_name(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    answer = own(dossier).get(f"/dossiers/{dossier.pk}/data/pictures.zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert archive.testzip() is None
    names = archive.namelist()
    pictures = {digest(archive.read(name)) for name in names if name.startswith("pictures/")}
    receipts = [read_receipt(archive.read(name).decode()) for name in names if name.startswith("receipts/")]
    assert len(receipts) == 2
    assert set().union(*(receipt.digests for receipt in receipts)) == pictures
    assert len(pictures) == 7
    assert AuditEvent.objects.get(name="candidate:own_pictures_taken").details == {"files": 9}


def test_pictures_deleted_before_submitting_are_not_in_it(places: World) -> None:
    dossier = dossiers.register(places)
    picture = dossiers.upload(dossier, "M03")
    kept = dossiers.upload(dossier, "M04")
    own(dossier).post(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/delete/")
    answer = own(dossier).get(f"/dossiers/{dossier.pk}/data/pictures.zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert [digest(archive.read(name)) for name in archive.namelist()] == [kept.stored_digest]


# --- another number -------------------------------------------------------------------------------------------
def ask(dossier: Dossier, phone: str = NEW) -> str:
    """Ask for a code; the address of the next page."""
    answer = own(dossier).post(f"/dossiers/{dossier.pk}/data/phone/", {"phone": phone})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def code_sent() -> str:
    message = Message.objects.filter(template="phone_code").latest("created_at")
    return str(json.loads(message.secrets)["code"])


def numbers_told(template: str) -> set[str]:
    return {notice.recipient for notice in Notice.objects.filter(message__template=template, channel="sms")}


def test_the_number_changes_by_the_code_sent_to_the_new_one(places: World) -> None:
    dossier = dossiers.register(places)
    registered = dossier.registration.phone
    there = ask(dossier, "+86 139-0000-0001")
    assert numbers_told("phone_code") == {NEW}
    assert re.fullmatch(r"\d{6}", code_sent())
    assert own(dossier).post(there, {"code": code_sent()}).headers["Location"].endswith("/data/")
    assert dossiers.candidate_of(dossiers.again(dossier)).message_phone == NEW
    assert numbers_told("phone_changed") == {registered, NEW}
    html = page(dossiers.again(dossier))
    assert "139****0001" in html
    assert NEW not in html
    dossiers.submit(dossiers.fill(dossiers.again(dossier)))
    assert numbers_told("submitted") == {NEW}


def test_the_registrations_own_number_is_followed_again(places: World) -> None:
    dossier = dossiers.register(places)
    registered = dossier.registration.phone
    own(dossier).post(ask(dossier), {"code": code_sent()})
    own(dossier).post(ask(dossiers.again(dossier), registered), {"code": code_sent()})
    assert dossiers.candidate_of(dossiers.again(dossier)).message_phone == ""


def test_the_code_stands_nowhere_but_in_the_message_as_sent(places: World) -> None:
    dossier = dossiers.register(places)
    there, code = ask(dossier), code_sent()
    message = Message.objects.get(template="phone_code")
    assert code not in message.text + json.dumps(message.variables) + message.about
    assert "******" in message.text
    assert code not in own(dossier).get(there).content.decode()
    assert code not in own(dossier).get(f"/dossiers/{dossier.pk}/").content.decode()
    assert code not in PhoneChange.objects.get().code_digest
    assert not message.about.startswith("dossier:")
    events = "".join(str(event.details) + event.object for event in AuditEvent.objects.all())
    assert code not in events
    assert NEW not in events


def test_wrong_codes_are_counted_and_end_it(places: World) -> None:
    dossier = dossiers.register(places)
    there, code = ask(dossier), code_sent()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    said = [own(dossier).post(there, {"code": wrong}) for _ in range(5)]
    assert [answer.status_code for answer in said] == [422] * 5
    assert "还可以再试 4 次" in said[0].content.decode()
    spent = own(dossier).post(there, {"code": code})
    assert (spent.status_code, "请重新获取" in spent.content.decode()) == (429, True)
    assert Candidate.objects.get(pk=dossiers.candidate_of(dossier).pk).message_phone == ""


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(
    clock: time_machine.Traveller, places: World
) -> None:
    dossier = dossiers.register(places)
    first, code = ask(dossier), code_sent()
    clock.shift(timedelta(minutes=1))
    second = ask(dossier, "13900000002")
    assert own(dossier).post(first, {"code": code}).status_code == 409
    code = code_sent()
    clock.shift(timedelta(minutes=9, seconds=59))
    late = clients.of_candidate(dossiers.candidate_of(dossier))
    clock.shift(timedelta(seconds=1))
    assert late.post(second, {"code": code}).status_code == 409
    assert Candidate.objects.get(pk=dossiers.candidate_of(dossier).pk).message_phone == ""


def test_nobody_is_flooded_with_codes(clock: time_machine.Traveller, places: World) -> None:
    dossier, other = dossiers.register(places), dossiers.register(places)
    for number in range(3):
        ask(dossier, NEW)
        clock.shift(timedelta(minutes=number))
    again = own(dossier).post(f"/dossiers/{dossier.pk}/data/phone/", {"phone": "13900000009"})
    assert again.status_code == 429
    same = own(other).post(f"/dossiers/{other.pk}/data/phone/", {"phone": NEW})
    assert same.status_code == 429
    ask(other, "13900000009")


@pytest.mark.parametrize(("phone", "status"), [("12345", 422), ("", 422), ("23900000001", 422)])
def test_what_is_no_mobile_number_is_refused_with_a_sentence(places: World, phone: str, status: int) -> None:
    dossier = dossiers.register(places)
    answer = own(dossier).post(f"/dossiers/{dossier.pk}/data/phone/", {"phone": phone})
    assert answer.status_code == status
    assert "手机号码" in answer.content.decode()
    assert not PhoneChange.objects.exists()


def test_anothers_change_is_nobodys(places: World) -> None:
    dossier, other = dossiers.register(places), dossiers.register(places)
    there = ask(dossier).replace(str(dossier.pk), str(other.pk))
    assert own(other).get(there).status_code == 404
    assert own(other).post(there, {"code": code_sent()}).status_code == 404


# --- 报名信息有误 ------------------------------------------------------------------------------------------------
def test_a_doubt_is_told_shown_to_reviewers_changed_and_taken_back(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    client, address = own(dossier), f"/dossiers/{dossier.pk}/doubt/"
    assert "我发现报名信息有误" in client.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "毕业年份应为 2021 年"}).status_code == 302
    html = client.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert "已告知考点" in html
    assert "毕业年份应为 2021 年" in html
    bench = clients.of_staff(cast.chen).get(f"/staff/dossiers/{dossier.pk}/").content.decode()
    assert "考生反映报名信息有误" in bench
    assert "毕业年份应为 2021 年" in bench
    assert client.post(address, {"text": "毕业年份应为 2020 年"}).status_code == 302
    assert client.post(address, {"text": "x", "withdraw": "1"}).status_code == 302
    assert "毕业年份应为" not in client.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert AuditEvent.objects.filter(name="registration:doubted").count() == 3
    assert dossiers.again(dossier).revision == dossier.revision

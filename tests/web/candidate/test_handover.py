"""手机扫码上传: what the computer shows, what the phone may do, and what ends it."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import cv2
import numpy as np
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from factories import World, clients, dossiers, people, pictures
from factories.people import Cast
from factories.refusals import refused
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier, Handover, Picture, Promise
from kaosheng.casework.services import handing_over, submitting
from kaosheng.casework.services import pictures as picture_services
from kaosheng.casework.services.actors import of_handover
from kaosheng.domain.states import State
from kaosheng.web.access import DEVICE_COOKIE

OVER = "手机上传已失效"


@pytest.fixture
def dossier(places: World) -> Dossier:
    return dossiers.register(places)


@pytest.fixture
def computer(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


@pytest.fixture
def phone() -> Client:
    return clients.anonymous()


def page_of(dossier: Dossier, kind: str = "M01") -> str:
    return f"/dossiers/{dossier.pk}/kinds/{kind}/handover/"


def opened(computer: Client, dossier: Dossier, kind: str = "M01") -> Handover:
    assert computer.post(page_of(dossier, kind)).status_code == 302
    return Handover.objects.get(dossier=dossier)


def redeemed(phone: Client, handover: Handover) -> None:
    answer = phone.post("/phone/", {"secret": handing_over.secret_of(handover)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/phone/upload/")


def send(phone: Client, seed: int = 1, *, position: int = 0) -> Any:
    query = f"?position={position}" if position else ""
    file = SimpleUploadedFile("IMG_0001.jpg", pictures.jpeg(seed), content_type="image/jpeg")
    return phone.post(f"/phone/upload/{query}", {"picture": file, "key": f"key-{seed}"})


def text(answer: Any) -> str:
    words: str = answer.content.decode()
    return words


# --- the way it goes -----------------------------------------------------------------------------------------
def test_what_the_phone_sends_stands_in_the_computers_page(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    handover = opened(computer, dossier)
    assert "等待手机扫码" in text(computer.get(page_of(dossier)))
    redeemed(phone, handover)
    assert "手机已连接" in text(computer.get(f"{page_of(dossier)}news/"))
    assert send(phone, 1, position=2).status_code == 302
    picture = Picture.objects.get()
    assert (picture.kind, picture.position, picture.added_by_staff_id) == ("M01", 2, None)
    assert f"/pictures/{picture.pk}/thumbnail/" in text(computer.get(f"{page_of(dossier)}news/"))
    assert "人像面" in text(phone.get("/phone/upload/"))


def test_the_code_holds_the_phones_address_with_the_secret_behind_the_fragment(
    computer: Client, dossier: Dossier
) -> None:
    handover = opened(computer, dossier)
    answer = computer.get(f"{page_of(dossier)}code.png")
    assert answer.headers["Cache-Control"] == "no-store"
    drawn = np.asarray(Image.open(io.BytesIO(answer.content)).convert("L"))
    read, _points, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(drawn)
    assert read == f"http://testserver/phone/#{handing_over.secret_of(handover)}"
    assert len(handing_over.secret_of(handover)) == 43


def test_neither_secret_nor_code_nor_device_key_is_in_the_database(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    handover = opened(computer, dossier)
    redeemed(phone, handover)
    row = str(Handover.objects.values().get()) + str(list(AuditEvent.objects.values()))
    for hidden in (
        handing_over.secret_of(handover),
        handing_over.code_of(handover),
        phone.cookies[DEVICE_COOKIE].value,
    ):
        assert hidden not in row
    assert re.fullmatch(r"\d{8}", handing_over.code_of(handover))


def test_the_page_asks_for_news_and_gets_nothing_while_nothing_changed(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    handover = opened(computer, dossier)
    first = computer.get(f"{page_of(dossier)}news/")
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = computer.get(f"{page_of(dossier)}news/", headers={"If-None-Match": tag, "X-Background": "1"})
    assert (again.status_code, again.content) == (304, b"")
    redeemed(phone, handover)
    changed = computer.get(f"{page_of(dossier)}news/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "csrf" not in text(changed)


def test_asking_for_news_does_not_keep_the_session_alive(computer: Client, dossier: Dossier) -> None:
    opened(computer, dossier)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            clock.shift(timedelta(minutes=9))
            answer = computer.get(f"{page_of(dossier)}news/", headers={"X-Background": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("given", ["{0}", "{0:.4} {0:.4}"])
def test_without_scripts_the_eight_digits_do(
    computer: Client, phone: Client, dossier: Dossier, given: str
) -> None:
    code = handing_over.code_of(opened(computer, dossier))
    shown = f"{code[:4]} {code[4:]}"
    assert shown in text(computer.get(page_of(dossier)))
    answer = phone.post("/phone/", {"code": code if given == "{0}" else shown})
    assert answer.headers["Location"] == "/phone/upload/"
    assert send(phone).status_code == 302


def test_the_phone_deletes_and_uploads_again(computer: Client, phone: Client, dossier: Dossier) -> None:
    redeemed(phone, opened(computer, dossier))
    send(phone, 1)
    picture = Picture.objects.get()
    assert f"/phone/pictures/{picture.pk}/delete/" in text(phone.get("/phone/upload/"))
    assert phone.get(f"/phone/pictures/{picture.pk}/delete/").status_code == 200
    assert phone.post(f"/phone/pictures/{picture.pk}/delete/").status_code == 302
    assert not Picture.objects.exists()
    send(phone, 2)
    assert Picture.objects.get().position == 1


def test_a_refused_picture_says_so_on_the_phone_too(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    redeemed(phone, opened(computer, dossier))
    file = SimpleUploadedFile("IMG_0001.HEIC", b"\0\0\0\x24ftypheic" + bytes(200))
    answer = phone.post("/phone/upload/", {"picture": file})
    assert answer.status_code == 415
    assert "HEIC" in unquote(answer.headers["X-Refusal"])


def test_the_trail_tells_who_opened_who_began_and_what_came(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    handover = opened(computer, dossier)
    redeemed(phone, handover)
    send(phone)
    computer.post(f"{page_of(dossier)}close/")
    me = str(dossiers.candidate_of(dossier).pk)
    trail = AuditEvent.objects.filter(object=str(dossier.pk)).exclude(name="dossier:created").order_by("pk")
    assert list(trail.values_list("name", "actor_kind", "actor")) == [
        ("handover:opened", "candidate", me),
        ("handover:redeemed", "handover", str(handover.pk)),
        ("picture:added", "handover", str(handover.pk)),
        ("handover:closed", "candidate", me),
    ]


# --- what the phone learns -----------------------------------------------------------------------------------
def test_the_phone_learns_the_kind_and_nothing_of_the_person(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    dossiers.upload(dossier, "M01", 1)
    dossiers.upload(dossier, "M03")
    before = text(phone.get("/phone/"))
    redeemed(phone, opened(computer, dossier))
    page = before + text(phone.get("/phone/upload/")) + text(phone.get("/phone/"))
    assert "身份证明" in page
    registration = dossier.registration
    hidden = [
        registration.name, registration.number, registration.id_number, registration.phone, str(dossier.pk),
        "毕业证书", "thumbnail", dossier.site.name_zh, dossier.site.telephone, "未提交",
    ]  # fmt: skip
    assert [word for word in hidden if word and word in page] == []


def test_the_phone_reaches_no_page_of_the_candidate(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    picture = dossiers.upload(dossier, "M01", 1)
    redeemed(phone, opened(computer, dossier))
    for path in ("", "check/", "kinds/M01/upload/", f"pictures/{picture.pk}/", "kinds/M01/handover/"):
        assert phone.get(f"/dossiers/{dossier.pk}/{path}").status_code == 302
    assert phone.get(f"/api/dossiers/{dossier.pk}/state/").status_code == 403
    assert phone.cookies[DEVICE_COOKIE]["path"] == "/phone/"
    assert phone.cookies[DEVICE_COOKIE]["httponly"]


def test_no_other_verb_takes_the_phone_for_its_owner(dossier: Dossier) -> None:
    handover = handing_over.open_handover(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M03")
    handing_over.redeem(secret=handing_over.secret_of(handover))
    me = of_handover(handover)
    tomorrow = timezone.now().date() + timedelta(days=2)
    with refused("not_found"):
        submitting.submit(dossier_id=dossier.pk, actor=me, seen_list="", commitment="test-1")
    with refused("not_found"):
        submitting.promise(dossier_id=dossier.pk, actor=me, kind="M03", due_on=tomorrow, note="")
    with refused("not_found"):
        submitting.explain(dossier_id=dossier.pk, actor=me, kind="M03", position=None, reason="无")
    with refused("not_found"):
        handing_over.open_handover(dossier_id=dossier.pk, actor=me, kind="M01")
    assert not Promise.objects.exists()


def test_another_kind_is_out_of_reach(computer: Client, phone: Client, dossier: Dossier) -> None:
    diploma = dossiers.upload(dossier, "M03")
    handover = opened(computer, dossier)
    redeemed(phone, handover)
    assert phone.post(f"/phone/pictures/{diploma.pk}/delete/").status_code == 404
    me = of_handover(Handover.objects.get())
    with refused("handover_over"):
        picture_services.delete_picture(dossier_id=dossier.pk, picture_id=diploma.pk, actor=me)
    with refused("handover_over"):
        picture_services.add_picture(
            dossier_id=dossier.pk,
            actor=me,
            kind="M03",
            position=None,
            data=pictures.jpeg(5),
            idempotency_key="5",
        )


def test_another_dossier_is_out_of_reach(places: World, computer: Client, dossier: Dossier) -> None:
    other = dossiers.register(places)
    opened(computer, dossier)
    with refused("handover_over"):
        picture_services.add_picture(
            dossier_id=other.pk, actor=of_handover(Handover.objects.get()), kind="M01", position=1,
            data=pictures.jpeg(5), idempotency_key="5",
        )  # fmt: skip
    theirs = dossiers.upload(other, "M01", 1)
    phone = clients.anonymous()
    redeemed(phone, Handover.objects.get())
    assert phone.post(f"/phone/pictures/{theirs.pk}/delete/").status_code == 404
    assert Picture.objects.filter(pk=theirs.pk).exists()


# --- theft, reuse, expiry, ending ----------------------------------------------------------------------------
def test_looking_at_the_address_uses_nothing_up(computer: Client, phone: Client, dossier: Dossier) -> None:
    handover = opened(computer, dossier)
    for client in (clients.anonymous(), phone):
        assert client.get("/phone/").status_code == 200
        assert client.head("/phone/").status_code == 200
    redeemed(phone, handover)


def test_a_stolen_secret_is_worth_nothing_once_used(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    handover = opened(computer, dossier)
    redeemed(phone, handover)
    thief = clients.anonymous()
    for given in ({"secret": handing_over.secret_of(handover)}, {"code": handing_over.code_of(handover)}):
        answer = thief.post("/phone/", given)
        assert answer.status_code == 403
        assert OVER in text(answer)
    assert DEVICE_COOKIE not in thief.cookies
    assert send(thief).status_code == 403
    assert computer.get(f"{page_of(dossier)}code.png").status_code == 404
    assert not Picture.objects.exists()


def test_who_was_robbed_sees_it_and_shuts_the_thief_out(computer: Client, dossier: Dossier) -> None:
    handover, thief = opened(computer, dossier), clients.anonymous()
    redeemed(thief, handover)
    assert "不是您的手机" in text(computer.get(page_of(dossier)))
    assert computer.post(f"{page_of(dossier)}close/").status_code == 302
    answer = send(thief)
    assert answer.status_code == 403
    assert OVER in unquote(answer.headers["X-Refusal"])
    assert thief.get("/phone/upload/").headers["Location"] == "/phone/"
    assert not Picture.objects.exists()


def test_a_new_code_ends_the_one_before(computer: Client, phone: Client, dossier: Dossier) -> None:
    first = opened(computer, dossier)
    redeemed(phone, first)
    second = opened(computer, dossier, "M03")
    assert send(phone).status_code == 403
    assert "二维码已失效" in text(computer.get(page_of(dossier, "M01")))
    assert clients.anonymous().post("/phone/", {"secret": handing_over.secret_of(first)}).status_code == 403
    redeemed(clients.anonymous(), second)


def test_logging_out_at_the_computer_ends_it(computer: Client, phone: Client, dossier: Dossier) -> None:
    redeemed(phone, opened(computer, dossier))
    computer.post("/logout/")
    assert send(phone).status_code == 403
    assert not Handover.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(9.9, 302), (10, 403)])
def test_an_unused_code_expires(
    computer: Client, phone: Client, dossier: Dossier, minutes: float, status: int
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        handover = opened(computer, dossier)
        clock.shift(timedelta(minutes=minutes))
        assert phone.post("/phone/", {"secret": handing_over.secret_of(handover)}).status_code == status
        shown = "手机已连接" if status == 302 else "二维码已失效"
        assert shown in text(computer.get(page_of(dossier)))


def test_a_connected_phone_is_out_after_ten_minutes(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        redeemed(phone, opened(computer, dossier))
        clock.shift(timedelta(minutes=10))
        assert send(phone).status_code == 403
    assert not Picture.objects.exists()


def test_submitting_meanwhile_ends_it(computer: Client, phone: Client, dossier: Dossier) -> None:
    dossiers.fill(dossier)
    redeemed(phone, opened(computer, dossier, "M99"))
    assert phone.get("/phone/upload/").status_code == 200
    before = Picture.objects.count()
    dossiers.submit(dossier)
    assert send(phone).status_code == 403
    assert phone.get("/phone/upload/").headers["Location"] == "/phone/"
    assert Picture.objects.count() == before
    assert "二维码已失效" in text(computer.get(page_of(dossier, "M99")))


def test_a_return_soon_after_does_not_bring_it_back(
    cast: Cast, computer: Client, phone: Client, dossier: Dossier
) -> None:
    dossiers.fill(dossier)
    redeemed(phone, opened(computer, dossier))
    dossiers.submit(dossier)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note("M01", 1))
    assert dossiers.again(dossier).state == State.RETURNED
    assert send(phone, position=1).status_code == 403


def test_a_locked_dossier_opens_none(cast: Cast, places: World) -> None:
    locked = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    computer = clients.of_candidate(dossiers.candidate_of(locked))
    assert computer.post(page_of(locked)).status_code == 409
    assert not Handover.objects.exists()


def test_returned_only_opened_places_can_be_handed_over(cast: Cast, places: World) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note("M01", 2))
    computer, phone = clients.of_candidate(dossiers.candidate_of(dossier)), clients.anonymous()
    assert computer.post(page_of(dossier, "M03")).status_code in {302, 409}
    redeemed(phone, opened(computer, dossier))
    locked, asked = (dossier.pictures.get(kind="M01", position=n, hidden_at=None) for n in (1, 2))
    page = text(phone.get("/phone/upload/"))
    assert str(asked.pk) in page
    assert str(locked.pk) not in page
    assert phone.post(f"/phone/pictures/{locked.pk}/delete/").status_code == 409
    assert phone.post(f"/phone/pictures/{asked.pk}/delete/").status_code == 302
    assert send(phone).status_code == 302
    assert Picture.objects.get(dossier=dossier, position=2, kind="M01", hidden_at=None).pk != asked.pk


def test_a_strangers_dossier_opens_none(places: World, dossier: Dossier) -> None:
    stranger = clients.of_candidate(dossiers.candidate_of(dossiers.register(places)))
    for path in ("", "news/", "code.png"):
        assert stranger.get(page_of(dossier) + path).status_code == 404
    assert stranger.post(page_of(dossier)).status_code == 404
    assert stranger.post(f"{page_of(dossier)}close/").status_code == 404


# --- guessing ------------------------------------------------------------------------------------------------
def test_guessing_codes_is_slowed_down_even_for_the_right_one(
    computer: Client, phone: Client, dossier: Dossier
) -> None:
    code = handing_over.code_of(opened(computer, dossier))
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    answers = [phone.post("/phone/", {"code": wrong}).status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    refusal = phone.post("/phone/", {"code": code})
    assert refusal.status_code == 429
    assert "10 分钟后再试" in text(refusal)
    elsewhere = clients.anonymous()
    answer = elsewhere.post("/phone/", {"code": code}, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 302


def test_guessing_from_many_addresses_is_slowed_down_too(
    computer: Client, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaosheng.web.candidate.views.phone.TRIES", {"handover_code": "10/10m/ip,12/10m/key"})
    code = handing_over.code_of(opened(computer, dossier))
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    answers = [
        clients.anonymous().post("/phone/", {"code": wrong}, REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(14)
    ]
    assert answers == [403] * 12 + [429] * 2


def test_right_codes_do_not_count(computer: Client, dossier: Dossier) -> None:
    for _ in range(12):
        code = handing_over.code_of(opened(computer, dossier))
        assert clients.anonymous().post("/phone/", {"code": code}).status_code == 302


@pytest.mark.parametrize("given", ["", "1234", "123456789", "abcdefgh", "１２３４５６７８"])
def test_what_is_no_code_is_said_at_the_field(phone: Client, db: None, given: str) -> None:
    answer = phone.post("/phone/", {"code": given})
    assert answer.status_code == 422
    assert "请输入电脑上显示的 8 位数字。" in text(answer)


def test_invented_keys_and_secrets_open_nothing(phone: Client, computer: Client, dossier: Dossier) -> None:
    opened(computer, dossier)
    phone.cookies[DEVICE_COOKIE] = ""
    assert send(phone).status_code == 403
    phone.cookies[DEVICE_COOKIE] = "x" * 43
    assert send(phone).status_code == 403
    assert phone.post("/phone/", {"secret": "x" * 43}).status_code == 403


def test_codes_differ(computer: Client, dossier: Dossier) -> None:
    codes = {handing_over.code_of(opened(computer, dossier)) for _ in range(20)}
    assert len(codes) == 20


def test_opened_at_and_expiry_are_ten_minutes_apart(computer: Client, dossier: Dossier) -> None:
    handover = opened(computer, dossier)
    assert isinstance(handover.opened_at, datetime)
    assert handover.expires_at - handover.opened_at == timedelta(minutes=10)


def test_staff_hand_nothing_over(cast: Cast, dossier: Dossier) -> None:
    with refused("not_found"):
        handing_over.open_handover(dossier_id=dossier.pk, actor=people.actor(cast.deng), kind="M01")

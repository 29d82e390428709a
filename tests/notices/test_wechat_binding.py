"""微信绑定 over real HTTP: a candidate's QR code, the account's calls, forged and replayed ones, another's WeChat."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from factories import clients, dossiers, world
from factories.official_account import (
    ADDRESS,
    APPID,
    LANE,
    TOKEN,
    codes,
    event,
    post,
    route,
    sealed,
    tell,
)
from factories.providers import Provider, serving
from factories.world import World
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier
from kaosheng.casework.services.addressing import person_code
from kaosheng.notices.models import Message, Notice, WechatBinding, WechatTicket
from kaosheng.notices.sending import run_lane

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(settings: Settings) -> Iterator[Provider]:
    """The official account's interfaces, listening."""
    with serving(lambda _request: True, codes) as provider:
        settings.NOTICE_ROUTES = route(provider.url)
        yield provider


def somebody(here: World, number: str, subject: str) -> tuple[Dossier, Client, str]:
    """A dossier, its candidate's browser and his code."""
    dossier = dossiers.register(here, number=number, subject=subject)
    candidate = dossiers.candidate_of(dossier)
    return dossier, clients.of_candidate(candidate), person_code(candidate.pk)


def page_of(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.pk}/data/wechat/"


def code_from(browser: Client, dossier: Dossier) -> str:
    """Press 生成二维码; what its picture carries."""
    assert browser.post(page_of(dossier)).status_code == 302
    picture = browser.get(page_of(dossier) + "code.png")
    assert (picture.status_code, picture["content-type"]) == (200, "image/png")
    return WechatTicket.objects.get(
        person=person_code(dossier.registration.candidate_id or pytest.fail("nobody"))
    ).code


def bound() -> dict[str, str]:
    """Person → openid."""
    return {row.person: row.openid for row in WechatBinding.objects.all()}


def test_a_scanned_code_binds_and_messages_go_there(account: Provider) -> None:
    dossier, browser, person = somebody(world(), "1327000001", "one")
    assert "还没有绑定微信" in browser.get(page_of(dossier)).content.decode()
    code = code_from(browser, dossier)
    assert account.came[-1].json == {
        "expire_seconds": 600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": code}},
    }
    assert "请用微信扫描二维码" in browser.get(page_of(dossier) + "news/").content.decode()

    assert tell("subscribe", "oPerson-1", EventKey=f"qrscene_{code}") == 200
    assert bound() == {person: "oPerson-1"}
    assert "已绑定微信" in browser.get(page_of(dossier) + "news/").content.decode()
    assert browser.get(page_of(dossier) + "code.png").status_code == 404

    dossiers.submit(dossiers.fill(dossier))
    account.answer = lambda request: (
        (200, {"errcode": 0, "msgid": 77}) if "template" in request.path else codes(request)
    )
    run_lane(LANE)
    assert account.came[-1].json["touser"] == "oPerson-1"
    assert tell("TEMPLATESENDJOBFINISH", "oPerson-1", MsgID="77", Status="success") == 200
    assert Notice.objects.get(channel="wechat").state == Notice.State.DELIVERED


def test_the_openid_is_sealed_and_the_trail_names_the_person_alone(account: Provider) -> None:
    dossier, browser, person = somebody(world(), "1327000001", "one")
    tell("SCAN", "oPerson-1", EventKey=code_from(browser, dossier))
    with connection.cursor() as cursor:
        cursor.execute("SELECT openid, openid_index FROM notices_wechatbinding")
        assert "oPerson-1" not in str(cursor.fetchall())
    found = AuditEvent.objects.get(name="wechat:bound")
    assert (f"{found.actor_kind}:{found.actor}", "oPerson-1" in str(found.__dict__)) == (person, False)


def test_a_code_serves_once_and_for_ten_minutes(account: Provider) -> None:
    dossier, browser, _person = somebody(world(), "1327000001", "one")
    code = code_from(browser, dossier)
    assert code_from(browser, dossier) == code
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        tell("SCAN", "oPerson-1", EventKey=code)
        assert bound() == {}
        later = code_from(browser, dossier)
        tell("SCAN", "oPerson-1", EventKey=later)
        tell("SCAN", "oStranger", EventKey=later)
    assert list(bound().values()) == ["oPerson-1"]


def test_whoever_binds_another_persons_wechat_takes_it_over_and_that_one_is_told(account: Provider) -> None:
    here = world()
    first, browser, _ = somebody(here, "1327000001", "one")
    second, other_browser, other = somebody(here, "1327000002", "two")
    tell("SCAN", "oShared", EventKey=code_from(browser, first))
    tell("SCAN", "oShared", EventKey=code_from(other_browser, second))
    assert bound() == {other: "oShared"}
    told = Message.objects.get(template="wechat_moved")
    assert told.about == f"dossier:{first.pk}"
    assert told.text.startswith("您绑定的微信已改为接收其他考生的通知")
    assert "还没有绑定微信" in browser.get(page_of(first)).content.decode()


def test_a_new_wechat_replaces_the_old_one(account: Provider) -> None:
    dossier, browser, person = somebody(world(), "1327000001", "one")
    for openid in ("oOld", "oNew"):
        tell("SCAN", openid, EventKey=code_from(browser, dossier))
    code_from(browser, dossier)
    assert browser.post(page_of(dossier) + "cancel/").status_code == 302
    assert bound() == {person: "oNew"}
    assert not Message.objects.filter(template="wechat_moved").exists()


def test_unbinding_and_unfollowing_end_it(account: Provider) -> None:
    here = world()
    first, browser, _ = somebody(here, "1327000001", "one")
    second, other_browser, other = somebody(here, "1327000002", "two")
    tell("SCAN", "oFirst", EventKey=code_from(browser, first))
    tell("SCAN", "oSecond", EventKey=code_from(other_browser, second))
    assert browser.post(page_of(first) + "unbind/").status_code == 302
    assert bound() == {other: "oSecond"}
    tell("unsubscribe", "oSecond")
    assert bound() == {}
    assert AuditEvent.objects.filter(name="wechat:unbound").count() == 2


def test_forged_calls_are_refused(account: Provider) -> None:
    dossier, browser, _ = somebody(world(), "1327000001", "one")
    content = event("SCAN", "oThief", EventKey=code_from(browser, dossier))
    query, body = sealed(content)
    refused = {
        "another token": post(*sealed(content, token="guessed")),
        "another account's": post(*sealed(content, appid="wx-other")),
        "too old": post(*sealed(content, stamp=time.time() - 301)),
        "from the future": post(*sealed(content, stamp=time.time() + 301)),
        "another body": post(query, sealed(content)[1]),
        "no signature": post({**query, "msg_signature": ""}, body),
        "plain": post(query, content.encode()),
    }
    assert set(refused.values()) == {401}
    assert post(query, b"not XML") == 422
    assert post(query, b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>') == 422
    assert post(query, b"\xff\xfe<") == 422
    assert post(query, body, address="/api/wechat/wx-unknown/") == 404
    assert bound() == {}
    assert post(query, body) == 200
    assert list(bound().values()) == ["oThief"]


def test_a_replayed_call_is_refused(account: Provider) -> None:
    dossier, browser, _ = somebody(world(), "1327000001", "one")
    call = sealed(event("SCAN", "oPerson-1", EventKey=code_from(browser, dossier)))
    assert post(*call) == 200
    browser.post(page_of(dossier) + "unbind/")
    away = sealed(event("unsubscribe", "oPerson-1"))
    assert (post(*call), post(*away), post(*away)) == (409, 200, 409)
    assert bound() == {}


def test_the_account_can_make_sure_of_our_address(account: Provider) -> None:
    stamp, nonce = "1700000000", "n"
    right = hashlib.sha1("".join(sorted([TOKEN, stamp, nonce])).encode()).hexdigest()  # noqa: S324 - WeChat's
    query = {"timestamp": stamp, "nonce": nonce, "echostr": "8253", "signature": right}
    answer = Client().get(ADDRESS, query_params=query)
    assert (answer.status_code, answer.content) == (200, b"8253")
    assert Client().get(ADDRESS, query_params={**query, "signature": "x"}).status_code == 401


def test_wechat_that_doesnt_answer_is_said_so(account: Provider) -> None:
    dossier, browser, _ = somebody(world(), "1327000001", "one")
    account.answer = lambda _request: (500, "")
    answer = browser.post(page_of(dossier))
    assert answer.status_code == 503
    assert "微信暂时没有回应" in answer.content.decode()


def test_without_an_account_there_is_nothing_to_bind(settings: Settings) -> None:
    settings.NOTICE_ROUTES = {"*": {"wechat": {"transport": "x", "account": APPID}}}
    dossier, browser, _ = somebody(world(), "1327000001", "one")
    assert browser.get(page_of(dossier)).status_code == 404
    assert "data/wechat" not in browser.get(f"/dossiers/{dossier.pk}/data/").content.decode()

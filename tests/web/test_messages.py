"""Messages on pages: the inbox, the call list, own words, mass sending; and what none of them tells."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from factories import clients, dossiers
from factories.people import Cast, cast
from factories.world import World
from kaosheng.casework.jobs.broadcasts import send_broadcast
from kaosheng.casework.models import Dossier
from kaosheng.domain.states import State
from kaosheng.notices.life import give_up
from kaosheng.notices.models import Mailing, Message, Notice, Wording
from kaosheng.notices.templates import TEXTS
from kaosheng.notices.wording import worded

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(here: World) -> Cast:
    return cast(here)


@pytest.fixture
def returned(here: World, house: Cast) -> Dossier:
    return dossiers.brought_to(here, State.RETURNED, cast=house)


def inbox(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.pk}/messages/"


def test_the_inbox_shows_every_message_and_marks_it_read(returned: Dossier) -> None:
    client = clients.of_candidate(dossiers.candidate_of(returned))
    assert "（2 条新消息）" in client.get(f"/dossiers/{returned.pk}/").content.decode()
    first = client.get(inbox(returned)).content.decode()
    assert first.index("报名材料待补充") < first.index("报名材料已提交")
    assert first.count("新消息") == 2
    assert "新消息" not in client.get(inbox(returned)).content.decode()
    assert "条新消息" not in client.get(f"/dossiers/{returned.pk}/").content.decode()


def test_looking_at_the_head_marks_nothing_read(returned: Dossier) -> None:
    clients.of_candidate(dossiers.candidate_of(returned)).head(inbox(returned))
    assert Message.objects.filter(read_at=None).count() == 2


def test_staff_see_what_became_of_each_message(returned: Dossier, house: Cast) -> None:
    for notice in Notice.objects.all():
        give_up(notice_id=notice.pk, reason="isv.MOBILE_NUMBER_ILLEGAL", now=timezone.now())
    page = clients.of_staff(house.chen).get(f"/staff/dossiers/{returned.pk}/messages/").content.decode()
    assert page.count("isv.MOBILE_NUMBER_ILLEGAL") == 2
    assert returned.registration.phone not in page


def test_whom_no_way_reached_stays_on_the_call_list_until_telephoned(returned: Dossier, house: Cast) -> None:
    client = clients.of_staff(house.feng)
    empty = client.get("/office/messages/unreached/").content.decode()
    assert "没有未送达的通知" in empty
    notice = Notice.objects.get(message__template="returned")
    give_up(notice_id=notice.pk, reason="空号", now=timezone.now())
    page = client.get("/office/messages/unreached/").content.decode()
    assert returned.registration.phone in page
    assert "空号" in page
    client.post(f"/office/messages/unreached/{notice.message_id}/phoned/")
    assert "没有未送达的通知" in client.get("/office/messages/unreached/").content.decode()
    message = Message.objects.get(pk=notice.message_id)
    assert (message.phoned_by, message.unreached_at is not None) == ("冯", True)


def test_another_site_sees_neither_counts_nor_calls(returned: Dossier, house: Cast) -> None:
    from factories.people import staff_account
    from kaosheng.domain.roles import Role

    give_up(notice_id=Notice.objects.get(message__template="returned").pk, reason="空号", now=timezone.now())
    other = staff_account(Role.SITE_MANAGER, site=dossiers.again(returned).intake.area.sites.get(code="1302"))
    client = clients.of_staff(other)
    assert "没有未送达的通知" in client.get("/office/messages/unreached/").content.decode()
    assert "发送统计" not in client.get("/office/messages/").content.decode()


def _text(client: Client, here: World, zh: str, **more: str) -> object:
    seen = worded(here.area.code, "result_released").digest
    data = {"zh": zh, "en": TEXTS["result_released"].en, "seen": seen, **more}
    return client.post(f"/office/messages/texts/{here.area.code}/result_released/", data)


def test_an_areas_own_words_are_used_from_then_on(here: World, house: Cast) -> None:
    client = clients.of_staff(house.jiang)
    _text(client, here, "您的{exam}结果已出，请登录查看。", **{"sms:zh": "SMS_1"})
    assert Wording.objects.get().approved == {"sms:zh": "SMS_1"}
    dossiers.brought_to(here, "released", cast=house)
    from kaosheng.casework.jobs.release import announce_release
    from kaosheng.casework.models import Release

    announce_release(release_id=Release.objects.get().pk)
    text = Message.objects.get(template="result_released").text
    assert text == "您的医师资格考试结果已出，请登录查看。"


def test_words_that_cannot_be_sent_are_refused_with_the_rule(here: World, house: Cast) -> None:
    client = clients.of_staff(house.jiang)
    answer = _text(client, here, "您的结果{score}已出")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "没有变量“score”" in answer.content.decode()  # type: ignore[attr-defined]
    assert not Wording.objects.exists()


def test_words_somebody_changed_meanwhile_are_not_overwritten(here: World, house: Cast) -> None:
    client = clients.of_staff(house.jiang)
    before = worded(here.area.code, "result_released").digest
    page = client.get(f"/office/messages/texts/{here.area.code}/result_released/").content.decode()
    assert f'name="seen" value="{before}"' in page
    _text(client, here, "您的{exam}结果已出。")
    answer = _text(client, here, "您的{exam}结果已出，请登录。", seen=before)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert "设置已被他人修改，您的修改没有保存" in page
    assert "您的{exam}结果已出，请登录。" in page
    assert Wording.objects.get().zh == "您的{exam}结果已出。"


def test_a_preview_counts_parts_and_saves_nothing(here: World, house: Cast) -> None:
    page = _text(clients.of_staff(house.jiang), here, "您的{exam}结果已出" + "字" * 60, preview="1")
    assert "最长 86 字，计 2 条" in page.content.decode()  # type: ignore[attr-defined]
    assert not Wording.objects.exists()


def test_a_test_goes_to_the_own_phone_ten_times_an_hour(here: World, house: Cast) -> None:
    client = clients.of_staff(house.jiang)
    address = f"/office/messages/texts/{here.area.code}/returned/test/"
    answers = [client.post(address, {"phone": "19912345678"}).status_code for _ in range(11)]
    assert answers == [302] * 10 + [422]
    assert set(Notice.objects.values_list("channel", flat=True)) == {"sms"}
    assert client.get("/office/messages/unreached/").status_code == 200


def _list(here: World, **more: object) -> dict[str, object]:
    return {"template": "broadcast_hall", "place": f"{here.intake.pk}-", "groups": ["draft", "returned"],
            "date_zh": "1月27日", "date_en": "27 January", **more}  # fmt: skip


def test_a_broadcast_shows_the_list_then_sends_once_the_number_is_typed(
    here: World, house: Cast, returned: Dossier
) -> None:
    draft = dossiers.register(here)
    dossiers.brought_to(here, State.AT_AREA, cast=house)
    client = clients.of_staff(house.jiang)
    preview = client.post("/office/messages/broadcast/", _list(here)).content.decode()
    assert "将发给 2 位考生" in preview
    assert "窗口1月27日暂停办理" in preview
    wrong = client.post("/office/messages/broadcast/", _list(here, counted=3))
    assert (wrong.status_code, Mailing.objects.count()) == (422, 0)
    client.post("/office/messages/broadcast/", _list(here, counted=2))
    mailing = Mailing.objects.get()
    for _ in range(2):
        send_broadcast(mailing_id=mailing.pk)
    told = set(mailing.messages.values_list("about", flat=True))
    assert told == {f"dossier:{draft.pk}", f"dossier:{returned.pk}"}
    page = client.get("/office/messages/").content.decode()
    assert "已生成 2 / 2" in page
    client.post(f"/office/messages/mailings/{mailing.pk}/stop/")
    assert set(Notice.objects.filter(message__mailing=mailing).values_list("state", flat=True)) == {"stopped"}
    client.post(f"/office/messages/mailings/{mailing.pk}/resume/")
    assert set(Notice.objects.filter(message__mailing=mailing).values_list("state", flat=True)) == {"queued"}


def test_a_site_reaches_its_own_candidates_only(here: World, house: Cast) -> None:
    client = clients.of_staff(house.feng)
    page = client.get("/office/messages/broadcast/").content.decode()
    assert f'value="{here.intake.pk}-{here.site.pk}"' in page
    assert f'value="{here.intake.pk}-{here.other_site.pk}"' not in page
    answer = client.post("/office/messages/broadcast/", _list(here, counted=1))
    assert answer.status_code == 422


def test_a_list_cannot_be_made_of_hidden_steps(here: World, house: Cast) -> None:
    """已提交 holds at the site, at the area and decided alike: who gets a message learns nothing by getting it."""
    for state in (State.AT_SITE, State.AT_AREA, State.DECIDED):
        dossiers.brought_to(here, state, cast=house)
    client = clients.of_staff(house.jiang)
    page = client.post("/office/messages/broadcast/", _list(here, groups=["submitted"])).content.decode()
    assert "将发给 3 位考生" in page
    answer = client.post("/office/messages/broadcast/", _list(here, groups=["at_area"]))
    assert answer.status_code == 422

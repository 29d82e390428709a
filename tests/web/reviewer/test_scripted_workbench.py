"""What the workbench's script asks for: changed parts, empty answers, the next dossier loaded ahead, refusals in a header."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.services.remarks import reasons_now
from kaosheng.catalogue.reasons import reasons_digest
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Workbench": "1"}


@pytest.fixture
def held(here: World, cast: Cast) -> Dossier:
    return dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), cast.chen)


def address(dossier: Dossier, verb: str = "") -> str:
    return f"/staff/dossiers/{dossier.pk}/" + (f"{verb}/" if verb else "")


def post(client: Client, dossier: Dossier, verb: str, **data: Any) -> Any:
    return client.post(
        address(dossier, verb), {"revision": dossiers.again(dossier).revision, **data}, headers=SCRIPT
    )


def test_the_page_holds_every_place_so_that_going_about_asks_nothing(cast: Cast, held: Dossier) -> None:
    page = clients.of_staff(cast.chen).get(address(held)).content.decode()
    for picture in held.pictures.all():
        assert f'id="panel-{picture.pk}"' in page
        assert f'data-full="{address(held)}pictures/{picture.pk}/"' in page
    assert page.count('<section class="panel"') == 7  # six pictures, and the other kind of the group
    assert page.count(" data-current") == 1


def test_a_mark_answers_with_the_parts_it_changed(cast: Cast, held: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    front = held.pictures.get(kind="M01", position=1)
    answer = post(client, held, "mark", kind="M01", position=1, verdict="accepted")
    parts = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="bench-bar"' in parts
    assert 'id="bench-kinds"' in parts
    assert parts.count('<section class="panel"') == 1
    assert f'id="panel-{front.pk}"' in parts
    assert "<html" not in parts


def test_the_rest_is_accepted_at_once_and_only_the_rest(cast: Cast, held: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    dossiers.mark(held, cast.chen, dossiers.replace_note(text="反光"))
    assert post(client, held, "accept-rest").status_code == 200
    marks = held.marks.order_by("kind", "position").values_list("verdict", flat=True)
    assert sorted(marks) == ["accepted"] * 5 + ["replace"]


def test_an_act_answers_nothing_and_a_refusal_its_sentence(cast: Cast, held: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    refused = post(client, held, "forward", verdict="pass")
    assert refused.status_code == 422
    assert unquote(refused.headers["X-Refusal"]) == "还有 6 张图片没有标记，全部标记后才能继续。"
    assert post(client, held, "forward", verdict="fail").status_code == 422
    dossiers.accept_all(held, cast.chen)
    stale = client.post(address(held, "forward"), {"revision": 99, "verdict": "pass"}, headers=SCRIPT)
    assert stale.status_code == 409
    assert "内容已更新" in unquote(stale.headers["X-Refusal"])
    sent = post(client, held, "forward", verdict="pass")
    assert (sent.status_code, sent.content) == (204, b"")
    assert dossiers.again(held).state == State.AT_AREA


def test_a_beacon_sends_like_a_form(cast: Cast, held: Dossier) -> None:
    dossiers.accept_all(held, cast.chen)
    given = {"revision": dossiers.again(held).revision, "verdict": "pass"}
    assert clients.of_staff(cast.chen).post(address(held, "forward"), given).status_code == 302
    assert dossiers.again(held).state == State.AT_AREA


def test_the_next_is_loaded_ahead_and_seen_only_when_it_is_opened(
    here: World, cast: Cast, held: Dossier
) -> None:
    client = clients.of_staff(cast.chen)
    client.get(address(held))
    following = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    page = client.post("/staff/queue/reserve/", headers=SCRIPT)
    assert f'data-address="{address(following)}"' in page.content.decode()
    for picture in following.pictures.all():
        assert client.get(f"{address(following)}pictures/{picture.pk}/").status_code == 200

    def viewed() -> int:
        return AuditEvent.objects.filter(name="dossier:viewed", object=str(following.pk)).count()

    reserved = AuditEvent.objects.get(name="dossier:reserved")
    assert sorted(reserved.details["pictures"]) == sorted(
        str(pk) for pk in following.pictures.values_list("pk", flat=True)
    )
    assert viewed() == 0
    assert post(client, following, "open").status_code == 204
    assert viewed() == 1
    assert not Lease.objects.filter(reserved=True).exists()
    assert client.post("/staff/queue/reserve/", headers=SCRIPT).status_code == 204


def test_its_page_opened_by_its_address_takes_what_was_loaded_ahead(
    here: World, cast: Cast, held: Dossier
) -> None:
    client = clients.of_staff(cast.chen)
    client.get(address(held))
    following = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client.post("/staff/queue/reserve/", headers=SCRIPT)
    assert Lease.objects.get(dossier=following).reserved is True
    for _ in range(2):
        assert client.get(address(following)).status_code == 200
    assert Lease.objects.get(dossier=following).reserved is False
    trail = AuditEvent.objects.filter(object=str(following.pk), actor=str(cast.chen.pk)).order_by("pk")
    assert list(trail.values_list("name", flat=True)) == [
        "dossier:reserved",
        "dossier:taken",
        "dossier:viewed",
        "dossier:viewed",
    ]


def test_opening_a_page_takes_nothing_that_was_not_loaded_ahead(here: World, cast: Cast) -> None:
    free = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    others = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), cast.chen_two)
    client = clients.of_staff(cast.chen)
    for dossier in (free, others):
        assert client.get(address(dossier)).status_code == 200
    assert list(Lease.objects.values_list("dossier", "holder")) == [(others.pk, cast.chen_two.pk)]


def brings_it_as_it_is_now(parts: str) -> None:
    """The registration with what was changed in it, and every place, one that is asked for only now among them."""
    for part in ("bench-bar", "bench-kinds", "bench-above", "bench-facts", "bench-history"):
        assert parts.count(f'id="{part}"') == 1
    assert re.findall(r'<section class="panel" id="panel-(M\d+)"', parts) == ["M04", "M14"]
    assert re.findall(r"<th scope=\"row\">(.*?)</th><td>(.*?)</td><td><strong>(.*?)</strong>", parts) == [
        ("姓名", "样本·艾", "样本·改"),
        ("有学位证书", "否", "是"),
    ]
    assert parts.count("样本·改") == 4  # the head, the difference, the summary and all of the registration
    assert "<html" not in parts


def test_who_asks_anew_is_told_what_changed_in_the_registration(here: World, cast: Cast) -> None:
    client = clients.of_staff(cast.chen)
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast, degree=False), cast.chen)
    client.get(address(dossier))
    dossiers.change_registration(dossier, here, name="样本·改", degree=True)
    brings_it_as_it_is_now(client.get(address(dossier), headers=SCRIPT).content.decode())


def test_what_changed_since_it_was_loaded_ahead_comes_with_its_opening(
    here: World, cast: Cast, held: Dossier
) -> None:
    client = clients.of_staff(cast.chen)
    following = dossiers.brought_to(here, State.AT_SITE, cast=cast, degree=False)
    page = client.post("/staff/queue/reserve/", headers=SCRIPT).content.decode()
    loaded = {"revision": following.revision}
    assert f'data-revision="{following.revision}"' in page
    dossiers.change_registration(following, here, name="样本·改", degree=True)
    answer = client.post(address(following, "open"), loaded, headers=SCRIPT)
    assert answer.status_code == 200
    brings_it_as_it_is_now(answer.content.decode())
    assert Lease.objects.get(dossier=following).reserved is False
    assert post(client, following, "open").status_code == 204


@pytest.mark.parametrize("ends", ["given back", "taken by another", "run out"])
def test_pictures_of_what_isnt_kept_any_more_are_an_opening(
    here: World, cast: Cast, held: Dossier, ends: str
) -> None:
    client = clients.of_staff(cast.chen)
    client.get(address(held))
    following = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client.post("/staff/queue/reserve/", headers=SCRIPT)
    if ends == "given back":
        client.post(address(held, "give-back"))
    else:
        Lease.objects.filter(reserved=True).update(until=timezone.now())
    if ends == "taken by another":
        dossiers.take(following, cast.chen_two)
    pictures = following.pictures.order_by("kind", "position")[:2]
    for picture in pictures:
        assert client.get(f"{address(following)}pictures/{picture.pk}/").status_code == 200
    viewed = AuditEvent.objects.filter(name="dossier:viewed", object=str(following.pk))
    assert [event.details["pictures"] for event in viewed] == [[str(pictures[0].pk)]]


def test_loaded_ahead_only_what_came_since_the_own_last_look_is_new(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client = clients.of_staff(cast.chen)
    for position in (1, 2):
        client.get(address(dossier))
        dossiers.return_(dossier, cast.chen, dossiers.replace_note("M01", position))
        newest = dossiers.replace(dossier, "M01", position)
        dossiers.submit(dossier)
    page = client.post("/staff/queue/reserve/", headers=SCRIPT).content.decode()
    (tile,) = (line for line in page.splitlines() if "kind__picture--new" in line)
    assert f'data-place="{newest.pk}"' in tile


def test_what_another_took_meanwhile_is_not_opened(here: World, cast: Cast, held: Dossier) -> None:
    following = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), cast.chen_two)
    client = clients.of_staff(cast.chen)
    assert post(client, following, "open").status_code == 409
    assert client.post(address(following, "renew")).status_code == 409
    assert client.post(address(held, "renew")).status_code == 204


def test_a_declared_conflict_closes_the_door(cast: Cast, held: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    given = {"revision": held.revision, "reason": "考生是我的学生"}
    assert client.post(address(held, "conflict"), given).status_code == 302
    answer = client.get(address(held))
    assert answer.status_code == 403
    assert held.registration.name not in answer.content.decode()
    assert held.registration.number not in client.get("/staff/queue/?tab=all").content.decode()


def test_keys_are_the_reviewers_to_switch_off(cast: Cast, held: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    assert 'data-shortcut-off-value="true"' not in client.get(address(held)).content.decode()
    answer = client.post("/staff/keys/", {"off": "1", "back": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/staff/"
    page = clients.of_staff(cast.chen).get(address(held)).content.decode()
    assert 'data-shortcut-off-value="true"' in page


def reasons_seen(here: World) -> str:
    return reasons_digest(reasons_now(area_id=here.area.pk, kind="M01"))


def test_reasons_of_the_area_stand_in_the_panel_and_reach_the_candidate(
    here: World, cast: Cast, held: Dossier
) -> None:
    manager = clients.of_staff(cast.jiang)
    given = {"kind": "M01", "zh1": "四角不全，请把证件放平后重拍。", "en1": "The corners are cut off."}
    assert manager.post("/office/reasons/", {**given, "seen": reasons_seen(here)}).status_code == 302
    page = clients.of_staff(cast.chen).get(address(held)).content.decode()
    assert "四角不全，请把证件放平后重拍。" in page
    answer = post(
        clients.of_staff(cast.chen),
        held,
        "mark",
        kind="M01",
        position=1,
        verdict="replace",
        reason_code="own1",
    )
    assert answer.status_code == 200
    mark = held.marks.get()
    assert (mark.text_zh, mark.text_en) == ("四角不全，请把证件放平后重拍。", "The corners are cut off.")
    no_chinese = {"kind": "M01", "en1": "Only English", "seen": reasons_seen(here)}
    assert manager.post("/office/reasons/", no_chinese).status_code == 422
    assert AuditEvent.objects.filter(name="reasons:changed").count() == 1

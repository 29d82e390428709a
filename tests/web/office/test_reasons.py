"""退回原因: for the campaign that runs, also while the next one is prepared; none is cut off; wrong words stay."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from factories import clients
from factories.people import Cast
from factories.world import KINDS, World, make_intake, publish_catalogue
from kaosheng.accounts.models import Grant, User
from kaosheng.catalogue.models import AreaReason
from kaosheng.catalogue.reasons import area_reasons
from kaosheng.domain.roles import Role
from kaosheng.regions.models import Intake

pytestmark = pytest.mark.django_db
PAGE = "/office/reasons/"


def next_intake(here: World) -> Intake:
    later = make_intake(here.area, code="2028YS")
    Intake.objects.filter(pk=later.pk).update(
        opens_at=timezone.now() + timedelta(days=300), closes_at=timezone.now() + timedelta(days=310)
    )
    return later


def shown(client: Client, query: str = "") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def post(client: Client, given: dict[str, Any]) -> Any:
    """Send the form of a kind, with what it saw unless `given` says otherwise."""
    query = f"?area={given.get('area', '')}&kind={given['kind']}"
    return client.post(PAGE, {"seen": seen(shown(client, query)), **given})


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def offered(page: str, select: str = "kind") -> list[str]:
    options = re.search(rf'<select[^>]*name="{select}">(.*?)</select>', page, re.DOTALL)
    return re.findall(r'value="([^"]*)"', options[1]) if options else []


def test_the_running_campaign_is_edited_while_the_next_is_prepared(here: World, cast: Cast) -> None:
    manager = clients.of_staff(cast.jiang)
    codes = [kind["code"] for kind in KINDS]
    later = next_intake(here)
    assert offered(shown(manager)) == codes
    assert post(manager, {"kind": "M03", "zh1": "印章不清"}).status_code == 302
    assert [reason.zh for reason in area_reasons(here.area.pk)["M03"]] == ["印章不清"]
    new = {**KINDS[-1], "code": "M50"}
    publish_catalogue(later, kinds=(KINDS[0], new), rules=())
    assert offered(shown(manager)) == ["M01", "M50", *codes[1:]]


def test_more_reasons_than_number_keys_are_all_kept(here: World, cast: Cast) -> None:
    AreaReason.objects.bulk_create(
        AreaReason(area=here.area, kind="M01", code=f"r{n}", order=n, text_zh=f"原因{n}", text_en="")
        for n in range(1, 13)
    )
    manager = clients.of_staff(cast.jiang)
    page = shown(manager, "?kind=M01")
    given: dict[str, Any] = dict(re.findall(r'name="((?:code|zh|en)\d+)" value="([^"]*)"', page))
    assert page.count("<kbd>") == 9
    assert post(manager, {"kind": "M01", **given, "zh13": "第十三条"}).status_code == 302
    kept = [(reason.code, reason.zh) for reason in area_reasons(here.area.pk)["M01"]]
    assert kept == [*((f"r{n}", f"原因{n}") for n in range(1, 13)), ("own1", "第十三条")]


def test_wrong_words_are_answered_on_the_page_and_stay(here: World, cast: Cast) -> None:
    User.objects.filter(pk=cast.chen.pk).update(name="韩立群")
    answer = post(clients.of_staff(cast.jiang), {"kind": "M01", "zh1": "请找韩立群", "zh2": "请重拍"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "工作人员的姓名“韩立群”" in page
    assert 'value="请找韩立群"' in page
    assert 'value="请重拍"' in page
    assert not AreaReason.objects.exists()


def test_each_area_has_its_own(here: World, cast: Cast) -> None:
    assert offered(shown(clients.of_staff(cast.jiang)), "area") == []
    Grant.objects.create(user=cast.jiang, role=Role.AREA_MANAGER, area=here.other_area)
    manager = clients.of_staff(cast.jiang)
    assert offered(shown(manager), "area") == ["13", "99"]
    assert post(manager, {"area": "99", "kind": "M01", "zh1": "样本原因"}).status_code == 302
    assert list(AreaReason.objects.values_list("area__code", "text_zh")) == [("99", "样本原因")]


@pytest.mark.parametrize("begun", ["before the other saved", "without having seen anything"])
def test_a_form_that_has_not_seen_the_reasons_that_are_there_is_refused(
    here: World, cast: Cast, begun: str
) -> None:
    manager = clients.of_staff(cast.jiang)
    before = seen(shown(manager, "?kind=M01")) if begun.startswith("before") else ""
    assert post(manager, {"kind": "M01", "zh1": "缺公章"}).status_code == 302
    answer = post(manager, {"kind": "M01", "zh1": "请重拍", "seen": before})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "设置已被他人修改，您的修改没有保存" in page
    assert ('value="请重拍"' in page, seen(page)) == (True, before)
    assert list(AreaReason.objects.values_list("text_zh", flat=True)) == ["缺公章"]

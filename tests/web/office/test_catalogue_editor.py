"""材料目录: preparing, editing by forms, trying on people, publishing with its effect in view."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories import clients, dossiers, pictures
from factories.people import Cast
from factories.world import World
from kaosheng.casework.queries.catalogues import desk_of
from kaosheng.domain.materials import Effect
from kaosheng.domain.states import State
from kaosheng.web.office.views import catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(cast: Cast, here: World) -> Client:
    client = clients.of_staff(cast.jiang)
    assert client.post(address(here, "begin/")).status_code == 302
    return client


def address(here: World, part: str = "") -> str:
    return f"/office/setup/{here.intake.pk}/catalogue/{part}"


def text(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def form_of(page: str) -> dict[str, str | list[str]]:
    """What a browser would send of the page's last form, untouched."""
    main = page[page.index("<main") : page.index("</main>")]
    form = main[main.rindex("<form") :]
    sent: dict[str, str | list[str]] = {}
    for field in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if not name or 'type="file"' in field:
            continue
        if ('type="radio"' in field or 'type="checkbox"' in field) and "checked" not in field:
            continue
        got = html.unescape(value[1]) if value else "on" if 'type="checkbox"' in field else ""
        if 'type="checkbox"' in field and name[1] in sent:
            sent[name[1]] = [*sent[name[1]], got]
        else:
            sent[name[1]] = [got] if 'type="checkbox"' in field else got
    for name, content in re.findall(r'<textarea name="([^"]*)"[^>]*>\s?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = html.unescape(content).lstrip("\r\n")
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def test_forms_nobody_touched_change_nothing(manager: Client, here: World) -> None:
    before = desk_of(here.intake)
    assert before.then is not None
    for kind in before.then.kinds:
        where = address(here, f"kinds/{kind.code}/")
        assert manager.post(where, form_of(text(manager, where))).status_code == 302, kind.code
    for number in range(len(before.then.rules)):
        where = address(here, f"rules/{number}/")
        assert manager.post(where, form_of(text(manager, where))).status_code == 302, number
    assert desk_of(here.intake).then == before.then


def test_a_kind_with_its_sample(manager: Client, here: World) -> None:
    where = address(here, "kinds/M03/")
    picture = SimpleUploadedFile("示例.jpg", pictures.jpeg(1))
    given = form_of(text(manager, where)) | {"name_zh": "学历证书", "maximum": "5", "picture": picture}
    assert manager.post(where, given).status_code == 302
    kind = desk_of(here.intake).shown.kind("M03")
    assert kind is not None
    assert (kind.name_zh, kind.maximum, bool(kind.sample)) == ("学历证书", 5, True)
    assert manager.get(address(here, "kinds/M03/sample/")).headers["Content-Type"] == "image/jpeg"
    bad = form_of(text(manager, where)) | {"picture": SimpleUploadedFile("a.jpg", b"nothing of the kind")}
    answer = manager.post(where, bad)
    assert answer.status_code == 415
    assert "jpg" in answer.content.decode()


def test_a_rule_by_its_form(manager: Client, here: World) -> None:
    where = address(here, "kinds/M99/rules/new/")
    given = form_of(text(manager, where)) | {
        "effect": "required", "reason_zh": "港澳台居民和外籍人员另交", "reason_en": "Residents of HMT and foreigners",
        "is_identity": ["hmt", "foreign"], "is_first_time": "yes", "from_graduation_year": "2010", "to_graduation_year": "2020",
    }  # fmt: skip
    assert manager.post(where, given).status_code == 302
    rule = desk_of(here.intake).shown.rules[-1]
    assert (rule.kind, rule.effect, rule.when) == (
        "M99",
        Effect.REQUIRED,
        {
            "identity": ["hmt", "foreign"],
            "first_time": True,
            "graduation_year": {"at_least": 2010, "at_most": 2020},
        },
    )
    page = text(manager, address(here))
    assert "考生身份：港澳台居民、外籍人员" in page
    assert "毕业年份：2010 到 2020" in page
    incomplete = manager.post(where, given | {"effect": "one_of", "seen": desk_of(here.intake).seen})
    assert incomplete.status_code == 422
    assert "没有填写组名" in incomplete.content.decode()


def test_trying_it_on_a_sample_and_on_a_real_registration(manager: Client, here: World) -> None:
    real = dossiers.register(here, degree=False).registration
    foreign = dossiers.register(here, site=here.foreign_site).registration
    manager.post(address(here, "kinds/M04/remove/"), {"seen": desk_of(here.intake).seen})
    page = text(manager, address(here, "try/?sample=direct"))
    assert "因为您直接报考执业医师" in page
    assert "有 1 种材料的要求不同" in page
    assert real.number in text(manager, address(here, f"try/?number={real.number}"))
    unknown = text(manager, address(here, f"try/?number={foreign.number}"))
    assert "本批次没有这个报名号" in unknown
    assert foreign.name not in unknown.replace(real.name, "") or foreign.name == real.name


def test_publishing_shows_its_effect_first(manager: Client, here: World, cast: Cast) -> None:
    dossiers.register(here)
    dossiers.register(here, degree=False)
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    manager.post(address(here, "kinds/M04/remove/"), {"seen": desk_of(here.intake).seen})
    page = text(manager, address(here, "publish/"))
    assert re.findall(r"<dd>(\d+)</dd>", page)[:3] == ["2", "1", "1"]
    assert "M04 学位证书" in page
    assert "1 人不再要求" in page
    given = form_of(page)
    assert manager.post(address(here, "publish/"), {"seen": "other"}).status_code == 409
    assert desk_of(here.intake).prepared is not None
    assert manager.post(address(here, "publish/"), given).status_code == 302
    desk = desk_of(here.intake)
    assert desk.prepared is None
    assert desk.now.kind("M04") is None
    assert "发布材料目录第 2 版" in text(manager, f"/office/setup/{here.intake.pk}/")


def test_the_drafts_that_change_are_named_a_page_at_a_time(
    manager: Client, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PER_PAGE", 2)
    changed = sorted(dossiers.register(here).registration.number for _ in range(3))
    same = dossiers.register(here, degree=False).registration.number
    manager.post(address(here, "kinds/M04/remove/"), {"seen": desk_of(here.intake).seen})

    def named(page: int) -> list[str]:
        rows = text(manager, address(here, f"publish/?page={page}"))
        return [number for number in (*changed, same) if f"?number={number}" in rows]

    assert [named(1), named(2)] == [changed[:2], changed[2:]]


def test_without_a_version_in_preparation_there_is_nothing_to_edit(here: World, cast: Cast) -> None:
    client = clients.of_staff(cast.jiang)
    page = text(client, address(here))
    assert "开始修改" in page
    assert "上移" not in page
    assert client.get(address(here, "kinds/M01/")).status_code == 409
    assert client.get(address(here, "publish/")).status_code == 409

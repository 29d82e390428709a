"""预检 in the workbench: beside the picture, on the picture, and what the candidate did."""

from __future__ import annotations

import re

import pytest

from factories import World, clients, dossiers
from factories.assistant import look_at_everything, upload_paper
from factories.people import Cast
from inspection.pages import NAME, NUMBER
from kaosheng.casework.models import Dossier, Picture, PictureAdvice
from kaosheng.casework.services.advising import confirm_advice, turn_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(here: World) -> Dossier:
    return dossiers.register(here, name=NAME, id_number=NUMBER)


def panel(cast: Cast, dossier: Dossier, picture: Picture, *, language: str = "") -> str:
    """The part of the page about one picture, as the site's reviewer sees it."""
    client = clients.of_staff(cast.chen)
    if language:
        client.cookies["kaosheng_language"] = language
    page = client.get(f"/staff/dossiers/{dossier.pk}/?picture={picture.pk}").content.decode()
    return (
        page.split(f'id="panel-{picture.pk}"')[1]
        .split("</section>\n</section>")[0]
        .split('<section class="panel"')[0]
    )


def fields(html: str) -> dict[str, str]:
    """What was looked for, and how it compares."""
    return {
        label: re.sub(r"<[^>]+>", " ", rest).split()[0]
        for label, rest in re.findall(
            r"<dt>([^<]+)</dt><dd>(.*?)</dd>", html.split("assistant__fields")[1], re.DOTALL
        )
    }


def submitted(dossier: Dossier) -> None:
    dossiers.fill(dossier)
    dossiers.submit(dossier)


def test_fields_stand_beside_the_picture_and_their_places_on_it(cast: Cast, dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1)
    look_at_everything()
    submitted(dossier)
    html = panel(cast, dossier, picture)
    assert fields(html) == {"材料": "与本项相符", "姓名": "一致", "证件号码": "一致"}
    assert "身份证人像面" in html
    assert "没有发现需要提示的问题。" in html
    (found,) = re.findall(r'data-found="([^"]*)"', 'data-found="' + html.split('data-found="')[1])
    parts = [entry.split(",") for entry in found.split(";")]
    assert [(entry[4], entry[5]) for entry in parts] == [
        ("agrees", "材料"),
        ("agrees", "姓名"),
        ("agrees", "证件号码"),
    ]
    assert all(0 <= float(figure) <= 1 for entry in parts for figure in entry[:4])


def test_unclear_and_not_found(cast: Cast, here: World) -> None:
    other = dossiers.register(here, name="李海涛", id_number="139999199001010016")
    picture = upload_paper(other, "M01", 1)
    look_at_everything()
    submitted(other)
    html = panel(cast, other, picture)
    assert fields(html) == {"材料": "与本项相符", "姓名": "未识别到", "证件号码": "不确定"}
    assert "未识别到登记姓名" in html
    # Neither what was read nor whose it is.
    assert NAME not in html
    assert NUMBER not in html


def test_the_history_of_a_turned_picture(cast: Cast, dossier: Dossier) -> None:
    sideways = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    upright = turn_picture(dossier_id=dossier.pk, picture=sideways, actor=dossiers.owner(dossier))
    look_at_everything()
    submitted(dossier)
    html = panel(cast, dossier, upright)
    assert "提示“画面可能向右转了 90°”：考生选择“帮我转正”，图片已由系统转正" in html
    assert "没有发现需要提示的问题。" in html


def test_the_reviewer_reads_that_the_candidate_stands_by_it(cast: Cast, dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=3)
    look_at_everything()
    confirm_advice(
        dossier_id=dossier.pk,
        picture_id=picture.pk,
        codes=frozenset({"turned"}),
        actor=dossiers.owner(dossier),
    )
    submitted(dossier)
    html = panel(cast, dossier, picture)
    assert re.search(r"画面可能上下颠倒.{0,60}考生确认无误", html)
    assert "提示“画面可能上下颠倒”：考生确认无误" in html


def test_english(cast: Cast, dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=2)
    look_at_everything()
    submitted(dossier)
    html = panel(cast, dossier, picture, language="en")
    assert "The picture may be mirrored left to right" in html
    assert fields(html)["Name"] == "Matches"


def test_what_was_given_up_or_never_looked_at(cast: Cast, dossier: Dossier) -> None:
    given_up, unknown = upload_paper(dossier, "M01", 1), upload_paper(dossier, "M01", 2, shows=("M01", 2))
    submitted(dossier)
    PictureAdvice.objects.filter(picture=given_up).update(stage="failed")
    PictureAdvice.objects.exclude(picture=given_up).delete()
    assert "未预检这张图片" in panel(cast, dossier, given_up)
    PictureAdvice.objects.update(stage="waiting")
    assert "尚未完成" in panel(cast, dossier, given_up)
    assert "预检" not in panel(cast, dossier, unknown)

"""预检 in the candidate's pages: with and without scripts, while it comes and when it is there."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from factories import World, clients, dossiers
from factories.assistant import look_at_everything, upload_paper
from inspection.pages import NAME, NUMBER
from kaosheng.casework.models import Dossier, PictureAdvice

TURNED = "画面可能向右转了 90°，请核对。"


@pytest.fixture
def dossier(places: World) -> Dossier:
    return dossiers.register(places, name=NAME, id_number=NUMBER)


@pytest.fixture
def client(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


def page(client: Client, dossier: Dossier, rest: str = "") -> str:
    answer = client.get(f"/dossiers/{dossier.pk}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def news_url(html: str) -> str:
    """Where the page asks for news; empty when it doesn't."""
    found = re.search(r'hx-get="([^"]*/advice/[^"]*)" hx-trigger="load delay:600ms, every 1500ms"', html)
    return found[1].replace("&amp;", "&") if found else ""


def test_a_page_asks_for_news_only_while_some_is_to_come(client: Client, dossier: Dossier) -> None:
    assert news_url(page(client, dossier)) == ""
    upload_paper(dossier, "M01", 1, orientation=6)
    html = page(client, dossier)
    assert TURNED not in html
    url = news_url(html)
    assert client.get(url).status_code == 204
    look_at_everything()
    answer = client.get(url)
    assert answer.status_code == 200
    news = answer.content.decode()
    assert re.search(r'id="advice-M01" hx-swap-oob="innerHTML">\s*<div class="advice">', news)
    assert TURNED in news
    assert "帮我转正" in news
    assert news_url(news) == ""
    html = page(client, dossier)
    assert TURNED in html
    assert news_url(html) == ""


def test_turned_without_scripts(client: Client, dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    (url,) = re.findall(r'<form method="post" action="([^"]*/turn/)"', page(client, dossier))
    answer = client.post(url, follow=True)
    assert "图片已转正" in answer.content.decode()
    assert not dossier.pictures.filter(pk=picture.pk).exists()
    assert (upright := dossier.pictures.get()).width > upright.height
    look_at_everything()
    assert TURNED not in page(client, dossier)


def test_turned_by_script_the_card_comes_back_and_asks_for_news(client: Client, dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    answer = client.post(
        f"/dossiers/{dossier.pk}/pictures/{picture.pk}/turn/", headers={"HX-Request": "true"}
    )
    card = answer.content.decode()
    assert 'id="material-M01"' in card
    assert TURNED not in card
    assert news_url(card)


def test_confirmed_it_is_not_said_again(client: Client, dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    html = page(client, dossier)
    assert 'name="code" value="turned"' in html
    client.post(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/confirm/", {"code": "turned"})
    html = page(client, dossier)
    assert TURNED not in html
    assert PictureAdvice.objects.get(picture=picture).confirmed == ["turned"]


@pytest.mark.parametrize("sent", [{"code": "nonsense"}, {"code": "x" * 500}, {"code": ""}, {}])
def test_what_is_no_advice_confirms_nothing(client: Client, dossier: Dossier, sent: dict[str, str]) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    answer = client.post(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/confirm/", sent)
    assert answer.status_code == 409
    assert PictureAdvice.objects.get(picture=picture).confirmed == []


def test_one_sentence_a_picture_that_never_accuses(client: Client, places: World) -> None:
    other = dossiers.register(places, name="李海涛")
    upload_paper(other, "M01", 1)
    look_at_everything()
    html = page(clients.of_candidate(dossiers.candidate_of(other)), other)
    assert "未能在图片中识别到登记姓名，请核对。" in html
    assert html.count('class="advice"') == 1
    assert "不符" not in html
    assert "重新上传" in html
    assert NAME not in html


def test_the_check_page_lists_open_advice_and_lets_submit(client: Client, dossier: Dossier) -> None:
    upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    dossiers.fill(dossier)
    html = page(client, dossier, "check/")
    assert "预检提示" in html
    assert TURNED in html
    assert 'name="commitment"' in html
    dossiers.submit(dossier)
    assert TURNED not in page(client, dossier)


def test_the_same_picture_is_told_with_the_place_of_the_other(client: Client, dossier: Dossier) -> None:
    upload_paper(dossier, "M01", 1)
    upload_paper(dossier, "M01", 2)
    html = page(client, dossier)
    assert re.search("这张图片与“[^”]*”的图片相同，请核对是否重复上传。", html)


def test_without_the_assistant_the_page_says_nothing(
    client: Client, dossier: Dossier, settings: Settings
) -> None:
    settings.PICTURE_ASSISTANT = False
    upload_paper(dossier, "M01", 1, orientation=6)
    upload_paper(dossier, "M01", 2, orientation=6)
    html = page(client, dossier)
    assert 'class="advice"' not in html
    assert news_url(html) == ""


def test_english(client: Client, dossier: Dossier) -> None:
    upload_paper(dossier, "M01", 1, orientation=2)
    look_at_everything()
    client.cookies["kaosheng_language"] = "en"
    html = page(client, dossier)
    assert "The picture may be mirrored left to right. Please check." in html
    assert "Turn it for me" in html

"""A request of a form that failed: the next press sends it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.uploading.steps import card
from factories import dossiers, world
from factories.assistant import look_at_everything, upload_paper
from inspection.pages import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_picture_is_turned_at_the_second_try(sees: Callable[..., Page], complaints: list[str]) -> None:
    dossier = dossiers.register(world(), name=NAME, id_number=NUMBER)
    upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    page = sees(dossier)
    turn = card(page, "M01").get_by_role("button", name="帮我转正")
    page.route("**/turn/", lambda route: route.abort())
    turn.tap()
    expect(page.locator("#trouble")).to_contain_text("网络不通，刚才的操作没有完成。")
    page.unroute_all()
    turn.tap()
    expect(turn).to_have_count(0)
    assert all("ERR_FAILED" in text for text in complaints)
    complaints.clear()

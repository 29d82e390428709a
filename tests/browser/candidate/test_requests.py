"""A form that a script sends: once, and again after its request failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.held import Held
from browser.uploading.steps import card
from factories import dossiers, world
from factories.assistant import look_at_everything, upload_paper
from inspection.pages import NAME, NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Request

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
    expect(page.locator("#live")).to_have_text("图片已转正，请再核对一次。")
    expect(card(page, "M01").locator(".advice")).to_have_count(0)
    assert all("ERR_FAILED" in text for text in complaints)
    complaints.clear()


def test_a_picture_is_deleted_once_though_the_button_is_pressed_twice(sees: Callable[..., Page]) -> None:
    page = sees(dossiers.fill(dossiers.register(world())))
    sent: list[str] = []

    def heard(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", heard)
    held = Held(page, "**/delete/")
    card(page, "M03").locator(".slot__remove").tap()
    delete = page.get_by_role("dialog").get_by_role("button", name="删除", exact=True)
    delete.tap()
    deletion = held.come()
    delete.dispatch_event("click")
    deletion.continue_()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#trouble")).to_be_hidden()
    assert len(sent) == 1

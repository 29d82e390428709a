"""The question before a page is left for good with pictures that weren't submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.uploading.steps import card
from factories import dossiers, people, world
from kaosheng.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def unsent(sees: Callable[..., Page]) -> Callable[..., Page]:
    """Open a page of somebody who has replaced a picture and not submitted it again; she stays when asked."""

    def opened(path: str = "") -> Page:
        here = world()
        dossier = dossiers.brought_to(here, State.RETURNED, cast=people.cast(here))
        dossiers.replace(dossier)
        page = sees(dossier, path)
        expect(page.locator("#unsent")).to_contain_text("尚未重新提交")
        page.wait_for_load_state()
        page.on("dialog", lambda question: question.dismiss())
        return page

    return opened


def test_logging_out_asks(unsent: Callable[..., Page]) -> None:
    page = unsent("data/")
    with page.expect_event("dialog") as question:
        page.get_by_role("button", name="退出登录").tap()
    assert question.value.type == "beforeunload"


def test_a_link_within_the_page_leaves_nothing(unsent: Callable[..., Page]) -> None:
    page = unsent()
    page.get_by_role("link", name="查看材料").tap()
    expect(card(page, "M01")).to_be_in_viewport()
    with page.expect_event("dialog") as question:
        page.close(run_before_unload=True)
    assert question.value.type == "beforeunload"


def test_a_download_leaves_nothing(unsent: Callable[..., Page]) -> None:
    page = unsent("data/")
    with page.expect_download():
        page.get_by_role("link", name="下载我的图片").tap()
    with page.expect_event("dialog") as question:
        page.close(run_before_unload=True)
    assert question.value.type == "beforeunload"

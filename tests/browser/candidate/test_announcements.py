"""What screen readers are told: in the dialog that lies over the page, and after what scripts did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.uploading.steps import card, choose, file
from factories import dossiers, people, world
from factories.pictures import jpeg
from kaosheng.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def small() -> FilePayload:
    """Choose a picture with fewer pixels than print needs."""
    return {"name": "small.jpg", "mimeType": "image/jpeg", "buffer": jpeg(3, width=800, height=600)}


def test_what_is_said_is_said_in_the_uppermost_dialog(sees: Callable[..., Page]) -> None:
    page = sees(dossiers.register(world()))
    sheet = choose(page, small())
    said = sheet.locator("> #live")
    expect(said).to_contain_text("图片已处理好")
    expect(said).to_contain_text("小字可能看不清")
    sheet.get_by_role("button", name="关闭").tap()
    expect(page.locator("body > #live")).to_have_count(1)


def test_a_picture_over_the_dialog_has_what_is_said_for_as_long_as_it_lies_there(
    sees: Callable[..., Page],
) -> None:
    page = sees(dossiers.register(world()))
    sheet = choose(page, file(1))
    expect(sheet.locator("> #live")).to_contain_text("图片已处理好")
    sheet.evaluate(
        """sheet => {
            const link = document.createElement("a");
            Object.assign(link, { href: "/static/none.jpg", textContent: "示例" });
            link.dataset.action = "lightbox#open";
            sheet.querySelector(".sheet__body").prepend(link);
        }"""
    )
    page.route("**/none.jpg", lambda route: route.fulfill(body=jpeg(1), content_type="image/jpeg"))
    sheet.get_by_role("link", name="示例").tap()
    expect(page.locator("dialog.lightbox[open] > #live")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(sheet.locator("> #live")).to_have_count(1)


def test_what_a_script_did_is_said(sees: Callable[..., Page]) -> None:
    here = world()
    page = sees(dossiers.brought_to(here, State.RETURNED, cast=people.cast(here)))
    said, sheet = page.locator("body > #live"), page.get_by_role("dialog")
    card(page, "M01").locator(".slot__remove").tap()
    sheet.get_by_role("button", name="删除", exact=True).tap()
    expect(said).to_have_text("图片已删除，这个位置可以重新上传。")
    card(page, "M01").get_by_role("link", name="撤销删除").tap()
    sheet.get_by_role("button", name="恢复原图").tap()
    expect(said).to_have_text("已恢复原图。")
    card(page, "M01").get_by_role("link", name="无法更换").tap()
    sheet.get_by_label("原因").fill("证件正在换发")
    sheet.get_by_role("button", name="保存").tap()
    expect(said).to_have_text("已保存您的说明，审核人员会看到。")

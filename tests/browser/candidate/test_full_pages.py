"""What opens over the page elsewhere opens as a page of its own where the browser has no dialogs (iOS 13 to 15.3)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from browser.uploading.steps import card
from factories import dossiers, people, world
from kaosheng.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WITHOUT_DIALOGS: Final = "delete HTMLDialogElement.prototype.showModal"


def answered(page: Page, button: str, kind: str, sentence: str) -> None:
    """Press the button of a page that asks; the list comes, at the card, with the sentence on top."""
    page.get_by_role("button", name=button, exact=True).tap()
    expect(page.locator(".page__messages")).to_have_text(re.compile(sentence))
    expect(page).to_have_url(re.compile(f"/dossiers/[^/]+/#material-{kind}$"))


def asked(link: Locator, heading: str) -> None:
    """Follow a link to the page that asks."""
    link.tap()
    expect(link.page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def test_a_picture_is_deleted_and_its_kind_promised_and_explained(sees: Callable[..., Page]) -> None:
    page = sees(dossiers.fill(dossiers.register(world())), script=WITHOUT_DIALOGS)
    links = card(page, "M03").get_by_role("link")
    asked(card(page, "M03").locator(".slot__remove"), "删除这张图片？")
    answered(page, "删除", "M03", "图片已删除，这个位置可以重新上传。")

    asked(links.filter(has_text="暂时无法提供"), "暂时无法提供：毕业证书")
    page.get_by_label("预计提供日期").fill((timezone.localdate() + timedelta(days=7)).isoformat())
    page.get_by_label("原因").fill("学校补办中")
    answered(page, "保存", "M03", "已登记“暂时无法提供”。")
    asked(links.filter(has_text="修改“暂时无法提供”"), "暂时无法提供：毕业证书")
    answered(page, "取消这项说明", "M03", "已取消“暂时无法提供”。")

    asked(links.filter(has_text=re.compile("^无法提供")), "无法提供：毕业证书")
    page.get_by_label("原因").fill("学校已撤销")
    answered(page, "保存", "M03", "已保存您的说明，审核人员会看到。")
    asked(links.filter(has_text="修改“无法提供”的说明"), "无法提供：毕业证书")
    answered(page, "取消这项说明", "M03", "已取消说明。")


def test_a_deleted_picture_is_brought_back(sees: Callable[..., Page]) -> None:
    here = world()
    page = sees(dossiers.brought_to(here, State.RETURNED, cast=people.cast(here)), script=WITHOUT_DIALOGS)
    asked(card(page, "M01").locator(".slot__remove"), "删除这张图片？")
    answered(page, "删除", "M01", "图片已删除，这个位置可以重新上传。")
    asked(card(page, "M01").get_by_role("link", name="撤销删除"), "恢复原图？")
    answered(page, "恢复原图", "M01", "已恢复原图。")
    expect(card(page, "M01").locator(".slot img")).to_have_count(2)

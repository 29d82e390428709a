"""What can go wrong between 提交 in the dialog and 提交审核, and what the page does and says about it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from browser.guide.test_guide import PHONE
from browser.uploading.steps import (
    KIND,
    UNDER_WAY,
    card,
    choose,
    file,
    kept,
    send,
    slow,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System
    from browser.uploading.line import Line

pytestmark = pytest.mark.browser

WHO = "troubled"
"""Has places of his own: those of a kind are ten."""
WITHOUT_DATABASE = "IDBFactory.prototype.open = () => { throw new Error('private window') }"
LARGE_ONES_TAKE_LONGER = """() => {
    const known = crypto.subtle.digest.bind(crypto.subtle);
    crypto.subtle.digest = async (name, data) => {
        if (data.byteLength > 100_000) {
            await new Promise((done) => setTimeout(done, 500));
        }
        return known(name, data);
    };
}"""


def asked_before_leaving(page: Page) -> list[str]:
    """Note every question the page asks, and answer it by yes."""
    asked: list[str] = []

    def answered(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answered)
    return asked


def test_nothing_is_submitted_while_a_picture_is_on_its_way(
    phone: Callable[..., Page], count: Callable[..., int]
) -> None:
    page = phone(WHO)
    before = count(WHO)
    slow(page)
    send(page, file(21))
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    page.locator("#primary-action a").tap()
    submit = page.get_by_role("button", name="提交审核")
    expect(submit).to_be_disabled()
    expect(page.get_by_text("还有 1 张图片没有传完，全部传完后才能提交。")).to_be_visible()
    expect(page.locator(".sending")).to_be_visible()
    expect(submit).to_be_enabled()
    assert count(WHO) == before + 1
    expect(page.locator(".checklist li", has_text="其他证明材料")).to_contain_text(f"{before + 1} 张")


def test_what_is_not_wanted_any_more_does_not_keep_anybody_from_submitting(
    phone: Callable[..., Page], count: Callable[..., int]
) -> None:
    page = phone(WHO)
    before = count(WHO)
    slow(page)
    send(page, file(22))
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    page.locator("#primary-action a").tap()
    expect(page.get_by_role("heading", name="提交前核对")).to_be_visible()
    page.locator(".sending").get_by_role("button", name="取消上传").tap()
    expect(page.get_by_role("button", name="提交审核")).to_be_enabled()
    assert count(WHO) == before


def test_leaving_asks_straight_after_an_upload_and_on_the_check_page(phone: Callable[..., Page]) -> None:
    page = phone(WHO)
    asked = asked_before_leaving(page)
    slow(page)
    send(page, file(23))
    expect(page.locator(".sending")).to_have_count(1)  # a row is shown once its picture is kept
    page.goto("about:blank")
    assert asked == ["beforeunload"]
    page.go_back()
    expect(page.locator(".sending")).to_have_count(1)
    expect(page.locator(".sending")).to_have_count(0)
    page.locator("#primary-action a").tap()
    expect(page.get_by_role("heading", name="提交前核对")).to_be_visible()
    expect(page.locator("#unsent")).to_contain_text("尚未提交审核")
    page.wait_for_load_state()
    page.locator("h1").tap()
    assert asked == ["beforeunload"]
    page.goto("about:blank")
    assert asked == ["beforeunload"] * 2


def test_several_pictures_keep_their_order(
    phone: Callable[..., Page], system: System, count: Callable[..., int]
) -> None:
    """The smaller one is ready first; its turn is still the second."""
    page = phone(WHO)
    before = count(WHO)
    page.evaluate(LARGE_ONES_TAKE_LONGER)
    large, small = file(24, 195_000), file(25, 20_000, width=200)
    send(page, large, small)
    expect(card(page).locator(".slot img")).to_have_count(before + 2)
    statement = "SELECT received_digest FROM casework_picture WHERE dossier_id = %s AND kind = %s ORDER BY position DESC"
    found = system.execute(statement, system.people[WHO]["dossier"], KIND)[:2]
    digests = [f"sha256:{hashlib.sha256(one['buffer']).hexdigest()}" for one in (small, large)]
    assert [digest for (digest,) in found] == digests


def test_where_nothing_is_kept_nobody_is_told_that_it_is(
    phone: Callable[..., Page],
    new_context: Callable[..., BrowserContext],
    count: Callable[..., int],
    complaints: list[str],
) -> None:
    context = new_context(**PHONE)
    context.add_init_script(WITHOUT_DATABASE)
    page = phone(WHO, context=context)
    before = count(WHO)
    sheet = choose(page, file(26))
    expect(sheet.get_by_role("button", name="提交")).to_be_enabled()
    context.set_offline(True)
    sheet.get_by_role("button", name="提交").tap()
    row = card(page).locator(".sending")
    expect(row).to_contain_text("网络已断开，恢复后自动继续。请不要关闭本页")
    expect(page.locator(".uploads__bar")).to_have_text("1 张图片等待网络恢复，请不要关闭本页")
    asked = asked_before_leaving(page)
    # Even the way to another page of the service would lose it.
    page.evaluate("document.querySelector('#primary-action a').click()")
    assert asked == ["beforeunload"]
    assert count(WHO) == before
    complaints.clear()  # of the network that was taken away


def test_an_expired_log_in_leads_to_the_next_one(
    phone: Callable[..., Page], system: System, complaints: list[str]
) -> None:
    page = phone(WHO)
    sheet = choose(page, file(27))
    page.context.clear_cookies(name="kaosheng_session")
    sheet.get_by_role("button", name="提交").tap()
    page.get_by_role("link", name="重新登录").tap()
    page.wait_for_url(f"{system.service}/")
    assert kept(page) == 1
    assert all("403" in text for text in complaints)
    complaints.clear()


def test_a_late_answer_is_waited_for(
    phone: Callable[..., Page], line: Line, count: Callable[..., int]
) -> None:
    page = phone(WHO, by=line.url)
    before = count(WHO)
    line.answers.clear()
    page.clock.install()
    send(page, file(28))
    state = card(page).locator(".sending__state")
    expect(state).to_have_text("已传完，等待确认")
    page.clock.fast_forward(60_000)
    expect(state).to_have_text("已传完，等待确认")
    line.answers.set()
    expect(page.locator(".sending")).to_have_count(0)
    assert len(line.keys) == 1
    assert count(WHO) == before + 1

"""Uploads that survive: lost answers, slow lines, reloads, lost networks, expired log-ins; never a second picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import Page, expect

from browser.guide.system import moments
from browser.uploading.steps import (
    KIND,
    UNDER_WAY,
    card,
    choose,
    file,
    forgive_the_lost_network,
    kept,
    send,
    slow,
)
from factories.photographs import photograph

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.guide.system import System
    from browser.uploading.line import Line

pytestmark = pytest.mark.browser


def test_a_lost_answer_makes_no_second_picture(
    phone: Callable[..., Page], line: Line, count: Callable[..., int], complaints: list[str]
) -> None:
    page = phone(by=line.url)
    before = count()
    line.lose = 2
    send(page, file(1))
    expect(card(page).locator(".sending__state")).to_contain_text("自动重试")
    expect(page.locator(".sending")).to_have_count(0)
    assert len(line.keys) == 3
    assert len(set(line.keys)) == 1
    assert count() == before + 1
    assert kept(page) == 0
    assert complaints
    complaints.clear()


SAYS: Final = """([place, words]) => document.querySelector(place)?.textContent.includes(words)"""
"""Asked in every frame: what stands for a second falls between the questions of `expect`."""


def test_the_pauses_between_tries_grow_up_to_a_minute(
    phone: Callable[..., Page], line: Line, count: Callable[..., int], complaints: list[str]
) -> None:
    page = phone(by=line.url)
    before = count()
    line.lose = 100
    send(page, file(15))
    row = card(page).locator(".sending")
    again = row.get_by_role("button", name="立即重试")
    for seconds in (1, 2, 4, 8, 15, 30):
        page.wait_for_function(SAYS, arg=[".sending__state", f"网络不稳定，{seconds} 秒后自动重试"])
        if seconds > 2:  # the shorter ones end before a finger comes
            again.tap()
    expect(row.locator(".sending__state")).to_have_text("网络不稳定，60 秒后自动重试")
    line.lose = 0
    again.tap()
    expect(row).to_have_count(0)
    assert count() == before + 1
    assert len(set(line.keys)) == 1
    complaints.clear()


def test_several_files_go_one_after_another_over_a_slow_line(
    phone: Callable[..., Page], line: Line, count: Callable[..., int]
) -> None:
    page = phone(by=line.url)
    before = count()
    slow(page)
    send(page, file(2, 195_000), file(3, 195_000))
    first, second = card(page).locator(".sending").nth(0), card(page).locator(".sending").nth(1)
    expect(second.locator(".sending__state")).to_have_text("等待上传")
    expect(first.locator("progress")).to_have_js_property("hidden", value=False)
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    expect(page.locator(".uploads__bar")).to_have_text("2 张图片正在上传")
    expect(page.locator(".sending")).to_have_count(0)
    assert count() == before + 2
    assert len(set(line.keys)) == len(line.keys) == 2
    assert line.most_at_once == 1


def test_a_reload_in_mid_upload_loses_nothing(
    phone: Callable[..., Page], count: Callable[..., int], complaints: list[str]
) -> None:
    page = phone()
    before = count()
    slow(page)
    send(page, file(4, 195_000))
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    assert kept(page) == 1
    page.reload()
    expect(page.locator(".uploads__bar")).to_be_visible()
    expect(page.locator(".sending")).to_have_count(0)
    assert count() == before + 1
    assert kept(page) == 0
    complaints.clear()


def test_a_tab_closed_without_network_goes_on_at_the_next_visit(
    phone: Callable[..., Page], count: Callable[..., int], complaints: list[str]
) -> None:
    page = phone()
    before, context = count(), page.context
    sheet = choose(page, file(5))
    expect(sheet.get_by_role("button", name="提交")).to_be_enabled()
    context.set_offline(True)
    sheet.get_by_role("button", name="提交").tap()
    expect(card(page).locator(".sending__state")).to_contain_text("网络已断开，图片已保存在这台设备上")
    page.close()
    context.set_offline(False)
    assert count() == before
    page = phone(context=context)
    expect(page.locator(".sending")).to_have_count(0)
    expect(card(page).locator(".slot img")).to_have_count(before + 1)
    assert count() == before + 1
    forgive_the_lost_network(complaints)


def test_taking_back_stops_it(phone: Callable[..., Page], count: Callable[..., int]) -> None:
    page = phone()
    before = count()
    slow(page)
    send(page, file(6), file(7))
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    card(page).locator(".sending").first.get_by_role("button", name="取消上传").tap()
    page.wait_for_function(SAYS, arg=["#live", "已取消上传"])
    expect(page.locator(".sending")).to_have_count(0)
    assert count() == before + 1


def test_more_files_than_free_places_are_left_out_with_a_sentence(phone: Callable[..., Page]) -> None:
    page = phone()
    sheet = choose(page, file(8), file(9), file(10), file(11), kind="M03")
    expect(sheet.locator("#upload-message")).to_have_text(
        "选了 4 张，这项材料还能上传 2 张；已取前 2 张，其余没有加入。"
    )
    expect(sheet.locator(".upload__strip img")).to_have_count(2)
    expect(sheet.get_by_role("button", name="提交 2 张")).to_be_enabled()


def test_pictures_of_another_person_are_thrown_away(
    phone: Callable[..., Page], count: Callable[..., int], complaints: list[str]
) -> None:
    """Office computers are shared."""
    page = phone()
    before, context = count(), page.context
    sheet = choose(page, file(11))
    expect(sheet.get_by_role("button", name="提交")).to_be_enabled()
    context.set_offline(True)
    sheet.get_by_role("button", name="提交").tap()
    expect(page.locator(".sending")).to_have_count(1)
    assert kept(page) == 1
    page.close()
    context.set_offline(False)
    page = phone("draft", context=context)
    for _ in moments():
        if kept(page) == 0:
            break
    assert kept(page) == 0
    page = phone(context=context)
    page.wait_for_load_state("networkidle")
    assert count() == before
    forgive_the_lost_network(complaints)


def test_an_expired_log_in_keeps_the_picture(
    phone: Callable[..., Page],
    system: System,
    count: Callable[..., int],
    complaints: list[str],
) -> None:
    page = phone()
    before = count()
    sheet = choose(page, file(12))
    page.context.clear_cookies(name="kaosheng_session")
    sheet.get_by_role("button", name="提交").tap()
    row = card(page).locator(".sending")
    expect(row).to_contain_text("登录已过期。请重新登录，图片保存在这台设备上")
    assert kept(page) == 1
    session = system.people["sender"]["session"]
    page.context.add_cookies([{"name": "kaosheng_session", "value": session, "url": system.service}])
    row.get_by_role("button", name="立即重试").tap()
    expect(row).to_have_count(0)
    assert count() == before + 1
    assert all("403" in text for text in complaints)
    complaints.clear()


def test_another_digest_is_no_confirmation(phone: Callable[..., Page], line: Line) -> None:
    page = phone(by=line.url)
    line.forge = f"sha256:{'0' * 64}"
    send(page, file(13))
    expect(card(page).locator(".sending")).to_contain_text("服务器收到的图片与您提交的不一致")
    assert kept(page) == 1


def test_leaving_asks_while_something_is_not_submitted(phone: Callable[..., Page]) -> None:
    page = phone()
    asked: list[str] = []

    def answered(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answered)
    send(page, file(14))
    expect(card(page).locator(".slot img")).to_have_count(1)
    expect(page.locator(".sending")).to_have_count(0)
    page.locator("#primary-action a").tap()
    expect(page.get_by_role("heading", name=re.compile("提交前核对$"))).to_be_visible()
    assert asked == []
    page.go_back()
    expect(page.locator("#unsent")).to_contain_text("尚未提交审核")
    page.locator("h1").tap()
    page.goto("about:blank")
    assert asked == ["beforeunload"]


def test_a_sideways_photograph_over_a_slow_line_is_in_upright(
    phone: Callable[..., Page], system: System
) -> None:
    """The issue's own trial: 8 MB, sideways, 2G; the person's part ends when the dialog closes."""
    page = phone("photographer")
    slow(page)
    taken = photograph(orientation=6, quality=99)
    assert len(taken) > 3_000_000
    send(page, {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": taken})
    expect(card(page).locator(".slot img")).to_have_count(1)
    statement = "SELECT width, height, bytes FROM casework_picture WHERE dossier_id = %s AND kind = %s"
    ((width, height, size),) = system.execute(statement, system.people["photographer"]["dossier"], KIND)
    assert height > width
    assert height >= 1600
    assert size <= 195_000

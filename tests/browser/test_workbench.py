"""The workbench by keyboard: nothing is asked at the key, nothing is lost, what is sent can be taken back for five seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from browser.desk import loaded_ahead, logged_in
from browser.guide.cast import BENCH_REVIEWER
from browser.guide.system import moments
from browser.guide.walking import WAITING, unhurried

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Request

    from browser.guide.system import System

pytestmark = pytest.mark.browser

STRIP = ".sending:not([hidden])"
CURRENT = ".panel:not([hidden]) h2"


class Asked:
    """What the page asked the server for, besides its icon."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        page.on("request", self.note)

    def note(self, request: Request) -> None:
        path = re.sub(r"https?://[^/]+|[0-9a-f-]{36}", "", request.url)
        if not path.endswith(".svg") and not request.url.startswith("blob:"):
            self.requests.append(f"{request.method} {path}")

    def since(self) -> list[str]:
        """What came since the last question."""
        found, self.requests = self.requests, []
        return found


def at_the_bench(system: System, new_context: Callable[..., BrowserContext]) -> tuple[Page, Asked]:
    page = logged_in(system, new_context, BENCH_REVIEWER)
    asked = Asked(page)
    page.keyboard.press("n")
    loaded_ahead(page)
    return page, asked


def shown(page: Page) -> str:
    return page.locator(".stage-now img").get_attribute("src") or ""


def test_the_whole_way_by_keyboard(system: System, new_context: Callable[..., BrowserContext]) -> None:
    page, asked = at_the_bench(system, new_context)
    name = page.locator(".workbench__who h1").inner_text()
    _going_about_asks_nothing(page, asked)
    _marks_go_out_behind_the_keys(page, asked)
    _sending_can_be_taken_back(page, asked)
    _the_next_one_is_there_already(page, asked, name)
    _back_shows_the_one_before(page, name)
    _the_page_takes_with_it_what_was_pending(page)
    _the_keys_can_be_switched_off(page)


def _going_about_asks_nothing(page: Page, asked: Asked) -> None:
    asked.since()
    seen = {shown(page)}
    for _ in range(3):
        before = page.locator(CURRENT).inner_text()
        page.keyboard.press("ArrowRight")
        expect(page.locator(CURRENT)).not_to_have_text(before)
        seen.add(shown(page))
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    for key in ("t", "f", "0", "]", "Shift+ArrowDown", "f"):
        page.keyboard.press(key)
    assert len(seen) == 4
    assert sum(source.startswith("blob:") for source in seen) >= 3
    assert asked.since() == []


def _marks_go_out_behind_the_keys(page: Page, asked: Asked) -> None:
    waiting = page.locator(WAITING).count()
    page.keyboard.press("a")
    page.keyboard.press("2")
    expect(page.locator(WAITING)).to_have_count(waiting - 2)
    expect(page.locator(".kind__picture--replace")).to_have_count(1)
    expect(page.get_by_role("link", name="退回补充")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".kind__picture--replace")).to_have_count(0)
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    page.keyboard.press("m")
    for key in ("ArrowUp", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    panel = page.locator(".panel:not([hidden])")
    expect(panel.locator('input[name="left"]')).to_have_value("40")
    expect(panel.locator('input[name="top"]')).to_have_value("38")
    expect(panel.locator('input[name="width"]')).to_have_value("22")
    page.keyboard.press("1")
    expect(page.locator(".kind__picture--replace")).to_have_count(1)
    page.keyboard.press("u")
    page.keyboard.press("Shift+A")
    expect(page.locator(WAITING)).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^建议通过"))).to_be_visible()
    assert set(asked.since()) == {
        "POST /staff/dossiers//mark/",
        "POST /staff/dossiers//clear-mark/",
        "POST /staff/dossiers//accept-rest/",
    }


def _sending_can_be_taken_back(page: Page, asked: Asked) -> None:
    unhurried(page)
    page.keyboard.press("Enter")
    expect(page.locator(STRIP)).to_be_visible()
    # What was confirmed stays as it is: no mark, no undo, no spot, no hold.
    for key in ("a", "1", "u", "m", "h"):
        page.keyboard.press(key)
    expect(page.locator(".spot-layer")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(STRIP)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert asked.since() == []


def _the_next_one_is_there_already(page: Page, asked: Asked, name: str) -> None:
    loaded_ahead(page)
    page.keyboard.press("Enter")
    with page.expect_response(re.compile("/forward/")) as sent:
        page.keyboard.press("Enter")
        expect(page.locator(".workbench__who h1")).not_to_have_text(name)
    assert sent.value.status == 204
    assert shown(page).startswith("blob:")
    loaded_ahead(page)
    opened = asked.since()
    # The act, the opening and the one after it, loaded ahead with its pictures; of the opened one itself nothing.
    assert opened[:3] == [
        "POST /staff/dossiers//open/",
        "POST /staff/dossiers//forward/?verdict=pass",
        "POST /staff/queue/reserve/",
    ]


def _back_shows_the_one_before(page: Page, name: str) -> None:
    following = page.locator(".workbench__who h1").inner_text()
    page.go_back()
    expect(page.locator(".workbench__who h1")).to_contain_text(name.split(maxsplit=1)[0])
    page.wait_for_load_state()  # only then it hears of forward
    page.go_forward()
    expect(page.locator(".workbench__who h1")).to_have_text(following)
    loaded_ahead(page)


def _the_page_takes_with_it_what_was_pending(page: Page) -> None:
    address = page.url
    page.keyboard.press("Shift+A")
    expect(page.get_by_role("link", name=re.compile("^建议通过"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(STRIP)).to_be_visible()
    page.goto(re.sub("/staff/.*", "/staff/queue/", address))
    for _ in moments():
        page.goto(address)
        if page.locator(".workbench__who .chip").first.inner_text() == "已上报考区":
            break
    # A page that is left tells nobody of its last requests; what came of it does.
    expect(page.locator(".workbench__who .chip").first).to_have_text("已上报考区")


def _the_keys_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="关闭快捷键").click()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="快捷键").click()
    page.get_by_role("button", name="打开快捷键").click()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()

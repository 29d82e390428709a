"""A browser's database that is away, loses its connections or lets nothing go: pictures go out all the same, and once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from browser.guide.test_guide import PHONE
from browser.uploading.steps import UNDER_WAY, card, file, kept, send, slow

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.uploading.line import Line

pytestmark = pytest.mark.browser

WHO: Final = "forgetful"
LETS_NOTHING_GO: Final = """
    const known = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.delete = function (key) {
        if (!localStorage.getItem("healed")) {
            throw new DOMException("Connection to Indexed Database server lost.", "UnknownError");
        }
        return known.call(this, key);
    };
"""
HEAL: Final = "localStorage.setItem('healed', 'yes')"
CONNECTIONS_IN_REACH: Final = """
    window.databases = [];
    const known = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...values) {
        const request = known.apply(this, values);
        request.addEventListener("success", () => window.databases.push(request.result));
        return request;
    };
"""
LOSE_CONNECTIONS: Final = "window.databases.splice(0).forEach((database) => database.close())"
"""What iOS does to a page in the background."""
OF_A_LATER_VERSION: Final = "if (location.hostname) indexedDB.open('kaosheng-uploads', 2)"
"""Opening fails, in its own time."""
SILENT: Final = "IDBFactory.prototype.open = () => new EventTarget()"
"""Opening never answers, as in Safari 14 after a restart."""


@pytest.fixture
def context_with(new_context: Callable[..., BrowserContext]) -> Callable[[str], BrowserContext]:
    """Make a telephone's browser that runs a script before every page's own."""

    def made(script: str) -> BrowserContext:
        context = new_context(**PHONE)
        context.add_init_script(script)
        return context

    return made


def test_what_the_database_does_not_let_go_stops_nothing_and_goes_once(
    phone: Callable[..., Page],
    context_with: Callable[[str], BrowserContext],
    line: Line,
    count: Callable[..., int],
) -> None:
    page = phone(WHO, by=line.url, context=context_with(LETS_NOTHING_GO))
    before = count(WHO)
    send(page, file(41), file(42))
    expect(card(page).locator(".slot__remove")).to_have_count(before + 2)
    expect(page.locator(".sending")).to_have_count(0)
    assert count(WHO) == before + 2
    assert kept(page) == 2
    page.locator("#primary-action a").tap()
    expect(page.get_by_role("button", name="提交审核")).to_be_enabled()
    expect(page.locator(".sending")).to_have_count(0)
    page.evaluate(HEAL)
    page.reload()
    expect(page.get_by_role("button", name="提交审核")).to_be_enabled()
    assert kept(page) == 0
    assert len(line.keys) == 2
    assert page.evaluate("localStorage.getItem('kaosheng-uploads-done')") == "[]"


def test_what_was_taken_back_and_not_let_go_stays_taken_back(
    phone: Callable[..., Page], context_with: Callable[[str], BrowserContext], count: Callable[..., int]
) -> None:
    page = phone(WHO, context=context_with(LETS_NOTHING_GO))
    before = count(WHO)
    slow(page)
    send(page, file(43), file(44))
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    card(page).locator(".sending").first.get_by_role("button", name="取消上传").tap()
    expect(page.locator(".sending")).to_have_count(0)
    assert count(WHO) == before + 1
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".sending")).to_have_count(0)
    assert count(WHO) == before + 1


def test_a_lost_connection_is_made_again(
    phone: Callable[..., Page], context_with: Callable[[str], BrowserContext], count: Callable[..., int]
) -> None:
    page = phone(WHO, context=context_with(CONNECTIONS_IN_REACH))
    before = count(WHO)
    slow(page)
    page.evaluate(LOSE_CONNECTIONS)
    send(page, file(45))
    expect(page.locator(".sending__state").first).to_have_text(UNDER_WAY)
    assert kept(page) == 1
    expect(page.locator("[data-only-here]")).to_have_count(0)
    page.evaluate(LOSE_CONNECTIONS)
    expect(page.locator(".sending")).to_have_count(0)
    assert count(WHO) == before + 1
    assert kept(page) == 0


@pytest.mark.parametrize("script", [OF_A_LATER_VERSION, SILENT], ids=["fails", "silent"])
def test_without_a_database_pictures_go_out_all_the_same(
    phone: Callable[..., Page],
    context_with: Callable[[str], BrowserContext],
    count: Callable[..., int],
    script: str,
) -> None:
    page = phone(WHO, context=context_with(script))
    before = count(WHO)
    send(page, file(46), file(47))
    expect(card(page).locator(".slot img")).to_have_count(before + 2)
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.locator("#live")).to_have_text(re.compile("上传成功"))
    assert count(WHO) == before + 2
    page.locator("#primary-action a").tap()
    expect(page.get_by_role("button", name="提交审核")).to_be_enabled()

"""A registration that changes while its dossier is open, or loaded ahead: nobody marks by what it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from browser.desk import loaded_ahead, logged_in, open_dossier
from browser.guide.cast import AHEAD, AHEAD_REVIEWER, DESK_REVIEWER
from browser.guide.walking import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

ELSEWHERE = "样本市第二医院"


def shows_the_change(page: Page, before: str) -> None:
    row = page.locator(".changes tr", has_text=ELSEWHERE)
    expect(row.locator("td")).to_have_text([before, ELSEWHERE])
    expect(page.locator(".summary")).to_contain_text(ELSEWHERE)
    page.locator(".all-facts summary").click()
    expect(page.locator(".all-facts")).to_contain_text(ELSEWHERE)


def test_what_changed_is_on_the_page_before_the_next_mark(
    system: System, new_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_changed")
    waiting = page.locator(WAITING).count()
    before = system.change_registration("desk_changed", institution_name=ELSEWHERE, education="postgraduate")
    page.keyboard.press("a")
    shows_the_change(page, before["institution_name"])
    expect(page.locator(WAITING)).to_have_count(waiting)
    # The kind that is asked for now has its place among the others, and can be asked for.
    places = page.locator(".pane--left [data-place]")
    places.first.click()
    for at in range(1, places.count()):
        page.keyboard.press("ArrowRight")
        expect(places.nth(at)).to_have_attribute("aria-current", "true")
    page.locator('.pane--left [data-place="M04"]').click()
    page.keyboard.press("x")
    page.keyboard.type("请补交学位证书。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".kind", has_text="学位证书")).to_contain_text("已要求补充")  # the server took it
    complaints[:] = [one for one in complaints if "409" not in one]


def test_what_was_loaded_ahead_opens_as_it_is_now(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, AHEAD_REVIEWER)
    page.keyboard.press("n")
    loaded_ahead(page)
    (ahead,) = (part for part in AHEAD if system.people[part]["dossier"] not in page.url)
    before = system.change_registration(ahead, institution_name=ELSEWHERE)
    page.keyboard.press("n")
    page.wait_for_url(re.compile(system.people[ahead]["dossier"]))
    shows_the_change(page, before["institution_name"])
    waiting = page.locator(WAITING).count()
    page.keyboard.press("a")
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    expect(page.get_by_text(f"还有 {waiting - 1} 张待审")).to_be_visible()  # the server took it

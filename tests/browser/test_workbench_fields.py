"""Fields and spots at the workbench: Escape leads out of every field, a spot goes where it was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.desk import PANEL, logged_in, open_dossier
from browser.guide.cast import DESK_REVIEWER
from browser.guide.walking import WAITING
from browser.held import Held

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser


def test_escape_leads_out_of_every_field(system: System, new_context: Callable[..., BrowserContext]) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    keys = page.get_by_role("dialog", name="快捷键")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    open_dossier(system, page, "desk_fields")
    words = page.locator(f'{PANEL} .asking textarea[name="text"]')
    for field in ('[name="manner"]:checked', '[name="only_this"]', '[name="left"]'):
        page.keyboard.press("x")
        expect(words).to_be_focused()
        page.locator(f"{PANEL} {field}").focus()
        page.keyboard.press("Escape")
        expect(page.locator("body")).to_be_focused()


def test_a_spot_belongs_to_the_picture_it_was_begun_on(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_spots")
    waiting = page.locator(WAITING).count()
    spot, layer = page.locator(".stage__box:visible"), page.locator(".spot-layer")
    top = page.locator(f'{PANEL} input[name="top"]')
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    expect(spot).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    expect(layer).to_have_count(0)
    page.keyboard.press("Enter")
    expect(spot).to_have_count(0)
    expect(top).to_have_value("")


def test_a_spot_that_is_seen_goes_along_and_one_given_up_is_not_seen(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_seen")
    spot, layer = page.locator(".stage__box:visible"), page.locator(".spot-layer")
    replaced = page.locator(".kind__picture--replace")
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    expect(spot).to_have_count(1)
    page.keyboard.press("Escape")
    expect(spot).to_have_count(0)
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("1")
    expect(replaced).to_have_count(1)
    expect(layer).to_have_count(0)
    replaced.click()
    expect(page.locator(f"{PANEL} .marked--replace")).to_be_visible()  # as the server has it
    expect(page.locator(f'{PANEL} input[name="top"]')).to_have_value("38.0")
    expect(spot).to_have_count(1)


def test_a_late_answer_leaves_the_spot_that_is_being_drawn(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_late")
    waiting = page.locator(WAITING).count()
    spot = page.locator(".stage__box:visible")
    mark = Held(page, "**/mark/")
    page.keyboard.press("a")
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    drawn = spot.get_attribute("data-box")
    mark.come().continue_()
    expect(page.get_by_text(f"还有 {waiting - 1} 张待审")).to_be_visible()  # the answer is there
    expect(spot).to_have_attribute("data-box", drawn or "")

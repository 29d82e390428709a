"""A reviewer at the workbench with one dossier in his hands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from browser.guide.walking import STAFF_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from browser.guide.system import System

PANEL: Final = ".panel:not([hidden])"


def logged_in(system: System, new_context: Callable[..., BrowserContext], reviewer: str) -> Page:
    """Log in at a desk; the queue is there."""
    page = new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{system.service}/staff/")
    page.get_by_label("用户名").fill(reviewer)
    page.get_by_label("密码").fill(STAFF_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/staff/queue/"))
    return page


def loaded_ahead(page: Page) -> None:
    """The next dossier is in the page: opening it asks the server for nothing."""
    expect(page.locator(".bench[data-ahead=ready]")).to_be_attached()


def open_dossier(system: System, page: Page, part: str) -> None:
    """Open the dossier of this part and take it, unless a test before did; none of the others' is loaded ahead."""
    page.route("**/queue/reserve/", lambda route: route.fulfill(status=204))
    page.goto(f"{system.service}/staff/dossiers/{system.people[part]['dossier']}/")
    take = page.get_by_role("button", name=re.compile("^领取"))
    give_back = page.get_by_role("button", name=re.compile("^交还"))
    expect(take.or_(give_back)).to_be_visible()
    if take.count():
        take.click()
    expect(give_back).to_be_visible()
    page.wait_for_load_state()  # keys work from here on: the scripts have run

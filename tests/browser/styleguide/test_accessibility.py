"""The sample pages pass axe in both languages, keep inside narrow windows and have targets one can hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.axe import complaints_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "",
    "candidate/draft/",
    "candidate/returned/",
    "upload/",
    "remove/",
    "check/",
    "receipt/",
    "queue/",
    "workbench/",
    "staff-form/",
    "error/404/",
)
SMALL = """
() => Array.from(document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary"))
  .filter((one) => one.getClientRects().length > 0 && !one.closest("p, dd, td, th, .skip") && one.type !== "file")
  .map((one) => {
    const area = one.matches(".form-check-input") ? one.closest(".form-check") : one;
    const box = area.getBoundingClientRect();
    return [one.outerHTML.slice(0, 80), Math.round(box.width), Math.round(box.height)];
  })
  .filter(([, width, height]) => height < 43.5 || width < 40)
"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], complaints: list[str], language: str
) -> None:
    context = new_context(bypass_csp=True, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "kaosheng_language", "value": language, "url": live_server.url}])
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(f"{live_server.url}/styleguide/{path}")
        if said := complaints_of(page):
            found[path] = said
    assert found == {}
    complaints.clear()  # the error page's own status is one


@pytest.mark.parametrize("elder", [False, True])
def test_no_page_is_wider_than_a_window_of_320_pixels(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], complaints: list[str], *, elder: bool
) -> None:
    context = new_context(viewport={"width": 320, "height": 640})
    if elder:
        context.add_cookies([{"name": "kaosheng_display", "value": "elder", "url": live_server.url}])
    page = context.new_page()
    wide = {}
    for path in PAGES:
        page.goto(f"{live_server.url}/styleguide/{path}")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[path] = width
    assert wide == {}
    complaints.clear()  # the error page's own status is one


@pytest.mark.parametrize(
    "path", ["candidate/draft/", "candidate/returned/", "upload/", "remove/", "receipt/"]
)
def test_a_thumb_hits_every_target_of_a_candidates_page(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], path: str
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{live_server.url}/styleguide/{path}")
    assert page.evaluate(SMALL) == []

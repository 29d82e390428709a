"""The first visit of a candidate's page: what comes over the line, and that nothing jumps while it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from browser.guide.test_guide import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

FIRST_VISIT: Final = 150 * 1024
"""Bytes as they come over the line, pictures not counted."""
SHIFTS: Final = """
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifts += entry.value; }))
        .observe({ type: "layout-shift", buffered: true });
"""


def test_the_first_visit_is_light_and_nothing_jumps(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    who = system.people["onlooker"]
    context = new_context(**PHONE)
    context.add_cookies([{"name": "kaosheng_session", "value": who["session"], "url": system.service}])
    page = context.new_page()
    page.add_init_script(SHIFTS)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    kinds: dict[str, str] = {}
    weights: dict[str, float] = {}

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def finished(event: dict[str, Any]) -> None:
        weights[event["requestId"]] = event["encodedDataLength"]

    line.on("Network.responseReceived", answered)
    line.on("Network.loadingFinished", finished)
    page.goto(f"{system.service}/dossiers/{who['dossier']}/")
    page.wait_for_load_state("networkidle")
    images = page.locator(".slot img")
    assert images.count() > 0
    images.last.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    without_pictures = sum(weight for request, weight in weights.items() if kinds[request] != "Image")
    assert 0 < without_pictures <= FIRST_VISIT
    assert {"Document", "Script", "Stylesheet"} <= set(kinds.values())
    assert page.evaluate("window.shifts") == 0
    assert all(image.get_attribute("loading") == "lazy" for image in images.all())
    assert all(image.get_attribute("width") for image in images.all())

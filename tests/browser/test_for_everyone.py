"""The candidate's pages for whoever has no mouse, zooms to 400 %, wants large type, or no movement."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from browser.guide.walking import Album, Candidate
from browser.test_axe_pages import CANDIDATE_PAGES, picture
from kaosheng.domain.places import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, FileChooser, Locator, Page

    from browser.guide.system import System

pytestmark = pytest.mark.browser

ZOOMED: Final = {"width": 320, "height": 256}
"""A window of 1280 × 1024 at 400 % (WCAG 2.2, 1.4.10)."""
LANGUAGES: Final = ("zh-hans", "en")
MORE: Final = {"draft": ("messages/", "kinds/M01/handover/"), "failed": ("recheck/", "data/")}
"""Pages besides those axe looks at."""
PLACE: Final = Slot("M01", 1)
TABS: Final = 250
SMALL_TEXT: Final = """() => [...document.querySelectorAll('main *, .utility *, .footer *')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.visually-hidden, svg, option'))
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 18)
    .map((one) => `${one.className || one.tagName}: ${getComputedStyle(one).fontSize}`)"""
SMALL_TARGETS: Final = """() => [...document.querySelectorAll('button, .btn, summary, select, textarea, input, .utility__tool')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.type !== 'hidden')
    .map((one) => (/checkbox|radio/.test(one.type) ? one.closest('label, .form-check') ?? one : one))
    .filter((one) => one.getBoundingClientRect().height < 43.5 && one.getBoundingClientRect().height > 4)
    .map((one) => `${one.className}: ${one.getBoundingClientRect().height}`)"""
MOVING: Final = """() => [...document.querySelectorAll('*')]
    .map((one) => getComputedStyle(one))
    .flatMap((style) => `${style.transitionDuration},${style.animationDuration}`.split(','))
    .filter((time) => parseFloat(time) > 0.001)"""


@pytest.fixture
def open_as(new_context: Callable[..., BrowserContext], system: System) -> Callable[..., Page]:
    """Open a page as one of the seeded candidates."""

    def opened(name: str, *, language: str = LANGUAGES[0], elder: bool = False, **options: Any) -> Page:
        context = new_context(**options)
        cookies = {"kaosheng_language": language, "kaosheng_session": system.people[name]["session"]}
        if elder:
            cookies["kaosheng_display"] = "elder"
        context.add_cookies([{"name": n, "value": v, "url": system.service} for n, v in cookies.items()])
        return context.new_page()

    return opened


def pages_of(system: System, name: str) -> Iterator[str]:
    """Addresses of a candidate's pages."""
    pictures = {"picture": picture(system, name, 1), "asked": picture(system, name, 2)}
    own = f"{system.service}/dossiers/{system.people[name]['dossier']}/"
    yield from (own + path.format(**pictures) for path in (*CANDIDATE_PAGES[name], *MORE.get(name, ())))


def unfolded(page: Page, address: str) -> None:
    """Open a page with everything that is folded."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["draft", "returned", "at_site", "failed"])
def test_at_400_percent_nothing_scrolls_sideways(
    system: System, open_as: Callable[..., Page], name: str, language: str
) -> None:
    page = open_as(name, language=language, viewport=ZOOMED)
    wide = {}
    for address in pages_of(system, name):
        unfolded(page, address)
        if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            wide[address] = over
    assert wide == {}
    # The bar on top leaves the low window to the page.
    page.goto(f"{system.service}/dossiers/{system.people[name]['dossier']}/")
    assert page.locator(".topbar").evaluate("bar => getComputedStyle(bar).position") == "static"


@pytest.mark.parametrize("name", ["draft", "returned", "failed"])
def test_large_type_is_large_everywhere(system: System, open_as: Callable[..., Page], name: str) -> None:
    page = open_as(name, elder=True, viewport={"width": 390, "height": 844})
    small = {}
    for address in pages_of(system, name):
        unfolded(page, address)
        assert page.locator("html.elder").count() == 1
        if found := sorted({*page.evaluate(SMALL_TEXT), *page.evaluate(SMALL_TARGETS)}):
            small[address] = found
    assert small == {}


def test_nothing_moves_for_whoever_asked_for_that(system: System, open_as: Callable[..., Page]) -> None:
    page = open_as("draft", reduced_motion="reduce", viewport={"width": 390, "height": 844})
    page.goto(next(pages_of(system, "draft")))
    page.locator("[data-action='dialog#open']").first.click()
    expect(page.locator("dialog.sheet[open]")).to_be_visible()
    assert page.evaluate(MOVING) == []


def test_the_whole_way_by_keyboard_alone(system: System, new_context: Callable[..., BrowserContext]) -> None:
    """From the log-in to the receipt with Tab, Space, Enter and letters; a mouse is never touched."""
    candidate = Candidate(
        new_context(viewport={"width": 1440, "height": 900}).new_page(),
        system,
        Album.of("keyboard", ""),
        person=system.people["keyboard"],
    )
    page, keys = candidate.page, candidate.page.keyboard
    page.goto(f"{system.registration}/")
    for label, word in (("用户名", "username"), ("密码", "password")):
        tab_to(page, page.get_by_label(label))
        keys.type(system.people["keyboard"][word])
    keys.press("Enter")
    press(page, page.get_by_role("link", name="上传相关材料"))
    consent = page.get_by_role("button", name="同意授权")
    expect(consent).to_be_visible()
    press(page, consent)
    page.wait_for_url(f"{system.service}/dossiers/**")
    place = candidate.slot(PLACE)
    sheet = page.locator("dialog.sheet[open]")

    press(page, place.locator(".slot__remove"))
    expect(sheet).to_be_visible()
    press(page, sheet.get_by_role("button", name=re.compile("^删除")))
    expect(sheet).to_be_hidden()
    expect(candidate.card(PLACE.kind).locator("[data-card-focus]")).to_be_focused()

    press(page, place.locator(".slot__add"))
    chosen = sheet.locator("#upload-file")
    expect(chosen).to_be_enabled()
    # The dialog takes the focus once its content is there; a key pressed before that would go elsewhere.
    page.wait_for_function("document.querySelector('dialog.sheet[open]').contains(document.activeElement)")
    page.wait_for_load_state("networkidle")
    open_file_chooser(page, chosen).set_files(candidate.picture(PLACE))
    send = sheet.get_by_role("button", name="提交", exact=True)
    expect(send).to_be_enabled()
    press(page, send)
    expect(sheet).to_be_hidden()
    expect(place.locator("img")).to_be_visible()

    press(page, page.locator("#primary-action a"))
    expect(page.get_by_role("heading", name=re.compile("提交前核对$"))).to_be_visible()
    tab_to(page, page.get_by_role("checkbox"))
    keys.press("Space")
    press(page, page.get_by_role("button", name="提交审核"))
    expect(page.get_by_role("heading", name="上报完成，内容已锁定")).to_be_visible()


def open_file_chooser(page: Page, chosen: Locator) -> FileChooser:
    """Open it with Space; on a busy machine the dialog's own focus may come between Tab and the key, so twice if need be."""
    for patience in (5_000, 30_000):
        tab_to(page, chosen)
        with suppress(PlaywrightTimeoutError):
            with page.expect_file_chooser(timeout=patience) as chooser:
                page.keyboard.press("Space")
            return chooser.value
    pytest.fail("Space opens no file chooser")


def press(page: Page, wanted: Locator) -> None:
    """Go there with Tab and press Enter."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, which must be seen."""
    expect(wanted).to_be_visible()
    for _ in range(TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {wanted}")

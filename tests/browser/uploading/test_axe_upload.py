"""axe finds nothing in the upload dialog either, whatever is being done in it, nor in the rows of what is being sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.axe import complaints_of
from factories.photographs import photograph
from factories.pictures import jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, FilePayload, Locator, Route

    from browser.guide.system import System

pytestmark = pytest.mark.browser

KIND: Final = "M99"
WINDOWS: Final = [
    {"viewport": {"width": 390, "height": 844}},
    {"viewport": {"width": 1440, "height": 900}},
]


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language has its own words and widths."""
    return str(request.param)


@pytest.fixture(params=WINDOWS, ids=["phone", "desktop"])
def page(
    request: pytest.FixtureRequest,
    system: System,
    new_context: Callable[..., BrowserContext],
    language: str,
) -> Page:
    """Open the upload page of somebody with free places, whom no other test counts anything of."""
    person = system.people["onlooker"]
    context = new_context(bypass_csp=True, **request.param)
    for name, value in (("kaosheng_session", person["session"]), ("kaosheng_language", language)):
        context.add_cookies([{"name": name, "value": value, "url": system.service}])
    opened = context.new_page()
    opened.goto(f"{system.service}/dossiers/{person['dossier']}/")
    opened.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    return opened


def file(seed: int) -> FilePayload:
    """A photograph that must be made smaller, or for a seed a picture that goes as it is."""
    data = jpeg(seed) if seed else photograph(orientation=6, quality=92)
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": data}


def choose(page: Page, *files: FilePayload) -> Locator:
    """Open the dialog and choose; returns the dialog once 提交 can be pressed."""
    page.locator(f"#material-{KIND} .slot__add").first.click()
    sheet = page.locator("dialog.sheet[open]")
    expect(sheet.locator("#upload-file")).to_be_enabled()
    if files:
        sheet.locator("#upload-file").set_input_files(list(files))
        expect(sheet.locator("[data-upload-target=submit]")).to_be_enabled()
    return sheet


def test_the_dialog_empty_with_pictures_under_the_loupe_and_being_cut(page: Page) -> None:
    wrong: dict[str, str] = {}
    sheet = choose(page)
    wrong["empty"] = complaints_of(page)
    sheet.locator("#upload-file").set_input_files([file(0), file(1)])
    expect(sheet.locator("[data-upload-target=submit]")).to_be_enabled()
    wrong["chosen"] = complaints_of(page)
    loupe = sheet.locator("[data-upload-target=lookButton]")
    loupe.click()
    expect(sheet.locator("[data-upload-target=compare]")).to_be_visible()
    wrong["loupe"] = complaints_of(page)
    loupe.click()
    expect(sheet.locator("[data-upload-target=compare]")).to_be_hidden()
    sheet.locator("[data-action='upload#cut']").click()
    expect(sheet.get_by_role("slider").first).to_be_visible()
    wrong["cutting"] = complaints_of(page)
    assert {name: said for name, said in wrong.items() if said} == {}


def held(_route: Route) -> None:
    """Never answer."""


def refused(route: Route) -> None:
    """Answer as the service does when a picture breaks a rule."""
    route.fulfill(status=422, headers={"X-Refusal": quote("图片不完整或已损坏，请重新拍摄")})


@pytest.mark.parametrize("state", ["sending", "refused", "offline"])
def test_the_rows_of_what_is_being_sent(page: Page, complaints: list[str], state: str) -> None:
    answers: dict[str, Any] = {"sending": held, "refused": refused, "offline": held}
    page.route(
        "**/upload/*",
        lambda route: answers[state](route) if route.request.method == "POST" else route.fallback(),
    )
    sheet = choose(page, file(2))
    if state == "offline":
        page.context.set_offline(True)
    sheet.locator("[data-upload-target=submit]").click()
    expect(sheet).to_be_hidden()
    row = page.locator(f"#material-{KIND} .sending")
    shown = {"sending": "progress", "refused": "[data-again]", "offline": ".sending__state:not(:empty)"}
    expect(row.locator(shown[state])).to_be_visible()
    assert complaints_of(page) == ""
    complaints[:] = [text for text in complaints if "422" not in text and "INTERNET_DISCONNECTED" not in text]

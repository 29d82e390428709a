"""Bad and odd files through the real page: a sentence, or an accepted picture; never silence, a second one or a leftover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from browser.guide.test_guide import PHONE
from pictures.drawn import SECRET
from pictures.files import ACCEPTED, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

KIND: Final = "M99"
MENDED: Final = {"picture_too_large", "picture_sides", "picture_too_many_pixels"}
"""What the page makes a picture of where it can, by shrinking."""
CONVERTED: Final = {"real-webp.jpg", "real-bmp.png"}
"""And formats it reads that the service doesn't take."""
SWEEP: Final = (
    "plain.jpg", "exif-gps.jpg", "cmyk-turned.jpg", "all-behind.jpg", "sixteen-bit-colour.png", "zero-bytes.jpg",
    "204801-bytes.jpg", "svg.png", "iphone-heic.jpg", "cut-at-two-thirds.jpg", "overwritten-in-the-middle.jpg",
    "animated.png", "bomb-400-megapixels.png", "strip-1x2000.jpg",
)  # fmt: skip
HIDDEN: Final = (SECRET[:20], b"<script", b"<?php", b"PK\x03\x04", b"GPS", b"Exif")


@pytest.fixture
def page(system: System, new_context: Callable[..., BrowserContext], complaints: list[str]) -> Iterable[Page]:
    """Open the candidate's page; a refusal's status is no fault."""
    person = system.people["torturer"]
    context = new_context(**PHONE)
    context.add_cookies([{"name": "kaosheng_session", "value": person["session"], "url": system.service}])
    opened = context.new_page()
    opened.goto(f"{system.service}/dossiers/{person['dossier']}/")
    opened.locator("details.fold", has=opened.locator(f"#material-{KIND}")).locator("summary").first.tap()
    yield opened
    complaints[:] = [line for line in complaints if "the server responded with a status of 4" not in line]


def test_bad_and_odd_files_in_the_page(system: System, page: Page) -> None:
    assert wrong_of(system, page, SWEEP) == {}


@pytest.mark.long
def test_every_bad_and_odd_file_in_the_page(system: System, page: Page) -> None:
    assert wrong_of(system, page, [*ACCEPTED, *REFUSED]) == {}


def wrong_of(system: System, page: Page, names: Iterable[str]) -> dict[str, object]:
    """Files that came to another end than they must, with that end."""
    wrong: dict[str, object] = {}
    for name in names:
        code = "" if name in ACCEPTED else REFUSED[name][0]
        sentence = sent(page, ACCEPTED[name]() if name in ACCEPTED else REFUSED[name][1]())
        kept = stored(system)
        leaks = [hidden for data in kept for hidden in HIDDEN if hidden in data]
        may_pass = not code or code in MENDED or name in CONVERTED
        must_pass = not code
        if bool(kept) == bool(sentence) or (kept and not may_pass) or (must_pass and not kept) or leaks:
            wrong[name] = (code, sentence, len(kept), leaks)
        cleared(system, page)
    return wrong


def sent(page: Page, data: bytes) -> str:
    """Choose a file and send what came of it; the sentence of a refusal, by page or server, empty for none."""
    card = page.locator(f"#material-{KIND}")
    card.locator(".slot__add").first.tap()
    sheet = page.locator("dialog.sheet[open]")
    expect(sheet.locator("#upload-file")).to_be_enabled()
    sheet.locator("#upload-file").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": data}
    )
    said = sheet.locator("[data-upload-target=message]:not([hidden])")
    ready = sheet.locator("[data-upload-target=submit]:not([disabled])")
    expect(said.or_(ready).first).to_be_visible(timeout=30_000)
    if said.count():
        sentence = said.inner_text()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        return sentence
    ready.tap()
    expect(sheet).to_be_hidden()
    refused = card.locator(".sending [data-again]:visible")
    expect(refused.or_(card.locator(".slot img")).first).to_be_visible(timeout=30_000)
    return card.locator(".sending__state").inner_text() if refused.count() else ""


def stored(system: System) -> list[bytes]:
    """The candidate's pictures of this kind, as they lie in the store."""
    keys = system.execute(
        "SELECT object_key FROM casework_picture WHERE dossier_id = %s AND kind = %s",
        system.people["torturer"]["dossier"],
        KIND,
    )
    return [path.read_bytes() for (key,) in keys for path in (system.var / "store").rglob(key)]


def cleared(system: System, page: Page) -> None:
    """Take back what waits, delete what was kept."""
    cancel = page.locator(".sending [data-cancel]")
    if cancel.count():
        cancel.first.tap()
        expect(cancel).to_have_count(0)
    remove = page.locator(f"#material-{KIND} .slot__remove")
    if remove.count():
        remove.first.tap()
        page.locator("dialog.sheet[open]").get_by_role("button", name=re.compile("^删除")).tap()
        expect(remove).to_have_count(0)
    assert stored(system) == []

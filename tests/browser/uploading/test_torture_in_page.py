"""Bad and odd files through the real page: a sentence, or an accepted picture; never silence, a second one or a leftover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from browser.guide.test_guide import PHONE
from kaosheng.domain.errors import Refusal
from kaosheng.pictures.checks import examine
from kaosheng.pictures.sniff import UNKNOWN
from kaosheng.pictures.words import WORDS
from pictures.drawn import SECRET, after_start, exif, segment
from pictures.files import ACCEPTED, REFUSED, damaged_middle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

KIND: Final = "M99"
KEPT: Final = ""
DAMAGED_BUT_SHOWN: Final = {
    "large-and-damaged.jpg": lambda: after_start(damaged_middle(), *[segment(0xFE, bytes(60_000))] * 4),
    "turned-and-damaged.jpg": lambda: after_start(damaged_middle(), exif(orientation=6)),
}
"""A browser shows what is left of them, and what must be made smaller or turned is drawn anew from that."""
MADE_ANEW: Final = (
    "204801-bytes.jpg", "real-webp.jpg", "real-bmp.png", "bomb-64-megapixels.png", "over-12-megapixels.png",
)  # fmt: skip
"""Refused by the service as they are; the page makes a picture of them that keeps the rules."""
HEIC: Final = (
    "这是 HEIC 照片，这个浏览器不能转换。请在手机相机设置中选择“兼容性最佳”（JPG）后重拍，或截屏后上传截图。"
)
HUGE: Final = "图片有 {width}×{height} 像素，这台设备无法处理。请把相机的像素调低后重新拍摄。"
NOT_OPENED: Final = dict.fromkeys(["lossless.jpg", "jpeg-ls.jpg", "twelve-bit.jpg"], "picture_damaged")
"""Sorts of JPEG the service knows by name; of a browser one only learns that it can't open them."""
OTHERWISE: Final[dict[str, str]] = {
    **NOT_OPENED,
    "iphone-heic.jpg": HEIC,
    "iphone-heic-mif1.jpg": HEIC,
    "bomb-400-megapixels.png": HUGE,
    "no-header.png": HUGE,
}
"""What the page says itself, in a sentence the service hasn't."""
ENDS: Final[dict[str, str]] = {
    **dict.fromkeys([*ACCEPTED, *DAMAGED_BUT_SHOWN], KEPT),
    **{name: code for name, (code, _build) in REFUSED.items()},
    **dict.fromkeys(MADE_ANEW, KEPT),
    **OTHERWISE,
}
"""How every file must end: kept, or the sentence that is read, by its code where the service has it."""
SWEEP: Final = (
    "plain.jpg", "exif-gps.jpg", "cmyk-turned.jpg", "all-behind.jpg", "sixteen-bit-colour.png", "zero-bytes.jpg",
    "204801-bytes.jpg", "svg.png", "iphone-heic.jpg", "cut-at-two-thirds.jpg", "overwritten-in-the-middle.jpg",
    "animated.png", "bomb-400-megapixels.png", "strip-1x2000.jpg", *DAMAGED_BUT_SHOWN,
)  # fmt: skip
HIDDEN: Final = (SECRET[:20], b"<script", b"<?php", b"PK\x03\x04", b"GPS", b"Exif")


@pytest.fixture
def page(
    system: System, new_context: Callable[..., BrowserContext], complaints: list[str], alone: None
) -> Iterable[Page]:
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
    assert wrong_of(system, page, ENDS) == {}


def wrong_of(system: System, page: Page, names: Iterable[str]) -> dict[str, object]:
    """Files that came to another end than they must, with that end."""
    wrong: dict[str, object] = {}
    for name in names:
        sentence = sent(page, bytes_of(name))
        kept = stored(system)
        leaks = [hidden for data in kept for hidden in HIDDEN if hidden in data]
        if len(kept) != (ENDS[name] == KEPT) or not re.fullmatch(said_of(name), sentence) or leaks:
            wrong[name] = (ENDS[name], sentence, len(kept), leaks)
        cleared(system, page)
    return wrong


def bytes_of(name: str) -> bytes:
    """The file itself."""
    builders: dict[str, Callable[[], bytes]] = {
        **ACCEPTED,
        **{refused: build for refused, (_code, build) in REFUSED.items()},
        **DAMAGED_BUT_SHOWN,
    }
    return builders[name]()


def found_in(data: bytes) -> object:
    """What the service takes it for."""
    with pytest.raises(Refusal) as caught:
        examine(data)
    return caught.value.params.get("found")


def said_of(name: str) -> str:
    """What must be read when it ends, as a pattern: the figures are the file's own."""
    code = ENDS[name]
    if code == "picture_wrong_type" and found_in(bytes_of(name)) == UNKNOWN:
        code = "picture_unknown_type"
    sentence = str(WORDS.get(code, code))
    return re.sub(r"\\\{\w+\\\}", r"[^{}]+", re.escape(sentence))


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
    expect(said.or_(ready).first).to_be_visible()
    if said.count():
        sentence = said.inner_text()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        return sentence
    ready.tap()
    expect(sheet).to_be_hidden()
    refused = card.locator(".sending [data-again]:visible")
    expect(refused.or_(card.locator(".slot img")).first).to_be_visible()
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

"""What people do at the upload page of a telephone, and what it keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Page, expect

from factories.pictures import jpeg

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator

KIND: Final = "M99"
"""The kind with room for ten pictures; each test takes its own photographs and counts what they became."""
UNDER_WAY: Final = re.compile("正在上传 [1-9]")
SLOW: Final = {"offline": False, "latency": 300, "downloadThroughput": 31_250, "uploadThroughput": 31_250}
"""A 2G line (EDGE): 250 kbit/s and 300 ms each way."""


def file(seed: int, size: int = 150_000, width: int = 900) -> FilePayload:
    """Choose a picture of so many bytes, different for every seed."""
    picture = jpeg(seed, width=width, height=700)
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": picture + bytes(size - len(picture))}


def card(page: Page, kind: str = KIND) -> Locator:
    return page.locator(f"#material-{kind}")


def choose(page: Page, *files: FilePayload, kind: str = KIND, place: int = 0) -> Locator:
    """Open the dialog of a kind, at the first of its free places if not at another, and choose; returns the dialog."""
    fold = page.locator("details.fold", has=card(page, kind))
    if fold.count() and fold.get_attribute("open") is None:
        fold.locator("summary").first.tap()
    card(page, kind).locator(".slot__add").nth(place).tap()
    sheet = page.locator("dialog.sheet[open]")
    expect(sheet.locator("#upload-file")).to_be_enabled()
    sheet.locator("#upload-file").set_input_files(list(files))
    return sheet


def send(page: Page, *files: FilePayload, kind: str = KIND, place: int = 0) -> None:
    sheet = choose(page, *files, kind=kind, place=place)
    sheet.get_by_role("button", name=re.compile("^提交")).tap()
    expect(sheet).to_be_hidden()


def empty(page: Page, kind: str) -> None:
    """Delete every picture of a kind."""
    pictures = card(page, kind).locator(".slot__remove")
    for left in reversed(range(pictures.count())):
        pictures.first.tap()
        page.locator("dialog.sheet[open]").get_by_role("button", name="删除", exact=True).tap()
        expect(pictures).to_have_count(left)


def slow(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)


def kept(page: Page) -> int:
    """How many pictures this browser keeps."""
    found = page.evaluate(
        """() => new Promise((resolve) => {
            const request = indexedDB.open("kaosheng-uploads");
            request.onsuccess = () => {
                const counting = request.result.transaction("entries").objectStore("entries").count();
                counting.onsuccess = () => { request.result.close(); resolve(counting.result); };
            };
        })"""
    )
    assert isinstance(found, int)
    return found


def forgive_the_lost_network(complaints: list[str]) -> None:
    """Take off the list what was to come while the network was away."""
    complaints[:] = [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text]

"""手机扫码上传: how long after the phone's confirmation a picture stands on the computer.

Starts the whole system with the small seed of the guide's walks, and drives two windows of the system's Chromium: a computer
that shows the code and a phone that types its digits. Both note the moments in their pages, on this machine's one clock: the
phone when the answer to its upload is there, the computer when that many pictures are loaded and shown. Between two uploads
passes an arbitrary part of the computer's pause, or the phone would keep its beat.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
from typing import TYPE_CHECKING, Any, Final

from first_picture import KIND, PHONE
from guide_system import guide_system, set_up
from programs import CHROMIUM_OPTIONS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COMPUTER: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}
PEOPLE: Final = ("photographer", "torturer")
"""Each has room for ten pictures of the kind."""
ROOM: Final = 10
PAUSE_MILLISECONDS: Final = 1_500
"""Of the computer between two questions."""
BUDGET_SECONDS: Final = 2.0
NOTE_CONFIRMATION: Final = """
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (...values) {
        this.addEventListener("load", () => {
            if (this.getResponseHeader("X-Received-Digest")) sessionStorage.setItem("confirmed", Date.now());
        });
        return send.apply(this, values);
    };
"""
NOTE_PICTURES: Final = """
    window.shown = {};
    document.addEventListener("load", () => {
        const loaded = Array.from(document.querySelectorAll(".slot img")).filter((image) => image.complete);
        window.shown[loaded.length] = window.shown[loaded.length] || Date.now();
        document.documentElement.dataset.shown = loaded.length;
    }, true);
"""


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=ROOM, help=f"of each of two people, {ROOM} at most")
    chosen = options.parse_args()
    set_up()
    with guide_system() as (system, _folder):
        load = os.getloadavg()[0]
        seconds = _measured(system, min(chosen.pictures, ROOM))
    _print(seconds, load)


def _measured(system: Any, pictures: int) -> list[float]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed here only

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        seconds = [one for name in PEOPLE for one in _handed_over(system, browser, name, pictures)]
        browser.close()
    return seconds


def _handed_over(system: Any, browser: Browser, name: str, pictures: int) -> list[float]:
    """Seconds from confirmation to sight of each picture of one handover."""
    from factories.pictures import jpeg  # noqa: PLC0415 - its folder is in the path since `main`

    computer, phone = _connected(system, browser, system.people[name])
    seconds = []
    for number in range(1, pictures + 1):
        phone.locator("#upload-file:not([disabled])").wait_for(state="attached")
        picture = jpeg(number, width=1600, height=1200)
        phone.set_input_files(
            "#upload-file", {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
        ready = phone.locator("[data-upload-target=submit]:not([disabled])")
        ready.wait_for()
        computer.wait_for_timeout(random.uniform(0, PAUSE_MILLISECONDS))  # noqa: S311 - no secret
        with phone.expect_navigation():
            ready.tap()
        computer.locator(f'html[data-shown="{number}"]').wait_for(state="attached")
        shown = computer.evaluate("number => window.shown[number]", number)
        seconds.append((shown - int(phone.evaluate("sessionStorage.getItem('confirmed')"))) / 1000)
    return seconds


def _connected(system: Any, browser: Browser, person: dict[str, Any]) -> tuple[Page, Page]:
    """A computer at its open handover, and the phone at the upload form."""
    at_computer = browser.new_context(**COMPUTER)
    at_computer.add_cookies([{"name": "kaosheng_session", "value": person["session"], "url": system.service}])
    computer = at_computer.new_page()
    computer.add_init_script(NOTE_PICTURES)
    computer.goto(f"{system.service}/dossiers/{person['dossier']}/kinds/{KIND}/upload/")
    computer.locator(".handover-offer button").click()
    digits = computer.locator(".handover__digits").inner_text()
    phone = browser.new_context(**PHONE).new_page()
    phone.add_init_script(NOTE_CONFIRMATION)
    phone.goto(f"{system.service}/phone/")
    phone.locator("[name=code]").fill(digits)
    phone.get_by_role("button", name="开始上传").tap()
    return computer, phone


def _print(seconds: list[float], load: float) -> None:
    print(
        f"pictures of 1600 × 1200, no slow line; load of the machine before {load:.1f}, after {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':40} {'n':>4} {'median s':>9} {'min':>6} {'max':>6}")
    median, least, most = statistics.median(seconds), min(seconds), max(seconds)
    print(
        f"{'from confirmed to shown on the computer':40} {len(seconds):4} {median:9.2f} {least:6.2f} {most:6.2f}"
    )
    if max(seconds) > BUDGET_SECONDS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""How long a candidate is busy with one photograph: 10 MB, sideways, a telephone's window, a slow line, a slow processor.

Starts the whole system with the small seed of the guide's walks, and drives the system's Chromium through the page. The
line and the processor are slowed by the browser itself (CDP). Times are the person's: what runs after 提交 goes on by itself.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from guide_system import guide_system, set_up
from programs import CHROMIUM_OPTIONS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
    "locale": "zh-CN",
}
KIND: Final = "M99"
"""Has room for a picture of every round."""
STEPS: Final = ("page shown", "dialog open", "picture ready", "handed over", "confirmed")
BUDGET_SECONDS: Final = 20.0


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--kilobits", type=int, default=2000, help="of the line, both ways, each second")
    options.add_argument("--latency", type=int, default=300, help="milliseconds")
    options.add_argument(
        "--processor", type=float, default=4, help="how many times slower than this machine's"
    )
    chosen = options.parse_args()
    set_up()
    from factories.photographs import photograph  # noqa: PLC0415 - its folder is in the path only now

    taken = photograph(3456, 4608, orientation=6, quality=99)
    with guide_system() as (system, folder):
        # Handed over as bytes, Playwright would unpack it in the page, which takes the page longer than its own work.
        file = folder / "IMG_0001.jpg"
        file.write_bytes(taken)
        rounds = [_round(system, file, number, chosen) for number in range(chosen.rounds)]
    _print(rounds, taken, chosen)


def _round(system: Any, file: Path, number: int, chosen: argparse.Namespace) -> list[float]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed here only

    person = system.people["photographer"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        context = browser.new_context(**PHONE)
        context.add_cookies([{"name": "kaosheng_session", "value": person["session"], "url": system.service}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        line = context.new_cdp_session(page)
        bytes_a_second = chosen.kilobits * 1000 / 8
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": chosen.latency,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second,
            },
        )
        line.send("Emulation.setCPUThrottlingRate", {"rate": chosen.processor})
        times = _upload(page, f"{system.service}/dossiers/{person['dossier']}/", file, number)
        browser.close()
    statement = "SELECT width, height, bytes FROM casework_picture WHERE dossier_id = %s AND kind = %s AND position = %s"
    ((width, height, size),) = system.execute(statement, person["dossier"], KIND, number + 1)
    if not (height > width and size <= 204_800):  # noqa: PLR2004 - upright, and the limit of the guide
        raise SystemExit(f"the picture isn't right: {width} × {height}, {size} bytes")
    return times


def _upload(page: Page, address: str, file: Path, number: int) -> list[float]:
    """Seconds after the beginning of each step: the page, then from the press of 上传 on."""
    card = page.locator(f"#material-{KIND}")
    began = time.perf_counter()
    page.goto(address)
    card.wait_for(state="attached")
    shown = time.perf_counter() - began
    fold = page.locator("details.fold", has=card)
    if fold.count():  # only until the material has its first picture
        fold.locator("summary").first.tap()
    began = time.perf_counter()
    moments = []
    card.locator(".slot__add").first.tap()
    page.locator("dialog.sheet[open] #upload-file:not([disabled])").wait_for(state="attached")
    moments.append(time.perf_counter() - began)
    page.locator("#upload-file").set_input_files(file)
    ready = page.locator("dialog.sheet[open] [data-upload-target=submit]:not([disabled])")
    ready.wait_for()
    moments.append(time.perf_counter() - began)
    ready.tap()
    page.locator("dialog.sheet[open]").wait_for(state="hidden")
    moments.append(time.perf_counter() - began)
    card.locator(".slot img").nth(number).wait_for()
    moments.append(time.perf_counter() - began)
    return [shown, *moments]


def _print(rounds: list[list[float]], taken: bytes, chosen: argparse.Namespace) -> None:
    megabytes = len(taken) / 1_000_000
    print(
        f"photograph {megabytes:.1f} MB, EXIF turned; line {chosen.kilobits} kbit/s, {chosen.latency} ms;"
        f" processor {chosen.processor:g} times slower; n = {len(rounds)}"
    )
    print(f"{'step':16} {'median s':>9} {'min':>6} {'max':>6}")
    for name, values in zip(STEPS, zip(*rounds, strict=True), strict=True):
        print(f"{name:16} {statistics.median(values):9.1f} {min(values):6.1f} {max(values):6.1f}")
    worst = max(times[-1] for times in rounds)
    print(f"from 上传 to confirmed, the slowest: {worst:.1f} s of {BUDGET_SECONDS:g}")
    if worst > BUDGET_SECONDS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

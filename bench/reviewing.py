"""A scripted reviewer with the keyboard alone: so many dossiers of 12 pictures, in a real Chromium.

He looks at every picture, accepts it, and sends every tenth back with a reason by number; the times are from the key to
the new picture on the screen, and from the key to the next dossier's first picture.
"""

from __future__ import annotations

import statistics
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Final

from programs import CHROMIUM_OPTIONS, chromium
from system import CHECKOUT, Results, drawn_pictures, serving
from table import print_table

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOSSIERS: Final = 30
PICTURES: Final = 12
KIND: Final = "M99"
"""The kind with room for 30 pictures: with the six asked for there are 12."""
RETURNS_EVERY: Final = 10
PATIENCE_MS: Final = 120_000
"""Until the next dossier is loaded ahead, or a picture shown, on a machine that is busy with other things."""

WATCH: Final = """(patience) => {
  const image = () => document.querySelector(".stage-now img");
  const before = image().src;
  let begun = 0;
  document.addEventListener("keydown", () => { begun = performance.now(); }, { capture: true, once: true });
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  window.shown = (async () => {
    for (;;) {
      const now = image();
      if (begun && now && now.src !== before && now.complete && now.naturalWidth > 0) {
        await now.decode();
        await painted();
        return performance.now() - begun;
      }
      if (begun && performance.now() - begun > patience) {
        return -1;
      }
      await new Promise((done) => setTimeout(done, 1));
    }
  })();
}"""
"""From the next key until another picture is decoded and painted, in milliseconds; -1 when none came."""


def rows() -> list[Results]:
    """Let the reviewer work through the dossiers."""
    session = _waiting_dossiers()
    with serving("kaosheng.wsgi") as server:
        pictures, dossiers, each = _work(f"http://127.0.0.1:{server.port}", session)
    print(
        f"  keyboard alone: {len(each)} dossiers of {PICTURES} pictures, {statistics.median(each):.1f} s a dossier "
        f"({min(each):.1f} to {max(each):.1f}), looking time not counted"
    )
    return [*_rows("next_picture", pictures), *_rows("next_dossier", dossiers)]


def _waiting_dossiers() -> tuple[str, str]:
    """The dossiers, through the services, and the session cookie of their reviewer."""
    sys.path.append(str(CHECKOUT / "tests"))
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    from factories import clients, dossiers, people, pictures, world  # noqa: PLC0415 - the same

    place = world()
    cast = people.cast(place)
    files = cycle([_of_190_kb(path) for path in drawn_pictures()[:PICTURES]])
    pictures.jpeg = lambda _seed: next(files)  # type: ignore[assignment]
    for _ in range(DOSSIERS + 1):
        dossier = dossiers.fill(dossiers.register(place))
        for _more in range(PICTURES - dossier.pictures.count()):
            dossiers.upload(dossier, KIND)
        dossiers.submit(dossier)
    client = clients.of_staff(cast.chen)
    name = settings.SESSION_COOKIE_NAME
    return name, client.cookies[name].value


def _of_190_kb(path: str) -> bytes:
    """The picture encoded again at the highest quality below 190 KB."""
    import simplejpeg  # noqa: PLC0415 - only here

    from kaosheng.pictures import encode  # noqa: PLC0415 - Django must be set up first

    pixels = simplejpeg.decode_jpeg(Path(path).read_bytes(), "RGB")
    return encode.best_jpeg(pixels, subsampling="420", limit=190_000)[0]


def _work(address: str, session: tuple[str, str]) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds to each next picture, to each next dossier, and seconds for each dossier."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed here only

    pictures: list[float] = []
    dossiers: list[float] = []
    each: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": session[0], "value": session[1], "url": address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{address}/staff/queue/")
        page.keyboard.press("n")
        page.wait_for_url("**/dossiers/**")
        for number in range(1, DOSSIERS + 1):
            page.wait_for_selector(".bench[data-ahead=ready]", state="attached")
            begun = time.perf_counter()
            asks = number % RETURNS_EVERY == 0
            pictures += [_timed(page, "1" if asks and place == 1 else "a") for place in range(1, PICTURES)]
            page.keyboard.press("a")
            dossiers.append(_send(page, asks=asks))
            each.append(time.perf_counter() - begun)
        browser.close()
    return pictures, dossiers, each


def _send(page: Page, *, asks: bool) -> float:
    """Enter sends, a second one sends at once and opens the next; what asks shows first what it will send."""
    page.keyboard.press("Enter")
    if asks:
        page.wait_for_selector("dialog[open] form[data-sending]")
        page.keyboard.press("Enter")
    page.wait_for_selector(".sending:not([hidden])")
    return _timed(page, "Enter")


def _timed(page: Page, key: str) -> float:
    page.evaluate(WATCH, PATIENCE_MS)
    page.keyboard.press(key)
    spent: float = page.evaluate("window.shown")
    if spent < 0:
        raise SystemExit(
            f"nothing new was shown within {PATIENCE_MS / 1000:.0f} s of the key {key}: {page.url}"
        )
    return spent


def _rows(name: str, found: list[float]) -> list[Results]:
    """The median, and what all but one in twenty stay below: it is the slow ones that are felt."""
    slow = statistics.quantiles(found, n=20, method="inclusive")[-1]
    return [
        Results(
            name=f"{name}_{which}", value=value, unit="ms", against=None, ratio=None, runs=len(found),
            min=min(found), max=max(found),
        )
        for which, value in (("ms", statistics.median(found)), ("p95_ms", slow))
    ]  # fmt: skip


if __name__ == "__main__":
    from system import prepared

    with prepared():
        print_table(rows())

"""Memory of a web worker after a storm of uploads, and the weight of a candidate's first visit.

Twice: with pictures as phones send them, and with the heaviest that are let in among them: PNG of 12 megapixels in colour,
photographs of 24 megapixels that must be turned upright, and bodies of 20 MB, which are read and then refused.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any, Final

from load import Plan
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from programs import CHROMIUM_OPTIONS, chromium
from service_data import KIND, Candidates
from system import CHECKOUT, ROOT, Results, Server, children, drawn_pictures, serving, under_load

SECONDS: Final = 15.0
VISITS: Final = 3
HEAVY_EVERY: Final = 10
HUGE_EVERY: Final = 50
BODY_BYTES: Final = 20 * 1024 * 1024 - 4096
"""Of a file: with its form just below what any body may have."""
TOO_LARGE: Final = 413
ORIENTATION: Final = 0x0112
SIDEWAYS: Final = 6
"""Of EXIF."""


def rows() -> list[Results]:
    """Load the service, then look at its workers and at its page."""
    candidates = Candidates.registered()
    drawn = drawn_pictures()
    heaviest = [*drawn, *_heavy_ones()]
    with serving("kaosheng.wsgi") as server:
        ordinary = [request | {"picture": n % len(drawn)} for n, request in enumerate(candidates.requests())]
        plain = _peaks_after(server, drawn, ordinary)
        weights = _first_visits(server, candidates)
    candidates.remove_pictures()
    with serving("kaosheng.wsgi") as server:
        mixed = [request | _load(n, len(heaviest)) for n, request in enumerate(candidates.requests())]
        heavy = _peaks_after(server, heaviest, mixed)
    return [
        Results("web_rss_mb", max(plain), "MB", None, None, len(plain), min(plain), max(plain)),
        Results("web_rss_heaviest_mb", max(heavy), "MB", None, None, len(heavy), min(heavy), max(heavy)),
        Results("first_visit_kb", max(weights), "KB", None, None, len(weights), min(weights), max(weights)),
    ]


def _peaks_after(server: Server, pictures: list[str], requests: list[dict[str, Any]]) -> list[float]:
    under_load([Plan(server.port, 8, 0.5, SECONDS, 0.0, pictures, requests)])
    return [_peak_megabytes(worker) for worker in children(server.process_id)]


def _load(number: int, pictures: int) -> dict[str, int]:
    """Which picture a request brings; the last three are the heavy ones."""
    if number % HUGE_EVERY == 0:
        return {"picture": pictures - 1, "status": TOO_LARGE}
    if number % HEAVY_EVERY in {3, 7}:
        return {"picture": pictures - (2 if number % HEAVY_EVERY == 3 else 3)}  # noqa: PLR2004 - the same
    return {"picture": number % (pictures - 3)}


def _heavy_ones() -> list[str]:
    """Files of a large PNG, a large photograph that lies on its side, and one of 20 MB, made at the first run."""
    sys.path.append(str(CHECKOUT / "tests"))
    from factories import photographs  # noqa: PLC0415 - Django must be set up first
    from kaosheng.pictures.limits import MAX_BYTES  # noqa: PLC0415 - the same

    folder = ROOT / "heavy"
    folder.mkdir(exist_ok=True)
    png, sideways, huge = folder / "12.png", folder / "24.jpg", folder / "huge.jpg"
    if not huge.exists():
        page = Image.open(io.BytesIO(photographs.print_as_png(750, 1000, lines=2))).convert("RGB")
        page.resize((3000, 4000), Image.Resampling.NEAREST).save(png)
        exif = Image.Exif()
        exif[ORIENTATION] = SIDEWAYS
        # Progressive: in a baseline file the empty blocks of so many pixels alone would be too large.
        page.resize((4240, 5660)).save(sideways, quality=20, progressive=True, exif=exif.tobytes())
        huge.write_bytes(sideways.read_bytes().ljust(BODY_BYTES, b"\0"))
    if max(png.stat().st_size, sideways.stat().st_size) > MAX_BYTES:
        raise SystemExit(f"the heavy pictures are larger than what is let in: see {folder}")
    return [str(png), str(sideways), str(huge)]


def _peak_megabytes(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def _first_visits(server: Server, candidates: Candidates) -> list[float]:
    """Kilobytes over the line, pictures not counted, each in a browser that knows nothing yet."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        weights = [_first_visit(browser, server, *candidates.dossiers[number]) for number in range(VISITS)]
        browser.close()
    return weights


def _first_visit(browser: Browser, server: Server, dossier: Any, session: str) -> float:
    address = f"http://127.0.0.1:{server.port}"
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.add_cookies([{"name": "kaosheng_session", "value": session, "url": address}])
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    kinds: dict[str, str] = {}
    weights: dict[str, float] = {}
    line.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    line.on(
        "Network.loadingFinished",
        lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(f"{address}/dossiers/{dossier}/#material-{KIND}")
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(weight for request, weight in weights.items() if kinds.get(request) != "Image") / 1024

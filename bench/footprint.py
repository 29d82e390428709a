"""Memory of a web worker after a storm of uploads, and the weight of a candidate's first visit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

from load import Plan
from playwright.sync_api import Browser, sync_playwright
from service_data import KIND, Candidates
from system import Results, Server, children, drawn_pictures, serving, under_load

SECONDS: Final = 15.0
VISITS: Final = 3


def rows() -> list[Results]:
    """Load the service, then look at its workers and at its page."""
    candidates, pictures = Candidates.registered(), drawn_pictures()
    requests = [request | {"picture": n % len(pictures)} for n, request in enumerate(candidates.requests())]
    with serving("kaosheng.wsgi") as server:
        under_load([Plan(server.port, 8, 0.5, SECONDS, 0.0, pictures, requests)])
        peaks = [_peak_megabytes(worker) for worker in children(server.process_id)]
        weights = _first_visits(server, candidates)
    return [
        Results("web_rss_mb", max(peaks), "MB", None, None, len(peaks), min(peaks), max(peaks)),
        Results("first_visit_kb", max(weights), "KB", None, None, len(weights), min(weights), max(weights)),
    ]


def _peak_megabytes(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def _first_visits(server: Server, candidates: Candidates) -> list[float]:
    """Kilobytes over the line, pictures not counted, each in a browser that knows nothing yet."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
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

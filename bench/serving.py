"""What a candidate waits for besides uploading: pictures and thumbnails over HTTP, and 提交审核; one after another."""

from __future__ import annotations

import http.client
import statistics
import sys
import time
from typing import Any, Final
from urllib.parse import urlencode

from system import CHECKOUT, Results, Server, serving

TIMES: Final = 200
SUBMITS: Final = 40
FOUND: Final = 302
CSRF: Final = "c" * 32


def rows() -> list[Results]:
    """Ask for every picture of a filled dossier in turn, then submit many."""
    sys.path.append(str(CHECKOUT / "tests"))
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    from factories import clients, dossiers, world  # noqa: PLC0415 - the same
    from kaosheng.casework.services.submitting import picture_list_digest  # noqa: PLC0415 - the same

    place = world()
    filled = [dossiers.fill(dossiers.register(place)) for _ in range(SUBMITS)]
    sessions = [
        clients.of_candidate(dossiers.candidate_of(dossier)).cookies[settings.SESSION_COOKIE_NAME].value
        for dossier in filled
    ]
    with serving("kaosheng.wsgi") as server:
        line = _Line(server)
        here = [f"/dossiers/{filled[0].pk}/pictures/{picture.pk}/" for picture in filled[0].pictures.all()]
        full = [line.ask("GET", here[n % len(here)], sessions[0]) for n in range(TIMES)]
        small = [line.ask("GET", f"{here[n % len(here)]}thumbnail/", sessions[0]) for n in range(TIMES)]
        submits = [
            line.ask(
                "POST",
                f"/dossiers/{dossier.pk}/submit/",
                session,
                list=picture_list_digest(dossier.pictures.all()),
                commitment_version=dossier.intake.commitment_version,
                commitment="on",
            )
            for dossier, session in zip(filled, sessions, strict=True)
        ]
    return [_row("picture_p50_ms", full), _row("thumbnail_p50_ms", small), _row("submit_p50_ms", submits)]


class _Line:
    """One connection; `ask` returns the milliseconds of an answer."""

    def __init__(self, server: Server) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def ask(self, method: str, path: str, session: str, **form: Any) -> float:
        headers = {"Cookie": f"kaosheng_session={session}; kaosheng_csrf={CSRF}", "X-CSRFToken": CSRF}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self._line.request(method, path, urlencode(form) if form else None, headers)
        answer = self._line.getresponse()
        answer.read()
        if answer.status not in {http.HTTPStatus.OK, FOUND}:
            raise SystemExit(f"{method} {path} was answered with {answer.status}")
        return (time.perf_counter() - begun) * 1000


def _row(name: str, spent: list[float]) -> Results:
    return Results(name, statistics.median(spent), "ms", None, None, len(spent), min(spent), max(spent))

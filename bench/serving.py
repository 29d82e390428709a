"""What a candidate waits for besides uploading: pictures and thumbnails over HTTP, and 提交审核; one after another.

Each against the least a server can do, asked in turn: the same file of the store without asking whose it is; one
committed row.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from system import BARE_TABLE, CHECKOUT, Database, Results, Server, serving

TIMES: Final = 200
SUBMITS: Final = 40
ANSWERED: Final = (200, 201, 302)
CSRF: Final = "c" * 32

Ask = Callable[[int], float]


def rows(database: Database) -> list[Results]:
    """Ask for every picture of a filled dossier, then submit many."""
    sys.path.append(str(CHECKOUT / "tests"))
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    from factories import clients, dossiers, world  # noqa: PLC0415 - the same
    from kaosheng.casework.services.submitting import picture_list_digest  # noqa: PLC0415 - the same

    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(BARE_TABLE)
    place = world()
    filled = [dossiers.fill(dossiers.register(place)) for _ in range(SUBMITS)]
    sessions = [
        clients.of_candidate(dossiers.candidate_of(dossier)).cookies[settings.SESSION_COOKIE_NAME].value
        for dossier in filled
    ]
    pictures = list(filled[0].pictures.all())
    with serving("kaosheng.wsgi") as service, serving("bare_server") as bare:
        ours, least = _Line(service), _Line(bare)

        def picture(n: int, rest: str = "") -> float:
            shown = pictures[n % len(pictures)]
            return ours.ask("GET", f"/dossiers/{filled[0].pk}/pictures/{shown.pk}/{rest}", sessions[0])

        def submit(n: int) -> float:
            form = {
                "list": picture_list_digest(filled[n].pictures.all()),
                "commitment_version": filled[n].intake.commitment_version,
                "commitment": "on",
            }
            return ours.ask("POST", f"/dossiers/{filled[n].pk}/submit/", sessions[n], **form)

        return [
            _in_turn(
                "picture_p50_ms",
                picture,
                lambda n: least.ask("GET", f"/{pictures[n % len(pictures)].object_key}"),
                TIMES,
            ),
            _in_turn(
                "thumbnail_p50_ms",
                lambda n: picture(n, "thumbnail/"),
                lambda n: least.ask("GET", f"/{pictures[n % len(pictures)].thumbnail_key}"),
                TIMES,
            ),
            _in_turn("submit_p50_ms", submit, lambda _n: least.ask("POST", "/row", commitment="on"), SUBMITS),
        ]


class _Line:
    """One connection; `ask` returns the milliseconds of an answer."""

    def __init__(self, server: Server) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def ask(self, method: str, path: str, session: str = "", **form: Any) -> float:
        headers = {"Cookie": f"kaosheng_session={session}; kaosheng_csrf={CSRF}", "X-CSRFToken": CSRF}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self._line.request(method, path, urlencode(form) if form else None, headers)
        answer = self._line.getresponse()
        answer.read()
        if answer.status not in ANSWERED:
            raise SystemExit(f"{method} {path} was answered with {answer.status}")
        return (time.perf_counter() - begun) * 1000


def _in_turn(name: str, ours: Ask, least: Ask, times: int) -> Results:
    """The order is turned round after each pair."""
    spent: dict[Ask, list[float]] = {ours: [], least: []}
    for number in range(times):
        for ask in (least, ours) if number % 2 else (ours, least):
            spent[ask].append(ask(number))
    value, against = statistics.median(spent[ours]), statistics.median(spent[least])
    return Results(name, value, "ms", against, value / against, times, min(spent[ours]), max(spent[ours]))

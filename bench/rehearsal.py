"""`make rehearsal`: the last hour before a province's deadline, scaled to this machine, played by virtual candidates.

They arrive as an inhomogeneous Poisson process whose rate doubles six times until the end, as filings before a deadline
do. Each logs in through a registration system, opens his page, uploads 12 pictures as the page's scripts do, looks at the check page and
submits. Mistakes are among them: files too large, places already taken, answers lost on the way and asked for again. Then
every picture that was acknowledged is read back over HTTP and its digest compared.

`.venv/bin/python bench/rehearsal.py --candidates 400 --minutes 10`
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import itertools
import json
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rehearsal_people import Plan, Seen, Step
from run import LATEST, commit, machine
from system import CHECKOUT, Database, Server, cpu_seconds, drawn_pictures, free_port, prepared, serving

DOUBLINGS: Final = 6
WINDOWS: Final = 6
PICTURES: Final = 12
FAULTS_SHOWN: Final = 10
CROWDS: Final = 2
"""Processes the virtual candidates share."""
COUNTRY: Final = 800
"""Uploads a second in the last minute, if all provinces end on one evening."""
INTO: Final = LATEST.with_name("rehearsal.json")


def main() -> None:
    """Play it, print the tables, compare every picture; exit with 1 when anything went wrong."""
    options = _options()
    with prepared() as database:
        checklist, people = _place(options.candidates)
        port = free_port()
        os.environ["REGISTRATION_ISSUER"] = f"http://127.0.0.1:{port}"
        os.environ["SERVICE_URL"] = "http://127.0.0.1"
        with _provider(port, people), serving("kaosheng.wsgi") as server, _worker() as worker:
            before, began = _spent(server, database, worker), time.monotonic()
            seen = _play(server, options, checklist, list(people))
            lasted = time.monotonic() - began
            spent = {part: now - before[part] for part, now in _spent(server, database, worker).items()}
            wrong = _read_back(server, seen)
    faults = faults_of(seen, wrong, options.candidates)
    _print(seen, options.minutes * 60, wrong)
    shares = _shares(spent, seen, lasted)
    a_picture = _for_a_picture(spent, seen)
    _keep(seen, options, wrong, {"share_of_cpu": shares, "cpu_ms_a_picture": a_picture})
    if faults:
        raise SystemExit("\n".join(["the rehearsal found what must not be:", *faults[:FAULTS_SHOWN]]))


def faults_of(seen: list[Seen], wrong: list[str], candidates: int) -> list[str]:
    """What must not be: errors, pictures lost or different, and whatever wasn't played to its end."""
    submitted = sum(one.submitted for one in seen)
    acknowledged = sum(len(one.acknowledged) for one in seen)
    short = []
    if submitted != candidates:
        short.append(f"{submitted} submitted instead of {candidates}")
    if acknowledged != candidates * PICTURES:
        short.append(f"{acknowledged} pictures acknowledged instead of {candidates * PICTURES}")
    return [*short, *(error for one in seen for error in one.errors), *wrong]


def _spent(server: Server, database: Database, worker: int) -> dict[str, float]:
    """Seconds of processor so far."""
    processes = {"web": server.process_id, "postgresql": database.process_id, "worker": worker}
    return {part: cpu_seconds(process_id) for part, process_id in processes.items()}


def _shares(spent: dict[str, float], seen: list[Seen], lasted: float) -> dict[str, float]:
    """Parts of all processors over the whole time."""
    cores = os.cpu_count() or 1
    shares = {part: seconds / lasted / cores for part, seconds in spent.items()}
    shares["candidates"] = sum(one.cpu for one in seen) / cores
    print("share of all CPU: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
    return shares


def _for_a_picture(spent: dict[str, float], seen: list[Seen]) -> dict[str, float]:
    """Milliseconds of processor a picture, all its candidate did besides included, and what a country needs by that."""
    pictures = max(1, sum(len(one.acknowledged) for one in seen))
    each = {part: seconds * 1000 / pictures for part, seconds in spent.items()}
    needed = ", ".join(
        f"{part} {ms:.1f} ms a picture: {ms * COUNTRY / 1000:.0f} cores at {COUNTRY} uploads/s"
        for part, ms in each.items()
    )
    print(f"with pages, log-in and submitting: {needed}")
    return each


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candidates", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--think", type=float, default=1.0, help="mean seconds between two acts of a person")
    parser.add_argument(
        "--mistakes", type=float, default=0.04, help="share of uploads with each kind of mistake"
    )
    return parser.parse_args()


def _place(candidates: int) -> tuple[list[tuple[str, int]], dict[str, dict[str, Any]]]:
    """An open intake; the places everybody fills, and the registration of each subject."""
    sys.path.append(str(CHECKOUT / "tests"))
    from django.utils import timezone  # noqa: PLC0415 - Django must be set up first

    from factories import dossiers, world  # noqa: PLC0415 - the same
    from kaosheng.casework.services.case import Case  # noqa: PLC0415 - the same

    here = world()
    case = Case(dossiers.register(here), arrived_at=timezone.now(), now=timezone.now())
    needed = [(kind, number) for kind in case.missing() for number in range(1, case.item(kind).minimum + 1)]
    free = [("M99", number) for number in range(1, PICTURES + 1)]
    sent = [dossiers.payload(here) for _ in range(candidates)]
    return (needed + free)[:PICTURES], {one["subject"]: one for one in sent}


def arrivals(count: int, seconds: float, chance: random.Random) -> list[float]:
    """So many moments of a Poisson process whose rate doubles DOUBLINGS times: given their number they are independent."""
    growth = DOUBLINGS * math.log(2)
    return sorted(seconds * math.log1p(chance.random() * math.expm1(growth)) / growth for _ in range(count))


@contextlib.contextmanager
def _provider(port: int, people: dict[str, dict[str, Any]]) -> Iterator[None]:
    command = [sys.executable, str(Path(__file__).with_name("rehearsal_provider.py"))]
    provider = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert provider.stdin is not None  # noqa: S101 - for the type checker
    provider.stdin.write(json.dumps({"port": port, "people": people}) + "\n")
    provider.stdin.close()
    try:
        yield
    finally:
        provider.terminate()
        provider.wait()


@contextlib.contextmanager
def _worker() -> Iterator[int]:
    """The job worker: messages and status reports go out meanwhile; the id of its process."""
    worker = subprocess.Popen([sys.executable, "-m", "kaosheng", "worker"], stderr=subprocess.DEVNULL)
    try:
        yield worker.pid
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()


def _play(
    server: Server, options: argparse.Namespace, checklist: list[tuple[str, int]], subjects: list[str]
) -> list[Seen]:
    moments = arrivals(len(subjects), options.minutes * 60, random.Random(2027))  # noqa: S311 - to be repeated
    command = [sys.executable, str(Path(__file__).with_name("rehearsal_people.py"))]
    crowds = []
    for number in range(CROWDS):
        plan = Plan(
            port=server.port,
            seed=number * 1_000_000,
            arrivals=moments[number::CROWDS],
            subjects=subjects[number::CROWDS],
            pictures=drawn_pictures(),
            checklist=checklist,
            think=options.think,
            mistakes=options.mistakes,
        )
        crowd = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert crowd.stdin is not None  # noqa: S101 - for the type checker
        crowd.stdin.write(json.dumps(vars(plan)))
        crowd.stdin.close()
        crowd.stdin = None
        crowds.append(crowd)
    told = [json.loads(crowd.communicate()[0]) for crowd in crowds]
    return [Seen(**{**one, "steps": [Step(**step) for step in one["steps"]]}) for one in told]


def _read_back(server: Server, seen: list[Seen]) -> list[str]:
    """Every acknowledged picture: its row, and its bytes as the candidate gets them. What is wrong, if anything."""
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    from factories import clients  # noqa: PLC0415 - the same
    from kaosheng.casework.models import Picture  # noqa: PLC0415 - the same
    from kaosheng.registration.models import Candidate  # noqa: PLC0415 - the same

    wrong = []
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for subject, kind, position, digest in (entry for one in seen for entry in one.acknowledged):
        place = {"dossier__registration__subject": subject, "kind": kind, "position": position}
        rows = list(
            Picture.objects.filter(**place).values("pk", "dossier_id", "received_digest", "stored_digest")
        )
        if [row["received_digest"] for row in rows] != [digest]:
            wrong.append(f"{subject} {kind}/{position}: {len(rows)} rows, or another picture")
            continue
        client = clients.of_candidate(Candidate.objects.get(subject=subject))
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        line.request(
            "GET", f"/dossiers/{rows[0]['dossier_id']}/pictures/{rows[0]['pk']}/", headers={"Cookie": cookie}
        )
        content = line.getresponse().read()
        if "sha256:" + hashlib.sha256(content).hexdigest() != rows[0]["stored_digest"]:
            wrong.append(f"{subject} {kind}/{position}: the bytes served aren't those stored")
    return wrong


def _print(seen: list[Seen], seconds: float, wrong: list[str]) -> None:
    steps = [step for one in seen for step in one.steps]
    print(
        f"{'step':16} {'window':>14} {'a second':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8} {'n':>7}"
    )
    for row in table(steps, seconds):
        print(
            f"{row['step']:16} {row['window']:>14} {row['per_second']:9.1f} {row['p50']:8.0f} {row['p95']:8.0f} "
            f"{row['p99']:8.0f} {row['max']:8.0f} {row['n']:7}"
        )
    errors = [error for one in seen for error in one.errors]
    acknowledged = sum(len(one.acknowledged) for one in seen)
    print(
        f"submitted {sum(one.submitted for one in seen)}, pictures acknowledged {acknowledged}, of those lost or "
        f"different {len(wrong)}, answers lost and asked for again {sum(one.retries for one in seen)}, "
        f"mistakes refused {sum(one.mistakes for one in seen)}, errors {len(errors)}"
    )


def table(steps: list[Step], seconds: float) -> list[dict[str, Any]]:
    """Percentiles and rate of each step as a whole, in each sixth of the time, and after its end, while the last ones finish."""
    ended = max([seconds, *(step.at + step.ms / 1000 for step in steps)])
    cuts = [seconds * number / WINDOWS for number in range(WINDOWS + 1)]
    sixths = {f"{number + 1} of {WINDOWS}": part for number, part in enumerate(itertools.pairwise(cuts))}
    windows = {"whole": (0.0, ended), **sixths, "after the end": (seconds, ended)}
    rows = []
    for name in dict.fromkeys(step.name for step in steps):
        mine = [step for step in steps if step.name == name]
        for window, (begin, end) in windows.items():
            inside = [step for step in mine if begin <= step.at < end]
            if len(inside) > 1:
                rows.append(_row(name, window, inside, end - begin))
    return rows


def _row(name: str, window: str, steps: list[Step], length: float) -> dict[str, Any]:
    spent = [step.ms for step in steps]
    cuts = statistics.quantiles(spent, n=100, method="inclusive")
    return {
        "step": name,
        "window": window,
        "per_second": len(spent) / length,
        "p50": cuts[49],
        "p95": cuts[94],
        "p99": cuts[98],
        "max": max(spent),
        "n": len(spent),
    }


def _keep(
    seen: list[Seen], options: argparse.Namespace, wrong: list[str], processors: dict[str, dict[str, float]]
) -> None:
    steps = [step for one in seen for step in one.steps]
    INTO.parent.mkdir(exist_ok=True)
    result = {
        "commit": commit(),
        "machine": machine(),
        "options": vars(options),
        "rows": table(steps, options.minutes * 60),
        "submitted": sum(one.submitted for one in seen),
        "acknowledged": sum(len(one.acknowledged) for one in seen),
        "wrong": wrong,
        "errors": [error for one in seen for error in one.errors],
        **processors,
    }
    INTO.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

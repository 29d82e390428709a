"""Whatever is killed in the middle of whatever: what was acknowledged is there, once, and nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from crash.installation import CALLS, Installation, Step, children_of
from crash.people import Person

pytestmark = pytest.mark.long

TRIES = 6
"""How often a step is tried: which folders a worker knows, and how the database's bytes arrive, differ by a call or two."""

Attempt = tuple[Callable[[], Any], Callable[[], Any]]
"""A request sent once, and the same until it is acknowledged."""


@dataclass
class Hurting:
    """One kind of request, sent again and again to workers that are killed in its middle.

    Each worker has answered one of them and one of `warm` before: so all have the same behind them, and the thread is known.
    """

    installation: Installation
    warm: Iterator[Attempt]
    attempts: Iterator[Attempt]
    owed: Callable[[], Any] = field(init=False)
    is_new: bool = False
    kills: int = 0

    def __post_init__(self) -> None:
        _once, self.owed = next(self.attempts)

    def steps(self) -> list[Step]:
        """Trace one request."""
        return self.installation.steps_of(self._send("trace=" + ",".join(CALLS)))

    def kills_at(self, step: Step) -> bool:
        """Kill the worker when its thread is about to make this call; whether it came to it in so many tries."""
        for _ in range(TRIES):
            self._send(f"trace={step.call}", f"inject={step.call}:signal=KILL:when={step.number}")
            if self.is_new:
                self.kills += 1
                return True
        return False

    def _send(self, *rules: str) -> Path:
        if not self.is_new:
            self.installation.kill_worker()
        self.installation.wait_for_answer()
        self.owed()
        next(self.warm)[1]()
        thread = self.installation.answering_thread()
        worker = self.installation.worker()
        once, self.owed = next(self.attempts)
        with self.installation.traced(thread, *rules) as output, suppress(httpx.HTTPError):
            once()
        self.is_new = self.installation.has_ended(worker)
        return output


def _people(installation: Installation, filled: int, way: str, made: list[Person]) -> Iterator[Person]:
    """Candidates as they are needed, `filled` of each ten with all their pictures; also kept in `made`."""
    while True:
        for prepared in installation.script("drafts", 10, filled):
            made.append(Person(installation.port, prepared, way))
            yield made[-1]


def _uploads(people: Iterator[Person]) -> Iterator[Attempt]:
    for person in people:
        for position in range(1, 31):
            key = uuid4().hex
            yield (
                partial(person.upload, position=position, key=key),
                partial(person.upload_until_kept, position=position, key=key),
            )


def _submissions(people: Iterator[Person]) -> Iterator[Attempt]:
    for person in people:
        yield person.submit, person.submit_until_received


def _kill_at_every_step(hurting: Hurting, record: Callable[[str, object], None]) -> list[Step]:
    """Kill at every step of a request and acknowledge all of them; the steps."""
    steps = hurting.steps()
    missed = [step for step in steps if not hurting.kills_at(step)]
    hurting.installation.wait_for_answer()
    hurting.owed()
    record("steps", len(steps))
    record("kills", hurting.kills)
    assert missed == []
    return steps


@pytest.mark.parametrize("way", ["api", "page"])
def test_the_web_worker_killed_at_every_step_of_an_upload(
    installation: Installation, record_property: Callable[[str, object], None], way: str
) -> None:
    with installation.serving():
        people: list[Person] = []
        uploads = _uploads(_people(installation, 0, way, people))
        steps = _kill_at_every_step(Hurting(installation, uploads, uploads), record_property)
    assert {"openat", "write", "fsync", "rename", "sendto", "recvfrom"} <= {step.call for step in steps}
    keys = [key for person in people for key in person.keys]
    assert sorted(keys) == sorted(key for person in people for key in person.acknowledged)
    seen = installation.script("seen", keys)
    assert seen["broken"] == []
    assert seen["rows"] == dict.fromkeys(keys, 1)
    swept = installation.script("swept_a_day_later")
    assert swept.pop("removed") > 0
    assert swept == {"unnamed": [], "missing": [], "other_files": 0, "broken": []}


def test_the_web_worker_killed_at_every_step_of_submitting(
    installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    with installation.serving():
        people: list[Person] = []
        submissions = _submissions(_people(installation, 10, "page", people))
        uploads = _uploads(_people(installation, 0, "page", []))
        steps = _kill_at_every_step(Hurting(installation, uploads, submissions), record_property)
    assert len([step for step in steps if step.call == "sendto"]) > 20
    seen = installation.script("seen", [])
    assert seen["broken"] == []
    received = {person.prepared["dossier"] for person in people if "302" in person.answers}
    assert len(received) > len(steps)
    assert {dossier: seen["receipts"][dossier] for dossier in received} == dict.fromkeys(received, 1)
    swept = installation.script("swept_a_day_later")
    assert swept == {"removed": 0, "unnamed": [], "missing": [], "other_files": 0, "broken": []}


def test_the_job_worker_killed_in_mid_job(installation: Installation) -> None:
    """Its jobs come back to another worker and end as if nothing had been."""
    (draft,) = installation.script("drafts", 1, 1)
    count = installation.script("delete_everything", draft["dossier"])
    assert count > 3
    tracer = subprocess.Popen(
        [
            *(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=unlink",
                "-e",
                "inject=unlink:signal=KILL:when=2",
            ),
            *(sys.executable, "-m", "kaosheng", "worker", "--concurrency", "1"),
        ],
        env=installation.environment,
    )
    tracer.wait(300)
    assert "doing" in installation.script("jobs_of", "delete_objects")
    worker = subprocess.Popen([sys.executable, "-m", "kaosheng", "worker"], env=installation.environment)
    try:
        give_up = time.monotonic() + 240
        while installation.script("jobs_of", "delete_objects"):
            assert time.monotonic() < give_up, installation.script("jobs_of", "delete_objects")
            time.sleep(2)
    finally:
        worker.terminate()
        worker.wait(30)
    assert installation.script("seen", [])["broken"] == []
    swept = installation.script("swept_a_day_later")
    assert (swept["unnamed"], swept["missing"], swept["other_files"]) == ([], [], 0)


def test_postgresql_killed_under_load(installation: Installation) -> None:
    """What was acknowledged before is there; what was not is sent again and kept once; the web server needs no care."""
    with installation.serving(threads=4):
        drafts = installation.script("drafts", 4, 0)
        people = [
            Person(installation.port, one, way) for one, way in zip(drafts, ["api", "page"] * 2, strict=True)
        ]
        half_way, stop = threading.Event(), threading.Event()

        def send(person: Person) -> None:
            for position in range(1, 25):
                person.upload_until_kept(position=position)
                if position == 6:
                    half_way.set()
            stop.set()

        senders = [threading.Thread(target=send, args=(person,)) for person in people]
        for sender in senders:
            sender.start()
        assert half_way.wait(120)
        postmaster = int((installation.cluster.data / "postmaster.pid").read_text().split()[0])
        victims = [postmaster, *children_of(postmaster)]
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(postmaster, 0)
        assert not stop.is_set()
        installation.cluster.start()
        for sender in senders:
            sender.join(200)
    keys = [key for person in people for key in person.keys]
    assert len([key for person in people for key in person.acknowledged]) == 4 * 24
    assert {answer for person in people for answer in person.answers} == {"200", "201", "503"}
    seen = installation.script("seen", keys)
    assert seen["broken"] == []
    assert seen["rows"] == dict.fromkeys(keys, 1)
    swept = installation.script("swept_a_day_later")
    swept.pop("removed")
    assert swept == {"unnamed": [], "missing": [], "other_files": 0, "broken": []}

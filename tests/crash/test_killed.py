"""Whatever is killed in the middle of whatever: what was acknowledged is there, once, and nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest

from crash.installation import CALLS, Installation, Step, children_of
from crash.people import Person

pytestmark = pytest.mark.long

SPARE = 12
"""Dossiers beyond one a step: the first request of a worker may take more steps than a later one."""


def _trace_one(installation: Installation, warm: Callable[[], Any], act: Callable[[], Any]) -> list[Step]:
    """The steps of one request, found by tracing the thread that answers it."""
    warm()
    with installation.finding_its_thread() as found:
        warm()
    with installation.traced(found[0], "trace=" + ",".join(CALLS)) as output:
        act()
    return installation.steps_of(output)


def _killed_at(installation: Installation, thread: int, step: Step, act: Callable[[], Any]) -> bool:
    """Kill the worker when its thread is about to make this call; whether it died before it could answer."""
    worker = installation.worker()
    rules = (f"trace={step.call}", f"inject={step.call}:signal=KILL:when={step.number}")
    with installation.traced(thread, *rules), suppress(httpx.HTTPError):
        act()
    for _ in range(50):
        if worker not in children_of(installation.server.pid if installation.server else 0):
            return True
        time.sleep(0.02)
    return False


def test_the_web_worker_killed_at_every_step_of_an_upload(installation: Installation) -> None:
    (draft, *_) = installation.script("drafts", 6, 0)
    drafts = [draft, *_]
    with installation.serving():
        people = [Person(installation.port, one) for one in drafts]
        places = iter([(person, position) for person in people for position in range(1, 31)])

        def upload() -> None:
            person, position = next(places)
            assert person.upload(position=position, key=uuid4().hex).status_code == 201

        steps = _trace_one(installation, upload, upload)
        names = {step.call for step in steps}
        assert {"openat", "write", "fsync", "rename", "sendto", "recvfrom"} <= names
        killed = []
        for step in steps:
            with installation.finding_its_thread() as found:
                upload()
            person, position = next(places)
            key = uuid4().hex
            if _killed_at(installation, found[0], step, lambda: person.upload(position=position, key=key)):  # noqa: B023
                killed.append(step)
            installation.wait_for_answer()
            person.upload_until_kept(position=position, key=key)
    assert len(killed) >= len(steps) - 3, sorted(set(steps) - set(killed), key=str)
    keys = [key for person in people for key in person.keys]
    seen = installation.script("seen", keys)
    assert seen["broken"] == []
    assert seen["rows"] == dict.fromkeys(keys, 1)
    swept = installation.script("swept_a_day_later")
    assert swept.pop("removed") > 0
    assert swept == {"unnamed": [], "missing": [], "other_files": 0, "broken": []}


def test_the_web_worker_killed_at_every_step_of_submitting(installation: Installation) -> None:
    with installation.serving():
        rehearsed = [Person(installation.port, one) for one in installation.script("drafts", 3, 3)]
        waiting = iter(rehearsed)

        def submit() -> None:
            assert next(waiting).submit().status_code == 302

        steps = _trace_one(installation, submit, submit)
        assert len([step for step in steps if step.call == "sendto"]) > 20
        people = [
            Person(installation.port, one) for one in installation.script("drafts", len(steps), len(steps))
        ]
        warm = [
            Person(installation.port, one) for one in installation.script("drafts", 1 + len(steps) // 25, 0)
        ]
        places = iter([(person, position) for person in warm for position in range(1, 31)])
        killed = []
        for step, person in zip(steps, people, strict=True):
            with installation.finding_its_thread() as found:
                warm_person, position = next(places)
                warm_person.upload_until_kept(position=position)
            if _killed_at(installation, found[0], step, person.submit):
                killed.append(step)
            installation.wait_for_answer()
            person.submit_until_received()
    assert len(killed) >= len(steps) * 9 // 10, sorted(set(steps) - set(killed), key=str)
    seen = installation.script("seen", [])
    assert seen["broken"] == []
    for person in [*rehearsed, *people]:
        assert seen["receipts"][person.prepared["dossier"]] == 1


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
    tracer.wait(120)
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
        people = [Person(installation.port, one) for one in installation.script("drafts", 4, 0)]
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
    seen = installation.script("seen", keys)
    assert seen["broken"] == []
    assert seen["rows"] == dict.fromkeys(keys, 1)

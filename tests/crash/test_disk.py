"""A disk that is full, write-protected or slow: nothing is acknowledged that isn't kept, and nothing half written stays."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import httpx
import pytest

from crash.conftest import Disk
from crash.installation import Installation
from crash.people import Person

pytestmark = pytest.mark.long


@pytest.mark.parametrize("harm", ["full", "write-protected"])
def test_a_disk_that_takes_nothing(installation: Installation, small_disk: Disk, harm: str) -> None:
    (draft,) = installation.script("drafts", 1, 0)
    with installation.serving():
        person = Person(installation.port, draft)
        person.upload_until_kept(position=1)
        small_disk.fill() if harm == "full" else small_disk.write_protected()
        key = uuid4().hex
        refused = person.upload(position=2, key=key)
        assert refused.status_code == 503
        assert refused.json()["code"] == "store_unavailable"
        assert installation.script("seen", [key])["rows"] == {}
        page = httpx.get(
            f"http://127.0.0.1:{installation.port}/dossiers/{draft['dossier']}/",
            headers={"Cookie": f"kaosheng_session={draft['session']}"},
            timeout=60,
        )
        assert page.status_code == 200
        small_disk.make_room() if harm == "full" else small_disk.writable()
        person.upload_until_kept(position=2, key=key)
    seen = installation.script("seen", person.keys)
    assert (seen["broken"], seen["rows"]) == ([], dict.fromkeys(person.keys, 1))
    swept = installation.script("swept_a_day_later")
    assert (swept["removed"], swept["other_files"], swept["missing"]) == (0, 0, [])


def test_a_disk_that_syncs_slowly_delays_answers_and_loses_nothing(installation: Installation) -> None:
    (draft, other) = installation.script("drafts", 2, 0)
    with installation.serving():
        person, neighbour = Person(installation.port, draft), Person(installation.port, other)
        person.upload_until_kept(position=1)
        person.upload_until_kept(position=2)
        with installation.traced(
            installation.answering_thread(), "trace=fsync", "inject=fsync:delay_exit=1500000"
        ):
            began = time.monotonic()
            senders = [
                threading.Thread(target=person.upload_until_kept, kwargs={"position": 3}),
                threading.Thread(target=neighbour.upload_until_kept, kwargs={"position": 1}),
            ]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join(100)
            assert time.monotonic() - began > 2 * 1.5  # each answer waited for its syncs
    keys = person.keys + neighbour.keys
    seen = installation.script("seen", keys)
    assert (seen["broken"], seen["rows"]) == ([], dict.fromkeys(keys, 1))
    swept = installation.script("swept_a_day_later")
    assert swept == {"removed": 0, "unnamed": [], "missing": [], "other_files": 0, "broken": []}


def test_a_full_disk_under_the_database(cramped: tuple[Installation, Disk]) -> None:
    """PostgreSQL may refuse a statement or stop: the answer is 503 either way, and with room again all is as before."""
    installation, disk = cramped
    with installation.serving():
        people = [Person(installation.port, draft) for draft in installation.script("drafts", 2, 0)]
        wanted = [(person, position, uuid4().hex) for person in people for position in range(1, 31)]
        answers = _until_refused(disk, wanted)
        assert {answer.status_code for answer in answers[:-1]} <= {201}
        assert (answers[-1].status_code, answers[-1].json()["code"]) == (503, "database_unavailable")
        disk.make_room()
        _await_recovery(installation)
        for person, position, key in wanted[: len(answers)]:
            person.upload_until_kept(position=position, key=key)
    keys = [key for person in people for key in person.keys]
    seen = installation.script("seen", keys)
    assert (seen["broken"], seen["rows"]) == ([], dict.fromkeys(keys, 1))
    swept = installation.script("swept_a_day_later")
    assert swept == {"removed": 2, "unnamed": [], "missing": [], "other_files": 0, "broken": []}


def _await_recovery(installation: Installation) -> None:
    """A server that stopped a process of its own recovers by itself; one that ended is started."""
    give_up = time.monotonic() + 30
    while not installation.cluster.running():
        if not (installation.cluster.data / "postmaster.pid").exists() or time.monotonic() > give_up:
            installation.cluster.start()
            return
        time.sleep(0.5)


def _until_refused(disk: Disk, wanted: list[tuple[Person, int, str]]) -> list[httpx.Response]:
    """Upload without room: the pages and the log the database has already take some."""
    answers: list[httpx.Response] = []
    for person, position, key in wanted:
        disk.fill()
        answers.append(person.upload(position=position, key=key))
        if answers[-1].status_code != 201:
            break
    return answers

"""Two real threads with real commits, brought to the same point at the same time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from factories import World, world
from factories.people import Cast, cast
from factories.races import Call, MeetAt, Overtake, Race
from kaosheng.accounts.models import User
from kaosheng.casework.models import Dossier
from kaosheng.casework.services import locks
from kaosheng.registration.models import Registration

WAIT_SECONDS = 1.0
"""How long the first thread waits at the point for the second; under the lock the second can't come."""

SURELY_SECONDS = 30.0
"""The same where nothing keeps the second from coming but a busy machine."""


@pytest.fixture
def here() -> World:
    """An open intake, committed for all threads."""
    return world()


@pytest.fixture
def house(here: World) -> Cast:
    """Its staff."""
    return cast(here)


@pytest.fixture
def meet_at(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> MeetAt:
    """Make both threads meet just before a function runs for the first time in each.

    `surely` where no lock is in the way of the second, as in every twin with `without_locks`.
    """

    def arrange(owner: object, name: str, *, surely: bool = "without_locks" in request.fixturenames) -> None:
        barrier, original = threading.Barrier(2), getattr(owner, name)
        patience = SURELY_SECONDS if surely else WAIT_SECONDS
        thread = threading.local()

        def meeting(*args: Any, **kwargs: Any) -> Any:
            if not getattr(thread, "has_met", False):
                thread.has_met = True
                with contextlib.suppress(threading.BrokenBarrierError):
                    barrier.wait(patience)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, meeting)

    return arrange


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks of the write path away, to see that the race is real."""

    def plain_dossier(dossier_id: UUID) -> Dossier:
        return Dossier.objects.select_related("intake__area", "site").get(pk=dossier_id)

    monkeypatch.setattr(locks, "share_intake", lambda _intake_id: None)
    monkeypatch.setattr(locks, "take_intake", lambda _intake_id: None)
    monkeypatch.setattr(locks, "lock_registration", lambda pk: Registration.objects.get(pk=pk))
    monkeypatch.setattr(locks, "lock_dossier", plain_dossier)
    monkeypatch.setattr(locks, "lock_person", lambda pk: User.objects.get(pk=pk))


@pytest.fixture
def race() -> Race:
    """Run the calls at once; each answer is what the call returned or raised."""

    def run(calls: Sequence[Call]) -> list[object]:
        start, answers = threading.Barrier(len(calls)), [None] * len(calls)

        def one(number: int, call: Call) -> None:
            start.wait()
            try:
                answers[number] = call()  # type: ignore[call-overload]
            except Exception as error:  # noqa: BLE001 - the answer of a race may be any error
                answers[number] = error  # type: ignore[call-overload]
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return list(answers)

    return run


@pytest.fixture
def overtake(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, race: Race) -> Overtake:
    """Let a second call do all it does while the first stands just before a function of its own.

    The first waits until the second is done, or for as long as it takes to see that a lock keeps it from coming.
    """
    patience = SURELY_SECONDS if "without_locks" in request.fixturenames else WAIT_SECONDS

    def run(first: Call, owner: object, name: str, second: Call) -> list[object]:
        original = getattr(owner, name)
        stands, done, thread = threading.Event(), threading.Event(), threading.local()

        def held_up(*args: Any, **kwargs: Any) -> Any:
            if getattr(thread, "is_first", False):
                stands.set()
                done.wait(patience)
            return original(*args, **kwargs)

        def starts() -> object:
            thread.is_first = True
            return first()

        def follows() -> object:
            stands.wait(SURELY_SECONDS)
            try:
                return second()
            finally:
                done.set()

        monkeypatch.setattr(owner, name, held_up)
        return race([starts, follows])

    return run

"""A full installation, a folder for its backups, and empty places of another server."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from factories import World, dossiers, world
from factories.backups import Place, Safe, drawn_key, key_file
from factories.people import cast
from kaosheng.audit.sealing import seal_settled
from kaosheng.domain.states import State
from kaosheng.ops.embedded_postgres import TEST_SETTINGS, Cluster


@pytest.fixture(scope="session")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(var=tmp_path_factory.mktemp("other") / "var", name="other", settings=TEST_SETTINGS)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)


@pytest.fixture
def empty_place(other_server: Cluster, tmp_path: Path) -> Callable[[], Place]:
    """Each call is another one on the other server."""
    numbers = itertools.count()

    def place() -> Place:
        number = next(numbers)
        name = f"restored_{number}_{tmp_path.name}".lower().replace("-", "_")[:60]
        other_server.create_databases(name)
        store = tmp_path / f"empty_{number}"
        return Place({"DATABASE_URL": other_server.url(name), "STORE_ROOT": str(store)}, store)

    return place


@pytest.fixture
def elsewhere(empty_place: Callable[[], Place]) -> Place:
    return empty_place()


@pytest.fixture
def here(settings: Any) -> Place:
    """The database and the store of this test, for commands."""
    name = connection.settings_dict["NAME"]
    return Place(
        {"DATABASE_URL": settings.TEST_CLUSTER.url(name), "STORE_ROOT": str(settings.STORE_ROOT)},
        settings.STORE_ROOT,
    )


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    return Safe(tmp_path / "backup", key_file(tmp_path / "backup.key", drawn_key()))


@pytest.fixture
def busy() -> World:
    """Dossiers in several states, and a sealed trail whose transactions no young server has reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN FOR turn IN 1..30000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        )
    place = world()
    house = cast(place)
    for state in (State.AT_SITE, State.RETURNED, State.DECIDED):
        dossiers.brought_to(place, state, cast=house)
    dossiers.brought_to(place, "released", cast=house)
    while seal_settled():
        pass
    return place


@pytest.fixture
def time_machine_at() -> Iterator[Callable[[int], None]]:
    """Go so many hours from now; time goes on there."""
    started: list[Any] = []

    def later(hours: int) -> None:
        for one in started:
            one.stop()
        started[:] = [time_machine.travel(timezone.now() + dt.timedelta(hours=hours), tick=True)]
        started[0].start()

    yield later
    for one in started:
        one.stop()

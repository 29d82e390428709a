"""The checkout's own PostgreSQL: starts, stops, and belongs to the right user."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from kaosheng.ops.embedded_postgres import SYSTEM_USER, TEST_SETTINGS, Cluster, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(var=tmp_path / "var", name="own", settings=TEST_SETTINGS)
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_it_starts_once_and_stops(cluster: Cluster) -> None:
    assert cluster.start() is True
    assert cluster.start() is False
    cluster.create_databases("one")
    cluster.create_databases("one", "two")
    with psycopg.connect(cluster.url("two")) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    pid = server_pid(cluster)

    assert cluster.stop() is True
    assert cluster.stop() is False

    assert not cluster.running()
    assert not (cluster.data / "postmaster.pid").exists()
    assert not Path(f"/proc/{pid}/cwd").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def test_data_survive_a_restart_and_not_a_wipe(cluster: Cluster) -> None:
    cluster.start()
    cluster.create_databases("kept")
    cluster.stop()
    cluster.start()
    psycopg.connect(cluster.url("kept")).close()

    cluster.wipe()
    cluster.start()

    with pytest.raises(psycopg.OperationalError, match='database "kept" does not exist'):
        psycopg.connect(cluster.url("kept"))


@pytest.mark.skipif(not AS_ROOT, reason="only root has to run the server as another user")
def test_started_by_root_it_runs_as_its_own_user_from_a_place_of_its_own(cluster: Cluster) -> None:
    # pytest's temporary folder has mode 700, as a checkout in root's home would.
    assert cluster.var.parent.parent.stat().st_mode & 0o077 == 0

    cluster.start()

    assert Path(f"/proc/{server_pid(cluster)}").stat().st_uid == pwd.getpwnam(SYSTEM_USER).pw_uid
    assert (cluster.var / "postgres").read_text() == f"{cluster.place}\n"
    assert cluster.place.parent == Path("/var/lib")
    assert cluster.place.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not AS_ROOT, reason="a normal user's data lie in the checkout and go with it")
def test_what_a_deleted_checkout_left_is_removed_by_the_next_one_at_its_path(cluster: Cluster) -> None:
    cluster.start()
    cluster.create_databases("old")
    shutil.rmtree(cluster.var)

    assert cluster.start() is True

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(cluster.url("old"))


def test_data_of_another_version_are_refused_with_what_to_do(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("12\n")

    with pytest.raises(
        DatabaseError, match=r"written by PostgreSQL 12, .* start over with `make demo-reset`"
    ):
        cluster.start()


def test_a_deep_checkout_has_its_socket_in_a_short_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    deep = Cluster(var=tmp_path / ("d" * 90), name="own", settings={})
    assert len(os.fsencode(deep.socket_directory)) < 80

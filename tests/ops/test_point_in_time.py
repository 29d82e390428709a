"""docs/operations.md, "To a point in time", with real servers: the second before a mistake comes back."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kaosheng.ops.embedded_postgres import SYSTEM_USER, Cluster, packaged_programs

ARCHIVE = "test ! -f {0}/%f && cp %p {0}/%f.part && sync {0}/%f.part && mv {0}/%f.part {0}/%f"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Path]:
    """A folder the server's user may write."""
    folder = Path(f"/var/lib/kaosheng-archive-{os.getpid()}") if os.geteuid() == 0 else tmp_path / "archive"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        user = pwd.getpwnam(SYSTEM_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(tmp_path: Path, archive: Path) -> Iterator[Cluster]:
    cluster = Cluster(
        var=tmp_path / "var",
        name="archived",
        settings={"wal_level": "replica", "archive_mode": "on", "archive_command": ARCHIVE.format(archive)},
    )
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)


@pytest.mark.long
def test_the_second_before_a_mistake_comes_back(server: Cluster, archive: Path, tmp_path: Path) -> None:
    server.start()
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE verdict (id int PRIMARY KEY, transaction xid8 DEFAULT pg_current_xact_id())"
        )
        connection.execute("INSERT INTO verdict VALUES (1)")
        base = tmp_path / "base"
        programs = packaged_programs()
        assert programs is not None
        subprocess.run(
            [
                programs / "pg_basebackup",
                "--checkpoint=fast",
                "-D",
                base,
                "-h",
                server.socket_directory,
                "-U",
                "kaosheng",
            ],
            check=True,
        )
        connection.execute("INSERT INTO verdict VALUES (2)")
        before_the_mistake = connection.execute("SELECT clock_timestamp()").fetchone()
        connection.execute("DELETE FROM verdict")
        last = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        connection.execute("SELECT pg_switch_wal()")
        _wait_until_archived(connection)
    assert before_the_mistake is not None
    assert last is not None
    server.stop()

    shutil.rmtree(server.data)
    shutil.copytree(base, server.data)
    (server.data / "recovery.signal").touch()
    if os.geteuid() == 0:
        user = pwd.getpwnam(SYSTEM_USER)
        for path in [server.data, *server.data.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    recovering = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": before_the_mistake[0].isoformat(),
        "recovery_target_action": "promote",
    }
    again = Cluster(var=server.var, name=server.name, settings={**server.settings, **recovering})
    again.start()

    with psycopg.connect(again.url("postgres"), autocommit=True) as connection:
        _wait_until_promoted(connection)
        rows = connection.execute("SELECT id, transaction::text::bigint FROM verdict ORDER BY id").fetchall()
        assert [row[0] for row in rows] == [1, 2]
        now = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert now is not None
        assert now[0] > rows[-1][1]  # transactions count on: audit seals need no step


def _wait_until_archived(connection: psycopg.Connection) -> None:
    wal = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)").fetchone()
    assert wal is not None
    for _ in range(600):
        row = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
        if row is not None and (row[0] or "") >= wal[0]:
            return
        time.sleep(0.1)
    pytest.fail("the archiver didn't take the last segment")


def _wait_until_promoted(connection: psycopg.Connection) -> None:
    for _ in range(600):
        if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
            return
        time.sleep(0.1)
    pytest.fail("the server stays in recovery")

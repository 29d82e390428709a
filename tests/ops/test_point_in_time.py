"""docs/operations.md, "To a point in time", with real servers: the second before a mistake comes back."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from crash.installation import Installation
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
    server.create_databases("crash")
    house = Installation(tmp_path, server, tmp_path / "store")
    house.kaosheng("migrate", "--verbosity=0")
    house.script("drafts", 1, 1)
    assert house.script("sealed") > 0
    _copy_base(server, tmp_path / "base")
    house.script("drafts", 2, 1)
    assert house.script("sealed") > 0
    before = house.script("standing")
    last = _ask(server, "SELECT pg_current_xact_id()::text::bigint")
    moment = _ask(server, "SELECT clock_timestamp()")
    _ask(server, "UPDATE casework_picture SET stored_digest = 'sha256:0' RETURNING 1")
    _ask(server, "SELECT pg_switch_wal()::text")
    _wait_until_archived(server)
    assert house.script("standing") != before
    server.stop()

    shutil.rmtree(server.data)
    shutil.copytree(tmp_path / "base", server.data)
    (server.data / "recovery.signal").touch()
    _hand_to_the_server(server.data)
    recovering = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment.isoformat(),
        "recovery_target_action": "promote",
    }
    again = Cluster(var=server.var, name=server.name, settings={**server.settings, **recovering})
    again.start()
    _wait_until_promoted(again)

    assert house.script("standing") == before
    house.kaosheng("check_invariants")
    assert "events not sealed yet 0" in house.kaosheng("audit", "verify")
    # Transactions count on, so that seals need no step: what is done now is sealed behind what was.
    assert _ask(again, "SELECT pg_current_xact_id()::text::bigint") > last
    house.script("drafts", 1, 1)
    assert house.script("sealed") > 0
    house.kaosheng("audit", "verify")
    house.kaosheng("check_invariants")


def _copy_base(server: Cluster, folder: Path) -> None:
    programs = packaged_programs()
    assert programs is not None
    where = ("-h", str(server.socket_directory), "-U", "kaosheng")
    subprocess.run([programs / "pg_basebackup", "--checkpoint=fast", "-D", folder, *where], check=True)


def _hand_to_the_server(folder: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(SYSTEM_USER)
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _ask(server: Cluster, question: LiteralString) -> Any:
    """Run one statement in a transaction of its own; the first value of its answer."""
    with psycopg.connect(server.url("crash"), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def _wait_until_archived(server: Cluster) -> None:
    wal = _ask(server, "SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    for _ in range(600):
        if _ask(server, "SELECT coalesce(max(last_archived_wal), '') FROM pg_stat_archiver") >= wal:
            return
        time.sleep(0.1)
    pytest.fail("the archiver didn't take the last segment")


def _wait_until_promoted(server: Cluster) -> None:
    for _ in range(600):
        if not _ask(server, "SELECT pg_is_in_recovery()"):
            return
        time.sleep(0.1)
    pytest.fail("the server stays in recovery")

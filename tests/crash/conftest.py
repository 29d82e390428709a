"""The installation all crash tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from crash.installation import Installation
from kaosheng.ops.embedded_postgres import Cluster

DURABLE = {"max_connections": "40"}
SMALL = {"max_wal_size": "48MB", "min_wal_size": "32MB", "shared_buffers": "16MB"}


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if shutil.which("strace") is None:
        pytest.fail("The crash tests find the steps of a request with strace: apt-get install strace")
    folder = tmp_path_factory.mktemp("crash")
    with _installed(folder, Cluster(var=folder / "var", name="crash", settings=DURABLE)) as installation:
        yield installation


@contextmanager
def _installed(folder: Path, cluster: Cluster) -> Iterator[Installation]:
    cluster.start()
    try:
        cluster.create_databases("crash")
        installation = Installation(folder, cluster, folder / "store")
        installation.kaosheng("migrate", "--verbosity=0")
        yield installation
    finally:
        cluster.stop()
        shutil.rmtree(cluster.place, ignore_errors=True)


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[tuple[Installation, Disk]]:
    """An installation whose database has a small disk for itself, and that disk."""
    cluster = Cluster(var=tmp_path / "var", name="cramped", settings=DURABLE | SMALL)
    with _mounted(cluster.place, "192m") as disk, _installed(tmp_path, cluster) as installation:
        yield installation, disk


@contextmanager
def _mounted(folder: Path, size: str) -> Iterator[Disk]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def small_disk(installation: Installation, tmp_path: Path) -> Iterator[Disk]:
    """A small disk that holds the store meanwhile."""
    with _mounted(tmp_path / "disk", "64m") as disk:
        usual, installation.store = installation.store, disk.folder / "store"
        if usual.exists():
            shutil.copytree(usual, installation.store)
        yield disk
        disk.writable()
        shutil.copytree(installation.store, usual, dirs_exist_ok=True)
        installation.store = usual


@dataclass(frozen=True)
class Disk:
    """A mounted disk that can be filled and write-protected."""

    folder: Path

    def fill(self) -> None:
        """Leave no room; again, where some became free."""
        free = os.statvfs(self.folder)
        # PostgreSQL may take the last of it meanwhile.
        with suppress(OSError), (self.folder / "ballast").open("ab") as ballast:
            ballast.write(bytes(free.f_bavail * free.f_frsize))

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()

    def write_protected(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True)

    def writable(self) -> None:
        subprocess.run(["mount", "-o", "remount,rw", self.folder], check=True)

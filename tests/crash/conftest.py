"""The installation all crash tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crash.installation import Installation
from kaosheng.ops.embedded_postgres import Cluster

DURABLE = {"max_connections": "40"}


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if shutil.which("strace") is None:
        pytest.fail("The crash tests find the steps of a request with strace: apt-get install strace")
    folder = tmp_path_factory.mktemp("crash")
    cluster = Cluster(var=folder / "var", name="crash", settings=DURABLE)
    cluster.start()
    cluster.create_databases("crash")
    installation = Installation(folder, cluster, folder / "store")
    installation.kaosheng("migrate", "--verbosity=0")
    yield installation
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)


@pytest.fixture
def small_disk(installation: Installation, tmp_path: Path) -> Iterator[Disk]:
    """A small disk that holds the store meanwhile."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)
    usual, installation.store = installation.store, folder / "store"
    if usual.exists():
        shutil.copytree(usual, installation.store)
    disk = Disk(folder)
    yield disk
    disk.writable()
    shutil.copytree(installation.store, usual, dirs_exist_ok=True)
    installation.store = usual
    subprocess.run(["umount", "--lazy", folder], check=True)


@dataclass(frozen=True)
class Disk:
    """A mounted disk that can be filled and write-protected."""

    folder: Path

    def fill(self) -> None:
        """Leave no room."""
        free = os.statvfs(self.folder)
        (self.folder / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize))

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()

    def write_protected(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True)

    def writable(self) -> None:
        subprocess.run(["mount", "-o", "remount,rw", self.folder], check=True)

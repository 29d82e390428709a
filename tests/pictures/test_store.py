from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kaosheng.pictures.store import LocalStore, ObjectMissing, StoreUnavailable, get_store

WRITER = """
import os, signal, sys
from pathlib import Path
from kaosheng.pictures.store import LocalStore
name, number = sys.argv[2], int(sys.argv[3])
real, calls = getattr(os, name), 0
def dying(*args, **kwargs):
    global calls
    calls += 1
    if calls == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
store = LocalStore(Path(sys.argv[1]))
for shard in range(256):
    store._ready(f"{shard:02x}")
setattr(os, name, dying)
store.put(b"p" * 150_000, b"t" * 9_000)
"""

ENDLESS = """
import hashlib, os, sys
from pathlib import Path
from kaosheng.pictures.store import LocalStore
store = LocalStore(Path(sys.argv[1]))
while True:
    content = os.urandom(60_000)
    key, small = store.put(content, content[:5_000])
    print(key, small, hashlib.sha256(content).hexdigest(), flush=True)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> LocalStore:
    return LocalStore(root)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_what_was_put_can_be_read_until_it_is_deleted(store: LocalStore, root: Path) -> None:
    picture, thumbnail = store.put(b"picture", b"thumbnail")
    assert (store.read(picture), store.read(thumbnail)) == (b"picture", b"thumbnail")
    assert picture != thumbnail
    store.delete(picture)
    with pytest.raises(ObjectMissing):
        store.read(picture)
    assert store.read(thumbnail) == b"thumbnail"
    store.delete(picture, thumbnail)
    assert files(root) == []


def test_equal_contents_have_unlike_keys(store: LocalStore) -> None:
    keys = store.put(b"same", b"same", b"same") + store.put(b"same")
    assert len(set(keys)) == 4
    store.delete(keys[0])
    assert store.read(keys[1]) == b"same"


def test_files_are_for_the_service_only(store: LocalStore, root: Path) -> None:
    store.put(b"private")
    assert {path.stat().st_mode & 0o077 for path in [root, *root.rglob("*")]} == {0}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "incoming",
        "a" * 31,
        "A" * 32,
        "a" * 33,
        "a" * 30 + "/x",
        "a" * 32 + "\n",
    ],
)
def test_a_key_is_never_a_path(store: LocalStore, key: str) -> None:
    store.put(b"something")
    with pytest.raises(ObjectMissing):
        store.read(key)
    with pytest.raises(ObjectMissing):
        store.delete(key)


def test_the_sweeper_sees_every_object_with_its_time(store: LocalStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    keys = [key for _ in range(30) for key in store.put(b"picture", b"thumbnail")]
    seen = list(store.objects())
    assert sorted(found.key for found in seen) == sorted(keys)
    assert all(before < found.modified <= datetime.now(UTC) for found in seen)


def test_an_empty_store_has_no_objects(store: LocalStore) -> None:
    assert list(store.objects()) == []
    assert store.discard_unfinished(datetime.now(UTC)) == 0


def test_the_store_of_the_settings(settings: object, tmp_path: Path) -> None:
    settings.STORE_ROOT = tmp_path / "elsewhere"  # type: ignore[attr-defined]
    (key,) = get_store().put(b"x")
    assert LocalStore(tmp_path / "elsewhere").read(key) == b"x"


def test_a_store_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable) as caught:
        LocalStore(tmp_path / "file" / "store").put(b"x")
    assert caught.value.code == "store_unavailable"


def test_a_disk_that_fills_up_keeps_nothing(root: Path) -> None:
    """The second content exceeds the largest file the process may write, as it would exceed a full disk."""
    program = """
import resource, sys
from pathlib import Path
from kaosheng.pictures.store import LocalStore, StoreUnavailable
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    LocalStore(Path(sys.argv[1])).put(b"a" * 40_000, b"b" * 60_000)
except StoreUnavailable:
    print("unavailable")
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "unavailable\n"
    assert files(root) == []


@pytest.mark.parametrize(
    ("call", "number", "unfinished", "kept"),
    [
        ("write", 1, 1, 0),
        ("fsync", 1, 1, 0),
        ("write", 2, 2, 0),
        ("fsync", 2, 2, 0),
        ("rename", 1, 2, 0),
        ("rename", 2, 1, 1),
        ("fsync", 3, 0, 2),
    ],
)
def test_killed_at_any_step(root: Path, call: str, number: int, unfinished: int, kept: int) -> None:
    """What a kill leaves: files in the folder of unfinished writes, or whole objects that no row names."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(root), call, str(number)], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    store = LocalStore(root)
    assert len(files(root / "incoming")) == unfinished
    contents = sorted(len(store.read(found.key)) for found in store.objects())
    assert contents == {0: [], 1: [150_000], 2: [9_000, 150_000]}[kept]
    assert store.discard_unfinished(datetime.now(UTC) - timedelta(hours=24)) == 0
    assert store.discard_unfinished(datetime.now(UTC) + timedelta(seconds=5)) == unfinished
    assert files(root / "incoming") == []


def test_killed_while_writing_all_the_time(root: Path) -> None:
    store = LocalStore(root)
    command = [sys.executable, "-c", ENDLESS, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(40)]
        time.sleep(0.013)
        writer.kill()
        lines += writer.stdout.readlines()
    for line in (line for line in lines if line.endswith("\n")):
        key, small, digest = line.split()
        assert hashlib.sha256(store.read(key)).hexdigest() == digest
        assert store.read(small) == store.read(key)[:5_000]
    assert {len(store.read(found.key)) for found in store.objects()} == {60_000, 5_000}


def test_many_writers_at_once(root: Path) -> None:
    keys: list[str] = []

    def write(number: int) -> None:
        store = LocalStore(root)
        for turn in range(12):
            keys.extend(store.put(f"{number}-{turn}".encode(), b"small"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = LocalStore(root)
    assert len(set(keys)) == 8 * 12 * 2
    assert {store.read(key) for key in keys} == {b"small"} | {
        f"{number}-{turn}".encode() for number in range(8) for turn in range(12)
    }
    assert files(root / "incoming") == []

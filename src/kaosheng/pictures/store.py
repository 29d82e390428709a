"""Where the bytes of pictures are kept. Nothing is acknowledged before it is durable.

Every object has a random key of its own, never shared and never derived from the content, so that deleting one
can't touch another's picture. Objects never change.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings

from kaosheng.domain.errors import Refusal

_KEY: Final = re.compile(r"[0-9a-f]{32}")
_KEY_BYTES: Final = 16
_SHARD_BYTES: Final = 1
_INCOMING: Final = "incoming"
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600


class StoreUnavailable(Refusal):
    """The store can't take or give bytes now (full, read-only, gone). Nothing was kept. Answered with 503."""

    def __init__(self) -> None:
        """Carry the code of the sentence."""
        super().__init__("store_unavailable")


class ObjectMissing(Refusal):
    """The store doesn't hold an object of this key."""

    def __init__(self) -> None:
        """Carry the code of the sentence."""
        super().__init__("stored_object_missing")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as the sweeper sees it; `modified` is aware, in UTC."""

    key: str
    modified: datetime


class Store(Protocol):
    """What a store promises, local or remote."""

    def put(self, *contents: bytes) -> list[str]:
        """Keep each content as an object of its own; return their keys once all would survive a power cut.

        Contents that belong together (picture and thumbnail) are cheaper in one call than in two.
        Raises StoreUnavailable; then none of them is kept.
        """

    def put_back(self, key: str, content: bytes) -> None:
        """Keep an object of a backup under the key it had. Raises ObjectMissing for a malformed key, StoreUnavailable."""

    def read(self, key: str) -> bytes:
        """Return the bytes of an object. Raises ObjectMissing, StoreUnavailable."""

    def delete(self, *keys: str) -> None:
        """Remove objects; those gone already are fine. Raises StoreUnavailable."""

    def objects(self) -> Iterator[StoredObject]:
        """Go through all objects, in no order, for the sweeper. Raises StoreUnavailable."""

    def discard_unfinished(self, before: datetime) -> int:
        """Remove what writes interrupted before an instant left; return how many files. Raises StoreUnavailable."""


class LocalStore:
    """A store in a folder of a local disk: `root/ab/<key>`, in one of 256 folders by the key's first two digits."""

    def __init__(self, root: Path) -> None:
        """Use `root`, which is made at the first write."""
        self._root = root
        self._incoming = root / _INCOMING
        self._known: set[Path] = set()

    def put(self, *contents: bytes) -> list[str]:
        """Write aside and sync, then move into place and sync the folder: one folder for all of them."""
        shard = secrets.token_hex(_SHARD_BYTES)
        keys = [shard + secrets.token_hex(_KEY_BYTES - _SHARD_BYTES) for _ in contents]
        self._keep(shard, keys, contents)
        return keys

    def put_back(self, key: str, content: bytes) -> None:
        """Keep an object under a key it had before."""
        self._keep(self._path(key).parent.name, [key], [content])

    def _keep(self, shard: str, keys: Sequence[str], contents: Sequence[bytes]) -> None:
        with _as_unavailable():
            folder = self._ready(shard)
            try:
                for key, content in zip(keys, contents, strict=True):
                    write_durably(self._incoming / key, content)
                for key in keys:
                    (self._incoming / key).rename(folder / key)
                sync_folder(folder)
            except BaseException:
                for key in keys:
                    _discard(self._incoming / key)
                    _discard(folder / key)
                raise

    def read(self, key: str) -> bytes:
        """Return the bytes of an object."""
        path = self._path(key)
        with _as_unavailable():
            try:
                return path.read_bytes()
            except FileNotFoundError:
                raise ObjectMissing from None

    def delete(self, *keys: str) -> None:
        """Remove objects."""
        paths = [self._path(key) for key in keys]
        with _as_unavailable():
            for path in paths:
                path.unlink(missing_ok=True)

    def objects(self) -> Iterator[StoredObject]:
        """Go through the 256 folders."""
        with _as_unavailable():
            for number in range(256):
                for path in _files(self._root / f"{number:02x}"):
                    if _KEY.fullmatch(path.name) and (modified := _modified(path)):
                        yield StoredObject(path.name, modified)

    def discard_unfinished(self, before: datetime) -> int:
        """Remove old files from the folder of unfinished writes."""
        removed = 0
        with _as_unavailable():
            for path in _files(self._incoming):
                if (modified := _modified(path)) and modified < before:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ObjectMissing
        return self._root / key[: 2 * _SHARD_BYTES] / key

    def _ready(self, shard: str) -> Path:
        folder = self._root / shard
        for needed in (self._root, self._incoming, folder):
            # Another process may have made it and not synced its name yet, so each process syncs it once.
            if needed not in self._known or not needed.is_dir():
                needed.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
                sync_folder(needed.parent)
                self._known.add(needed)
        return folder


@functools.lru_cache(maxsize=4)
def _local(root: str) -> LocalStore:
    return LocalStore(Path(root))


def get_store() -> Store:
    """Return the store of this installation (setting STORE_ROOT)."""
    return _local(str(settings.STORE_ROOT))


@contextlib.contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreUnavailable from fault


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and have it on the disk; its folder is synced by `sync_folder`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have on the disk which files are in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield folder / entry.name
    except FileNotFoundError:
        return


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:
        return None

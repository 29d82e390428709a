"""Backups: the database as it was at one moment, and every object its rows name, encrypted, while people work.

A backup folder holds every object once for each set of recipients (`objects-<set>/ab/<key>.age`: objects never change, so
later backups copy what is new) and one folder for each backup with `database.age` (pg_dump's custom form), `objects.txt` (the
keys that belong to it) and, written last, `complete.json`. Files are in the age format for the public keys of
BACKUP_RECIPIENTS: the machine that makes backups can't read them, and `age` alone can. Whoever holds a key of the set a backup
was made for can read all of it; another set shares none of its objects.

Why the copy is whole although it takes long: bytes are durable before the row that names them, so whatever the snapshot
names is in the store; and a deletion that comes after the snapshot waits until the backup has ended (`object_lock`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Final

import pyrage
from django.db import connection, transaction
from django.utils import timezone

from kaosheng.audit.sealing import last_digest
from kaosheng.casework.queries.objects import (
    ObjectsBeingDeletedError,
    backup_lock,
    named_keys,
    object_lock,
)
from kaosheng.domain.errors import Refusal
from kaosheng.ops.postgres_programs import require_success, start_program
from kaosheng.pictures.store import get_store

DATABASE: Final = "database.age"
KEYS: Final = "objects.txt"
COMPLETE: Final = "complete.json"
OBJECTS: Final = "objects"
DELETING_ENDS_WITHIN: Final = timedelta(minutes=30)
"""How long a backup waits for a job that deletes objects: a sweep asks of every object in the store whether a row names it."""
_SET_DIGITS: Final = 12
NAME: Final = "%Y%m%dT%H%M%SZ"


class BackupError(Exception):
    """A backup can't be made or used; the text says why."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What `complete.json` says. `missing` are named objects the store couldn't give; a sound store has none.

    `audit_digest` is the digest of the last seal of the trail: noted here, outside the database, it shows whether
    somebody rebuilt the trail since. `objects_in` is the folder of its objects, beside its own; the first backups noted
    none and had one for all keys.
    """

    name: str
    taken_at: str
    objects: int
    copied: int
    missing: list[str]
    database_sha256: str
    keys_sha256: str
    audit_digest: str
    objects_in: str = OBJECTS


def make_backup(folder: Path, recipients: list[str]) -> Backup:
    """Make one more backup in a folder. Raises BackupError, DatabaseError, StoreUnavailable, OSError."""
    public = _public_keys(recipients)
    with _alone(), _nothing_deleted():
        now = timezone.now().astimezone(UTC)
        unfinished = folder / f"{now:{NAME}}.unfinished"
        unfinished.mkdir(parents=True, mode=0o700)
        with _snapshot() as snapshot:
            _dump(unfinished / DATABASE, snapshot, public)
            keys, audit_digest = sorted(named_keys()), last_digest()
        _write(unfinished / KEYS, "".join(f"{key}\n" for key in keys).encode())
        objects_in = f"{OBJECTS}-{_set_of(public)}"
        copied, missing = _copy_objects(folder / objects_in, keys, public)
    backup = Backup(
        name=f"{now:{NAME}}",
        taken_at=now.isoformat(),
        objects=len(keys),
        copied=copied,
        missing=missing,
        database_sha256=file_digest(unfinished / DATABASE),
        keys_sha256=file_digest(unfinished / KEYS),
        audit_digest=audit_digest,
        objects_in=objects_in,
    )
    _write(unfinished / COMPLETE, json.dumps(asdict(backup), indent=1).encode())
    unfinished.rename(folder / backup.name)
    _sync(folder)
    return backup


def complete_backups(folder: Path) -> list[Backup]:
    """The backups of a folder, oldest first."""
    found = folder.glob(f"*Z/{COMPLETE}")
    return [Backup(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(found)]


def keep_newest(folder: Path, number: int) -> int:
    """Remove all but the newest backups, attempts that never ended, and objects no backup left names; how many backups.

    Raises BackupError while another backup runs: its attempt and what it copied would look left over.
    """
    with _alone():
        backups = complete_backups(folder)
        kept_from = max(0, len(backups) - number)
        for path in [*(folder / backup.name for backup in backups[:kept_from]), *folder.glob("*.unfinished")]:
            shutil.rmtree(path)
        for objects in folder.glob(f"{OBJECTS}*"):
            sharing = [backup for backup in backups[kept_from:] if backup.objects_in == objects.name]
            _remove_unnamed(objects, {key for backup in sharing for key in keys_of(folder, backup)})
    return kept_from


def _remove_unnamed(objects: Path, named: set[str]) -> None:
    for path in objects.glob("??/*"):
        if path.name.removesuffix(".age") not in named:
            path.unlink()


def keys_of(folder: Path, backup: Backup) -> list[str]:
    """The keys of the objects that belong to a backup."""
    return (folder / backup.name / KEYS).read_text(encoding="ascii").split()


def object_path(folder: Path, backup: Backup, key: str) -> Path:
    """Where a backup folder keeps an object of a backup."""
    return _path_in(folder / backup.objects_in, key)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Raise BackupError unless nobody else makes a backup or tidies until the block ends."""
    with backup_lock() as alone:
        if not alone:
            raise BackupError("another backup is running: try again once it has ended")
        yield


@contextlib.contextmanager
def _nothing_deleted() -> Iterator[None]:
    """Have every object of the store stay until the block ends. Raises BackupError when deleting doesn't end before it."""
    try:
        with object_lock(wait=DELETING_ENDS_WITHIN):
            yield
    except ObjectsBeingDeletedError as error:
        raise BackupError(f"{error}: no backup was made") from error


@contextlib.contextmanager
def _snapshot() -> Iterator[str]:
    """Hold one moment of the database for `pg_dump --snapshot`."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def _dump(target: Path, snapshot: str, recipients: list[pyrage.x25519.Recipient]) -> None:
    arguments = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    dump = start_program("pg_dump", *arguments, stdout=subprocess.PIPE)
    with target.open("xb") as file:
        pyrage.encrypt_io(dump.stdout, file, recipients)
        require_success(dump, "pg_dump")
        file.flush()
        os.fsync(file.fileno())


def _copy_objects(
    folder: Path, keys: list[str], recipients: list[pyrage.x25519.Recipient]
) -> tuple[int, list[str]]:
    store, copied, missing = get_store(), 0, []
    for key in keys:
        path = _path_in(folder, key)
        if path.exists():
            continue
        try:
            content = store.read(key)
        except Refusal:
            missing.append(key)
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path.with_suffix(".part"), pyrage.encrypt(content, recipients))
        path.with_suffix(".part").replace(path)
        copied += 1
    for path in folder.glob("??"):
        _sync(path)
    return copied, missing


def _path_in(objects: Path, key: str) -> Path:
    return objects / key[:2] / f"{key}.age"


def _set_of(recipients: list[pyrage.x25519.Recipient]) -> str:
    """A short name of who can read, whatever the order."""
    texts = "\n".join(sorted({str(recipient) for recipient in recipients}))
    return hashlib.sha256(texts.encode()).hexdigest()[:_SET_DIGITS]


def _public_keys(recipients: list[str]) -> list[pyrage.x25519.Recipient]:
    if not recipients:
        raise BackupError(
            "nobody could read the backup: BACKUP_RECIPIENTS is empty (kaosheng backup_key makes a key)"
        )
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    except pyrage.RecipientError as error:
        raise BackupError(f"BACKUP_RECIPIENTS holds what isn't a public key of age: {error}") from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Restoring a backup into an empty database and an empty store, and proof that it is all there; or single objects."""

from __future__ import annotations

import contextlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pyrage
from django.db import connection, transaction

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.audit.sealing import Verification, continue_numbers, verify
from kaosheng.casework.models import Picture
from kaosheng.casework.queries.objects import who_names
from kaosheng.crypto.digests import digest
from kaosheng.ops.backup import (
    DATABASE,
    KEYS,
    Backup,
    BackupError,
    complete_backups,
    file_digest,
    keys_of,
    object_path,
)
from kaosheng.ops.invariants import Violation, violations
from kaosheng.ops.postgres_programs import require_success, start_program
from kaosheng.pictures.store import get_store


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back.

    `lost` are the keys of objects that were in the backup and are gone from it or damaged; `differing` are pictures whose
    bytes aren't those their row was written for.
    """

    backup: Backup
    objects: int
    lost: list[str]
    differing: list[str]
    trail: Verification
    broken: list[Violation]
    added_to_transactions: int

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it was."""
        same_trail = self.trail.broken_seal is None and self.trail.digest == self.backup.audit_digest
        same_pictures = not (self.lost or self.differing or self.backup.missing)
        return same_pictures and not self.broken and same_trail


def restore(folder: Path, identity: str, *, name: str = "") -> Restored:
    """Restore the newest backup of a folder, or the one named, but for objects it lost.

    Raises BackupError, DatabaseError, StoreUnavailable.
    """
    backup = _chosen(folder, name)
    private = _private_keys(identity)
    _require_unharmed(folder, backup)
    _require_empty()
    _load(folder / backup.name / DATABASE, private)
    objects, lost = _put_objects_back(folder, backup, private)
    differing = _differing(without={*backup.missing, *lost})
    trail, broken = verify(), violations()
    added = continue_numbers()
    restored = Restored(backup, objects, lost, differing, trail, broken, added)
    with transaction.atomic():
        record(
            AuditName.SYSTEM_RESTORED,
            by=By("system", "restore"),
            about=("backup", backup.name),
            taken_at=backup.taken_at,
            whole=restored.is_whole,
        )
    return restored


def put_back(folder: Path, identity: str, key: str) -> Backup:
    """Put one object back into the store as it was accepted; the backup it came from, the newest that has it so.

    Raises BackupError, StoreUnavailable.
    """
    private = _private_keys(identity)
    if next(who_names([key]), None) is None:
        raise BackupError(f"{key} isn't put back: no row names it")
    accepted = Picture.objects.filter(object_key=key).values_list("stored_digest", flat=True).first()
    for backup in reversed(complete_backups(folder)):
        content = _object(folder, backup, key, private)
        if content is not None and accepted in {None, digest(content)}:
            get_store().put_back(key, content)
            return backup
    raise BackupError(f"{key} isn't put back: no backup in {folder} has it as it was accepted")


def _chosen(folder: Path, name: str) -> Backup:
    backups = complete_backups(folder)
    if not backups:
        raise BackupError(f"{folder} holds no complete backup")
    for backup in reversed(backups):
        if name in {"", backup.name}:
            return backup
    raise BackupError(
        f"{folder} holds no complete backup {name}; there are {', '.join(b.name for b in backups)}"
    )


def _private_keys(identity: str) -> list[pyrage.x25519.Identity]:
    lines = [line for line in identity.splitlines() if line and not line.startswith("#")]
    try:
        return [pyrage.x25519.Identity.from_str(line) for line in lines or [""]]
    except pyrage.IdentityError as error:
        raise BackupError("that file holds what isn't a private key of age (AGE-SECRET-KEY-…)") from error


def _require_empty() -> None:
    tables = connection.introspection.table_names()
    if tables:
        raise BackupError(
            f"the database isn't empty: it has {len(tables)} tables; make a new one for the restore"
        )
    if next(get_store().objects(), None) is not None:
        raise BackupError("the picture store isn't empty: give an empty STORE_ROOT for the restore")


def _require_unharmed(folder: Path, backup: Backup) -> None:
    for file, expected in ((DATABASE, backup.database_sha256), (KEYS, backup.keys_sha256)):
        if file_digest(folder / backup.name / file) != expected:
            raise BackupError(f"{backup.name}/{file} was changed since it was written: its digest differs")


def _load(file: Path, private: list[pyrage.x25519.Identity]) -> None:
    loading = start_program(
        "pg_restore",
        *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
        f"--dbname={connection.settings_dict['NAME']}",
        stdin=subprocess.PIPE,
    )
    assert loading.stdin is not None  # noqa: S101 - for the type checker
    try:
        with file.open("rb") as encrypted, contextlib.suppress(BrokenPipeError):
            pyrage.decrypt_io(encrypted, loading.stdin, private)
    except pyrage.DecryptError as error:
        loading.kill()
        raise BackupError(f"{file.parent.name}/{file.name} can't be decrypted: {error}") from error
    finally:
        with contextlib.suppress(BrokenPipeError):
            loading.stdin.close()
        loading.stdin = None
    require_success(loading, "pg_restore")


def _put_objects_back(
    folder: Path, backup: Backup, private: list[pyrage.x25519.Identity]
) -> tuple[int, list[str]]:
    """Put back what the backup can give; how many objects, and the keys of those it lost: one of a million stops nothing."""
    store, missing, restored, lost = get_store(), set(backup.missing), 0, []
    for key in keys_of(folder, backup):
        if key in missing:
            continue
        content = _object(folder, backup, key, private)
        if content is None:
            lost.append(key)
            continue
        store.put_back(key, content)
        restored += 1
    return restored, lost


def _object(folder: Path, backup: Backup, key: str, private: list[pyrage.x25519.Identity]) -> bytes | None:
    """An object of a backup; None where it is gone, damaged or for another key."""
    try:
        return bytes(pyrage.decrypt(object_path(folder, backup, key).read_bytes(), private))
    except (OSError, pyrage.DecryptError):
        return None


def _differing(*, without: set[str]) -> list[str]:
    """The ids of pictures whose bytes aren't those of their row, but for objects that weren't restored."""
    store = get_store()
    rows = Picture.objects.values_list("pk", "object_key", "stored_digest").iterator()
    return [str(pk) for pk, key, stored in rows if key not in without and digest(store.read(key)) != stored]

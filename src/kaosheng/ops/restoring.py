"""Restoring a backup into an empty database and an empty store, and proof that it is all there."""

from __future__ import annotations

import contextlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pyrage
from django.db import connection

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.audit.sealing import Verification, continue_numbers, verify
from kaosheng.casework.models import Picture
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
    """What came back. `differing` are pictures whose bytes aren't those their row was written for."""

    backup: Backup
    objects: int
    differing: list[str]
    trail: Verification
    broken: list[Violation]
    added_to_transactions: int

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it was."""
        same_trail = self.trail.broken_seal is None and self.trail.digest == self.backup.audit_digest
        return not self.differing and not self.backup.missing and not self.broken and same_trail


def restore(folder: Path, identity: str, *, name: str = "") -> Restored:
    """Restore the newest backup of a folder, or the one named. Raises BackupError, DatabaseError, StoreUnavailable."""
    backup = _chosen(folder, name)
    private = _private_keys(identity)
    _require_unharmed(folder, backup)
    _require_empty()
    _load(folder / backup.name / DATABASE, private)
    keys = keys_of(folder, backup)
    store = get_store()
    for object_key in keys:
        if object_key not in backup.missing:
            store.put_back(object_key, _decrypted(object_path(folder, backup, object_key), private))
    differing = [
        str(pk)
        for pk, object_key, stored in Picture.objects.values_list(
            "pk", "object_key", "stored_digest"
        ).iterator()
        if object_key not in backup.missing and digest(store.read(object_key)) != stored
    ]
    trail, broken = verify(), violations()
    added = continue_numbers()
    restored = Restored(backup, len(keys) - len(backup.missing), differing, trail, broken, added)
    record(
        AuditName.SYSTEM_RESTORED,
        by=By("system", "restore"),
        about=("backup", backup.name),
        taken_at=backup.taken_at,
        whole=restored.is_whole,
    )
    return restored


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
    lost = [
        key
        for key in keys_of(folder, backup)
        if key not in backup.missing and not object_path(folder, backup, key).exists()
    ]
    if lost:
        raise BackupError(f"{len(lost)} objects are gone from the backup, the first {lost[0]}")


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


def _decrypted(path: Path, private: list[pyrage.x25519.Identity]) -> bytes:
    try:
        return bytes(pyrage.decrypt(path.read_bytes(), private))
    except pyrage.DecryptError as error:
        raise BackupError(f"{path.name} can't be decrypted: {error}") from error

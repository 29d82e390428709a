"""Which objects of the store the rows name, and the lock between who copies them and who deletes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Final

from django.db import OperationalError, connection
from django.db.models import Q
from psycopg.errors import LockNotAvailable

from kaosheng.casework.models import Picture
from kaosheng.catalogue.models import MaterialKind

_OBJECTS: Final = 0x0B1EC7
_BACKUP: Final = 0x0BAC0B
_AT_ONCE: Final = 1000


class ObjectsBeingDeletedError(Exception):
    """Objects were being deleted all the time somebody waited for the lock; the text says how long and by whom."""

    def __init__(self, waited: timedelta, processes: list[int]) -> None:
        """Name the database's processes, as `pg_stat_activity` lists them."""
        who = ", ".join(str(process) for process in processes) or "one that has just ended"
        super().__init__(
            f"waited {waited.total_seconds():g} s for objects being deleted, by process {who} of the database"
        )


def named_keys() -> Iterator[str]:
    """The keys of all pictures, thumbnails and 示例, each once."""
    yield from Picture.objects.values_list("object_key", flat=True).iterator()
    yield from Picture.objects.values_list("thumbnail_key", flat=True).iterator()
    yield from MaterialKind.objects.exclude(sample="").values_list("sample", flat=True).distinct()


def who_names(keys: Iterable[str]) -> Iterator[str]:
    """The rows that name any of these keys now: a picture's id, a 示例 by its kind and version."""
    for some in _in_parts(keys):
        named = Q(object_key__in=some) | Q(thumbnail_key__in=some)
        for picture in Picture.objects.filter(named).values_list("pk", flat=True):
            yield str(picture)
        for kind in MaterialKind.objects.filter(sample__in=some).select_related("version"):
            yield f"{kind.code} in {kind.version}"


def _in_parts(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


@contextmanager
def backup_lock() -> Iterator[bool]:
    """Try to be the only one who changes backups until the block ends; False where another is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_BACKUP])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            _unlock(_BACKUP)


@contextmanager
def object_lock(*, wait: timedelta) -> Iterator[None]:
    """Keep everybody from deleting objects until the block ends, once those who do it now have ended; outside a transaction.

    Raises ObjectsBeingDeletedError when they haven't after `wait`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait.total_seconds():.3f}s"])
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_OBJECTS])
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise ObjectsBeingDeletedError(wait, _deleting()) from error
            raise
        finally:
            cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        _unlock(_OBJECTS)


def _deleting() -> list[int]:
    """The database's processes in whose transactions objects are deleted now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND granted"
            " AND datname = current_database() AND classid = 0 AND objid = %s ORDER BY pid",
            [_OBJECTS],
        )
        return [pid for (pid,) in cursor.fetchall()]


def _unlock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def may_delete_objects() -> bool:
    """Whether nobody copies them now; it stays so until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_OBJECTS])
        return bool(cursor.fetchone()[0])

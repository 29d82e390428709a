"""Which objects of the store the rows name, and the lock between who copies them and who deletes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final

from django.db import connection
from django.db.models import Q

from kaosheng.casework.models import Picture
from kaosheng.catalogue.models import MaterialKind

_OBJECTS: Final = 0x0B1EC7
_AT_ONCE: Final = 1000


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
def object_lock() -> Iterator[bool]:
    """Try to keep everybody from deleting objects until the block ends; False where somebody deletes, or does the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_OBJECTS])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_OBJECTS])


def may_delete_objects() -> bool:
    """Whether nobody copies them now; it stays so until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_OBJECTS])
        return bool(cursor.fetchone()[0])

"""Bytes that no row names any more."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import TimeDeltaParams

from kaosheng.casework.models import Picture
from kaosheng.casework.queries.objects import may_delete_objects
from kaosheng.catalogue.models import MaterialKind
from kaosheng.pictures.store import get_store

LEFT_ALONE_FOR: Final = timedelta(hours=24)
"""An object younger than this may belong to an upload whose row is about to be written."""

AFTER_A_BACKUP: Final[TimeDeltaParams] = {"minutes": 1}

WHILE_THE_STORE_IS_AWAY: Final = RetryStrategy(max_attempts=15, exponential_wait=2)
"""Fifteen further tries, the last 18 hours after the first: deleted within a day, as candidates are told."""


@app.task(queue="objects", retry=WHILE_THE_STORE_IS_AWAY)
def delete_objects(*, keys: list[str]) -> None:
    """Delete the bytes of pictures whose rows are gone; keys still named by a row are kept.

    A backup that runs may have to copy them still, for rows that were there when it began.
    """
    with transaction.atomic():
        if may_delete_objects():
            get_store().delete(*(key for key in keys if not _is_named(key)))
        else:
            delete_objects.configure(schedule_in=AFTER_A_BACKUP).defer(keys=[*keys])


@app.periodic(cron="17 19 * * *")  # the queue counts in UTC: 03:17 in the house
@app.task(queue="objects", queueing_lock="sweep_store", retry=WHILE_THE_STORE_IS_AWAY)
def sweep_store(timestamp: int) -> None:
    """Remove leftovers of interrupted uploads, every night; `timestamp`, the tick of the clock, is how the queue calls it."""
    if sweep() is None:
        # The next night's may wait already, after a backup that took so long.
        with contextlib.suppress(AlreadyEnqueued):
            sweep_store.configure(schedule_in=AFTER_A_BACKUP).defer(timestamp=timestamp)


def sweep() -> int | None:
    """Delete unreferenced objects older than a day; how many, or None while a backup runs, which may have to copy them."""
    with transaction.atomic():
        return _swept() if may_delete_objects() else None


def _swept() -> int:
    store = get_store()
    before = timezone.now() - LEFT_ALONE_FOR
    leftovers = [
        entry.key for entry in store.objects() if entry.modified < before and not _is_named(entry.key)
    ]
    store.delete(*leftovers)
    return len(leftovers) + store.discard_unfinished(before)


def _is_named(key: str) -> bool:
    named = Picture.objects.filter(Q(object_key=key) | Q(thumbnail_key=key)).exists()
    return named or MaterialKind.objects.filter(sample=key).exists()

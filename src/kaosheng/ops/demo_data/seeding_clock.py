"""A clock for the story of the demonstration: what happened in the past is played with the services of today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let `django.utils.timezone.now` tell this moment inside the block.

    For a process that only seeds: everything the services write carries the moment, so that a dossier
    submitted four days ago says so. The clock of the database isn't touched.
    """
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real

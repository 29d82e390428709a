"""Statements whose best plan depends on their values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def planned_for_its_values(cursor: Any) -> Iterator[None]:
    """Have PostgreSQL plan what this cursor runs for the values it carries.

    A prepared statement soon gets one plan for any values. For the lists of the queue, where nearly all dossiers are in
    one state and only some hundreds are counted, that plan reads a whole table: 87 ms instead of 5 at a million
    (`bench/queue_rows.py`, `list_counts_1e6_ms`).
    """
    own = cursor.connection
    before = own.prepare_threshold
    own.prepare_threshold = None
    try:
        yield
    finally:
        own.prepare_threshold = before

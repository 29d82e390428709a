"""Long lists a piece at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Row = TypeVar("Row")


def in_pieces(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """The rows in their order, at most so many at a time; nothing of an empty list.

    Read as far as they are asked for: what a piece is needed for may run before the next one is there.
    """
    left = iter(rows)
    while piece := list(islice(left, most)):
        yield piece

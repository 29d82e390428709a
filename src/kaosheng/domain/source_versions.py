"""Which telling of a registration counts (docs/registration-system.md).

Only a higher source version is applied, whichever way it came; a row without version never overwrites what the
registration system told. Tellings without a version are numbered below zero, counting up, so that one
comparison settles every case.
"""

from __future__ import annotations

from typing import Final

FIRST_WITHOUT: Final = -1_000_000_000
"""The number of the first telling without a version: below every version of the registration system."""


def number_to_apply(received: int | None, *, known: int | None) -> int | None:
    """The number a telling is stored under, or None when what is known stays.

    `received` is None for a telling without version, `known` is None where nothing is known yet.
    """
    if received is not None:
        return received if known is None or received > known else None
    if known is None:
        return FIRST_WITHOUT
    return None if came_with_version(known) else known + 1


def came_with_version(number: int) -> bool:
    """Whether a stored number is a version of the registration system."""
    return number >= 0

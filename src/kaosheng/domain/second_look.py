"""Which passes are looked at by a second person: drawn reproducibly, not by the reviewer."""

from __future__ import annotations

import hashlib


def is_drawn(*, seed: str, number: str, share: float) -> bool:
    """Whether the registration with this number is in the random share of the intake.

    The same seed, number and share always give the same answer; without a seed the number alone decides.
    """
    raw = hashlib.sha256(f"{seed}\x00{number}".encode()).digest()
    return int.from_bytes(raw[:8], "big") / 2**64 < share

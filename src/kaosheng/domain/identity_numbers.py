"""The 18 characters of a resident identity card (GB 11643-1999)."""

from __future__ import annotations

import re
from typing import Final

RESIDENT_CARD: Final = "居民身份证"
_FORM: Final = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"


def is_resident_number(number: str) -> bool:
    """Whether form and check character are right (ISO 7064, MOD 11-2)."""
    if not _FORM.fullmatch(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == number[17]

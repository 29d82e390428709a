"""Numbers in addresses and forms."""

from __future__ import annotations


def whole_number(text: str, *, most: int) -> int | None:
    """The number from 1 to `most` that a text names; None when it names none.

    Its length is looked at first: Python refuses to read thousands of digits.
    """
    if not text.isdecimal() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if 1 <= number <= most else None

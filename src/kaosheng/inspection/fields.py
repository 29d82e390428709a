"""Comparing what stands on a picture with what was registered. It says where, and how well; never what was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kaosheng.domain.advice import Finding
from kaosheng.inspection.reading import Line


@dataclass(frozen=True, slots=True)
class Compared:
    """A finding, and the line it rests on (none when nothing was found)."""

    finding: Finding
    line: Line | None = None


_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_NUMBER: Final = re.compile(r"(?<!\d)\d{17}[\dX]")
_DECORATION: Final = re.compile(r"[\s·•・.,，。:：()（）\-—_]")


def compare_number(number: str, lines: Sequence[Line]) -> Compared:
    """Look for an ID number. Another valid number makes it unclear: whose paper it is, people decide."""
    wanted = _plain(number)
    for line in lines:
        if wanted in _plain(line.text):
            return Compared(Finding.MATCH, line)
    for line in lines:
        if any(is_valid_number(found) for found in _NUMBER.findall(_plain(line.text))):
            return Compared(Finding.UNCLEAR, line)
    return Compared(Finding.NOT_FOUND)


def compare_name(name: str, lines: Sequence[Line]) -> Compared:
    """Look for a name. At least half of its characters in their order and places are unclear, fewer are nothing."""
    wanted = _plain(name)
    if not wanted:
        return Compared(Finding.NOT_FOUND)
    best, where = 0, None
    for line in lines:
        text = _plain(line.text)
        if wanted in text:
            return Compared(Finding.MATCH, line)
        in_place = _in_place(wanted, text)
        if in_place > best:
            best, where = in_place, line
    if 2 * best >= len(wanted) and best:
        return Compared(Finding.UNCLEAR, where)
    return Compared(Finding.NOT_FOUND)


def is_valid_number(number: str) -> bool:
    """Whether 18 characters are a resident's ID number by its check character (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17]


def can_be_read(name: str, known: Iterable[str]) -> bool:
    """Whether a recogniser knows every character of a name; otherwise its silence says nothing."""
    return set(_plain(name)) <= set(known)


def _plain(text: str) -> str:
    return _DECORATION.sub("", text).upper()


def _in_place(wanted: str, text: str) -> int:
    size = len(wanted)
    return max(
        (
            sum(a == b for a, b in zip(wanted, text[start : start + size], strict=False))
            for start in range(max(1, len(text) - size + 1))
        ),
        default=0,
    )

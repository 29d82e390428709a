"""Where a dossier waits and how urgently: the order of the reviewers' work.

Both answers are stored with the dossier although they follow from it: only so can an index serve the next one of a
million in the time of the next one of ten thousand. They are worked out anew by every step.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kaosheng.domain.states import Phase


class Line(StrEnum):
    """The line a dossier waits in: for the 考点, for the 考区, for a second person of the 考区, or in none."""

    NONE = ""
    SITE = "site"
    AREA = "area"
    SECOND = "second"


PRECHECK: Final = ("severe", "warning", "hint", "note")
"""Levels of the registration system's pre-check, the gravest first: 严重警告, 警告, 提示, 说明."""

ADVICE_LEVELS: Final = 10
"""In how many pictures the machine noticed something: none to nine or more."""

_LINES: Final = {Phase.AT_SITE: Line.SITE, Phase.AT_AREA: Line.AREA, Phase.PROPOSED: Line.SECOND}


def line_of(phase: Phase, *, is_held: bool) -> Line:
    """The line of a dossier; one on hold waits in none."""
    return Line.NONE if is_held else _LINES.get(phase, Line.NONE)


WITHOUT_PROMISE: Final = 100
"""What a priority holds while no promised material is due."""

HANDED_IN_ONCE: Final = 2 * WITHOUT_PROMISE
"""What a priority holds unless the dossier was handed in again."""


def priority_of(*, again: bool, promise_due: bool, precheck: object, advice: int = 0) -> int:
    """The place in a line, lowest first: resubmitted, due promises, pre-check, advice.

    Whoever was asked for something already waits a second time, and his own deadline is short: he comes first.
    `precheck` is the registration's own word; an unknown or missing one counts as the mildest. `advice` is
    the number of pictures the machine noticed something in. Equal ones follow by their own deadline, then by age.
    """
    level = PRECHECK.index(precheck) if precheck in PRECHECK else len(PRECHECK)
    noticed = ADVICE_LEVELS - 1 - min(max(advice, 0), ADVICE_LEVELS - 1)
    return (
        HANDED_IN_ONCE * (not again) + WITHOUT_PROMISE * (not promise_due) + ADVICE_LEVELS * level + noticed
    )


def priorities_of(precheck: str) -> tuple[tuple[int, int], ...]:
    """The ranges of priorities (first, last) a pre-check level can have."""
    first = ADVICE_LEVELS * PRECHECK.index(precheck)
    return tuple(
        (base + first, base + first + ADVICE_LEVELS - 1)
        for base in range(0, 2 * HANDED_IN_ONCE, WITHOUT_PROMISE)
    )

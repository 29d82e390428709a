"""What bench/inspection.py counts: the goals, and a tally that can be put down and taken up again."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Goal:
    """A share that should be at least (or at most) so many per cent."""

    words: str
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, share: float) -> bool:
        """By the measured share itself; its interval stands beside it."""
        return (
            share * 100 >= self.at_least if self.at_least is not None else share * 100 <= (self.at_most or 0)
        )

    @property
    def limit(self) -> str:
        """In the table."""
        return f"≥ {self.at_least:g} %" if self.at_least is not None else f"≤ {self.at_most:g} %"


GOALS: Final = {
    "four_way": Goal("direction right, upright and turned, legible", at_least=99),
    "false_direction": Goal("turned or mirrored said of an upright legible picture", at_most=0.5),
    "mirrored": Goal("mirrored found", at_least=98),
    "wrong_under_stress": Goal(
        "wrong direction said under stress (small, slanted, dark, cut off, blurred)", at_most=0
    ),
    "blur": Goal("illegible by blur (disc, σ 4 to 6) flagged", at_least=95),
    "shake": Goal("shaken by 15 pixels flagged", at_least=85),
    "legible_blur": Goal("flagged illegible although blurred no more than σ 2", at_most=3),
    "legible": Goal("flagged illegible although undamaged or damaged legibly", at_most=3),
    "number_easy": Goal("ID number found, clean and mild", at_least=99),
    "number_hard": Goal("ID number found, hard", at_least=97),
    "name": Goal("name found", at_least=97),
    "name_missed": Goal("name said to be missing although it is there", at_most=0.5),
    "impostor": Goal("another person's name or number found", at_most=0),
    "sibling": Goal("name of one other character found", at_most=0),
    "kind": Goal("paper named rightly", at_least=97),
    "kind_wrong": Goal("paper named wrongly", at_most=0.5),
    "no_paper": Goal("photograph of no paper: paper or direction named", at_most=0),
}


@dataclass
class Seen:
    """What was counted and timed."""

    counts: dict[str, list[bool]] = field(default_factory=lambda: {name: [] for name in GOALS})
    wall: dict[str, list[float]] = field(default_factory=lambda: {"quick look": [], "reading": []})
    processor: dict[str, list[float]] = field(default_factory=lambda: {"quick look": [], "reading": []})
    levels: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    number_unclear: int = 0
    name_silent: int = 0
    people: int = 0
    real: list[tuple[str, str]] = field(default_factory=list)

    def count(self, goal: str, hit: bool) -> None:  # noqa: FBT001 - what is counted
        """One case."""
        self.counts[goal].append(hit)

    @classmethod
    def kept(cls, file: Path) -> Seen:
        """What an earlier stretch counted; times aren't kept, they belong to its machine's load."""
        if not file.exists():
            return cls()
        known = json.loads(file.read_text(encoding="utf-8"))
        return cls(**known | {name: Counter(known[name]) for name in ("levels", "kinds")})

    def keep(self, file: Path) -> None:
        """Keep what was counted so far."""
        names = ("counts", "levels", "kinds", "number_unclear", "name_silent", "people")
        file.write_text(json.dumps({name: getattr(self, name) for name in names}), encoding="utf-8")

    def timed(self, stage: str, work: Callable[[], Any]) -> Any:
        """Do it, and note what it cost (ms)."""
        began, thread = time.perf_counter(), time.thread_time()
        done = work()
        self.wall[stage].append((time.perf_counter() - began) * 1000)
        self.processor[stage].append((time.thread_time() - thread) * 1000)
        return done

"""Places: which slots are open, what was asked of them and what answers it.

Slots are opened and locked, not pictures: were the lock tied to a picture, its replacement would be locked
the moment it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kaosheng.domain.states import State

CHANGEABLE: Final = frozenset({State.DRAFT, State.RETURNED})
"""States in which places can be open at all."""


class Manner(StrEnum):
    """How the reviewer wants an asked place answered (seed 四: 具体内容和方式以短信通知为准)."""

    ONLINE = "online"
    ON_SITE = "on_site"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """The place a picture sits in; positions count from 1."""

    kind: str
    position: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One place the reviewer asks for: a position whose picture must be replaced, or a kind (position None)."""

    kind: str
    position: int | None
    manner: Manner = Manner.ONLINE
    opens_free_positions: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """A slot a return opened; places asked for 现场提交 or 电话联系 are open to counter staff only."""

    slot: Slot
    counter_only: bool = False


def opened_by(
    asked: Iterable[Asked], *, occupied: frozenset[Slot], maximums: Mapping[str, int]
) -> tuple[Opened, ...]:
    """The slots a return opens: those asked, plus free positions of their kinds unless unticked.

    A kind asked for as a whole always opens its free positions: it can be answered no other way.
    """
    opened: dict[Slot, Opened] = {}
    for place in asked:
        counter_only = place.manner is not Manner.ONLINE
        slots = set()
        if place.position is not None:
            slots.add(Slot(place.kind, place.position))
        if place.position is None or place.opens_free_positions:
            slots |= free_slots(place.kind, occupied=occupied, maximum=maximums.get(place.kind, 0))
        for slot in slots:
            if slot not in opened or not counter_only:
                opened[slot] = Opened(slot, counter_only=counter_only)
    return tuple(opened[slot] for slot in sorted(opened))


def free_slots(kind: str, *, occupied: frozenset[Slot], maximum: int) -> set[Slot]:
    """The kind's positions without a picture, up to its maximum."""
    return {Slot(kind, n) for n in range(1, maximum + 1)} - occupied


def is_open(
    slot: Slot, *, state: State, in_time: bool, opened: Iterable[Opened], at_counter: bool = False
) -> bool:
    """未锁定: the one answer for page, form and API whether this place may change now."""
    if not in_time:
        return False
    if state is State.DRAFT:
        return True
    if state is not State.RETURNED:
        return False
    return any(place.slot == slot and (at_counter or not place.counter_only) for place in opened)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the places now: `new` are slots whose picture wasn't in the last submission."""

    occupied: frozenset[Slot]
    new: frozenset[Slot]
    unable: frozenset[tuple[str, int | None]] = frozenset()
    """Places the candidate answered with 无法更换 and a reason."""


def is_answered(place: Asked, *, standing: Standing, minimum: int) -> bool:
    """Whether the candidate has done what was asked there.

    A position needs a new picture; a kind a new picture, and more of them up to its minimum; either may be
    无法更换. What stood there before doesn't answer: the reviewer saw it and asked all the same.
    """
    if (place.kind, place.position) in standing.unable:
        return True
    if place.position is not None:
        return Slot(place.kind, place.position) in standing.new
    if not any(slot.kind == place.kind for slot in standing.new):
        return False
    return sum(1 for slot in standing.occupied if slot.kind == place.kind) >= minimum


def unanswered(
    asked: Iterable[Asked], *, standing: Standing, minimums: Mapping[str, int]
) -> tuple[Asked, ...]:
    """The places asked online that still wait for an answer; others don't count for the candidate."""
    return tuple(
        place
        for place in asked
        if place.manner is Manner.ONLINE
        and not is_answered(place, standing=standing, minimum=minimums.get(place.kind, 0))
    )


def waits_elsewhere(asked: Iterable[Asked], *, opened: Iterable[Opened]) -> bool:
    """Whether the candidate has nothing to resubmit: all that is asked is asked elsewhere, and no place is open to him.

    After a registration change nothing at all may be asked any more, or a newly needed kind be open beside what is
    asked elsewhere: both are his to resubmit.
    """
    manners = [place.manner for place in asked]
    return bool(manners) and Manner.ONLINE not in manners and all(place.counter_only for place in opened)


def asked_after_change(asked: Iterable[Asked], *, no_longer_asked: frozenset[str]) -> tuple[Asked, ...]:
    """Places still asked after a registration change: those of kinds no longer needed drop out."""
    return tuple(place for place in asked if place.kind not in no_longer_asked)

"""Which materials a candidate must give: kinds, rules and the checklist they make.

The strongest rule wins: not_accepted > required > one_of > offered; a kind without a matching rule is offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

type_of_fact = str | int | bool
Facts = Mapping[str, type_of_fact]
"""Named facts of a registration, e.g. {"route": "direct", "graduation_year": 2019}."""

Condition = Mapping[str, object]
"""Fact -> value, list of values (any of), or {"at_least": n, "at_most": n}; all must hold, none holds always."""

DEFAULT_LONG_SIDE_FLOOR: Final = 1600
"""Pixels: an A4 page at about 137 dots an inch, where 8-point print is still read (docs/legibility.md)."""


class Effect(StrEnum):
    """What a rule does to a kind, weakest first."""

    OFFERED = "offered"
    ONE_OF = "one_of"
    REQUIRED = "required"
    NOT_ACCEPTED = "not_accepted"


_STRENGTH: Final = {effect: strength for strength, effect in enumerate(Effect)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One 材料种类. A count may come from a registration fact (one 试用期证明 per unit)."""

    code: str
    name_zh: str
    name_en: str
    short_name_zh: str
    short_name_en: str
    requirement_zh: str
    requirement_en: str
    minimum: int
    maximum: int
    count_fact: str = ""
    labels_zh: tuple[str, ...] = ()
    labels_en: tuple[str, ...] = ()
    may_promise: bool = False
    sample: str = ""
    reasons: tuple[tuple[str, str, str], ...] = ()
    """Standard return reasons: (code, zh, en)."""
    source: str = ""
    long_side_floor: int = DEFAULT_LONG_SIDE_FLOOR
    """Pixels below which a page never shrinks the long side of a photograph of it."""
    grey: bool = False
    """Whether colour says nothing here, so that a page may give its bytes to the text."""

    def counts(self, facts: Facts) -> tuple[int, int]:
        """Minimum and maximum for these facts: a named fact is the minimum and, of a fixed kind, the maximum.

        A kind that isn't fixed keeps its maximum unless the fact is larger. A fact that is absent, zero or no
        number leaves the constants.
        """
        named = facts.get(self.count_fact, 0) if self.count_fact else 0
        if isinstance(named, int) and named > 0:
            return named, max(named, self.maximum if self.minimum != self.maximum else named)
        return self.minimum, self.maximum


@dataclass(frozen=True, slots=True)
class Rule:
    """One 要求规则: under `when`, `effect` holds for `kind`, for the reason a candidate can read."""

    kind: str
    effect: Effect
    when: Condition
    reason_zh: str
    reason_en: str
    group: str = ""
    minimum: int | None = None
    source_zh: str = ""
    source_en: str = ""
    """Where it is written, as a candidate can look it up: 考区通知第三条."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The kinds and rules of one intake in one published version."""

    version: int
    kinds: tuple[Kind, ...]
    rules: tuple[Rule, ...]

    def kind(self, code: str) -> Kind | None:
        """The kind with this code, or None."""
        return next((kind for kind in self.kinds if kind.code == code), None)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a kind is asked: a rule's sentence, and where the rule is written."""

    zh: str
    en: str
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a candidate's checklist. `grounds` are those of the rules that won."""

    kind: Kind
    effect: Effect
    minimum: int
    maximum: int
    group: str
    grounds: tuple[Ground, ...]

    @property
    def is_asked(self) -> bool:
        """Whether the candidate must give it, alone or as one of a group."""
        return self.effect in {Effect.REQUIRED, Effect.ONE_OF}


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether every part of the condition is true of these facts; a fact nobody gave makes it false."""
    return all(_holds_for(facts.get(name), wanted) for name, wanted in condition.items())


def _holds_for(value: type_of_fact | None, wanted: object) -> bool:
    if value is None:
        return False
    if isinstance(wanted, Mapping):
        if not isinstance(value, int):
            return False
        low, high = wanted.get("at_least"), wanted.get("at_most")
        return (low is None or value >= low) and (high is None or value <= high)
    if isinstance(wanted, list | tuple):
        return value in wanted
    return value == wanted


def checklist(
    catalogue: Catalogue, facts: Facts, *, wanted: frozenset[str] = frozenset()
) -> tuple[Item, ...]:
    """A definite answer for every kind of the catalogue, in its order.

    What a reviewer asked for (`wanted`, codes of kinds) is taken even where the rules need nothing of it.
    """
    return tuple(_item(kind, catalogue.rules, facts, wanted=wanted) for kind in catalogue.kinds)


def _item(kind: Kind, rules: tuple[Rule, ...], facts: Facts, *, wanted: frozenset[str]) -> Item:
    matching = [rule for rule in rules if rule.kind == kind.code and holds(rule.when, facts)]
    effect = max((rule.effect for rule in matching), key=_STRENGTH.__getitem__, default=Effect.OFFERED)
    if effect is Effect.NOT_ACCEPTED and kind.code in wanted:
        effect = Effect.OFFERED
    winning = [rule for rule in matching if rule.effect is effect]
    minimum, maximum = kind.counts(facts)
    if effect is Effect.NOT_ACCEPTED:
        minimum, maximum = 0, 0
    elif effect is Effect.OFFERED:
        minimum = 0
    else:
        minimum = max([1, minimum, *(rule.minimum for rule in winning if rule.minimum is not None)])
        maximum = max(minimum, maximum)
    return Item(
        kind=kind,
        effect=effect,
        minimum=minimum,
        maximum=maximum,
        group=_group(effect, matching),
        grounds=tuple(
            Ground(rule.reason_zh, rule.reason_en, rule.source_zh, rule.source_en) for rule in winning
        ),
    )


def _group(effect: Effect, matching: list[Rule]) -> str:
    """The one_of group a kind stands in; a required kind of a group stands in it too, and settles it."""
    if effect not in {Effect.REQUIRED, Effect.ONE_OF}:
        return ""
    return next((rule.group for rule in matching if rule.group), "")


def missing_kinds(
    items: tuple[Item, ...], *, counts: Mapping[str, int], excused: frozenset[str]
) -> tuple[str, ...]:
    """Kinds below their minimum; `excused` are those promised for later or explained.

    Of a one_of group the first kind stands for all while none of them is met. A required kind of the group
    speaks for itself: it is missing or not, and the others aren't asked besides.
    """
    missing = []
    groups_done = {item.group for item in items if _settles_its_group(item, counts, excused)}
    for item in items:
        if item.effect is Effect.REQUIRED and not _is_met(item, counts, excused):
            missing.append(item.kind.code)
        if item.effect is Effect.ONE_OF and item.group not in groups_done:
            missing.append(item.kind.code)
            groups_done.add(item.group)
    return tuple(missing)


def short_kinds(
    items: tuple[Item, ...], *, counts: Mapping[str, int], excused: frozenset[str]
) -> tuple[str, ...]:
    """Kinds that must have room so that what is missing can be given: of an unmet group every member may be it."""
    missing = frozenset(missing_kinds(items, counts=counts, excused=excused))
    unmet = {item.group for item in items if item.effect is Effect.ONE_OF and item.kind.code in missing}
    return tuple(
        item.kind.code
        for item in items
        if item.kind.code in missing or (item.effect is Effect.ONE_OF and item.group in unmet)
    )


def _settles_its_group(item: Item, counts: Mapping[str, int], excused: frozenset[str]) -> bool:
    if item.effect is Effect.REQUIRED:
        return bool(item.group)
    return item.effect is Effect.ONE_OF and _is_met(item, counts, excused)


def _is_met(item: Item, counts: Mapping[str, int], excused: frozenset[str]) -> bool:
    return item.kind.code in excused or counts.get(item.kind.code, 0) >= item.minimum


def lowest_gap(*, occupied: frozenset[int], open_positions: frozenset[int]) -> int | None:
    """The place an upload takes that names none: the lowest open position without a picture."""
    return min(open_positions - occupied, default=None)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a registration change did to the checklist: kinds now asked, and kinds no longer asked."""

    now_asked: tuple[str, ...]
    no_longer_asked: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything changed for the candidate."""
        return bool(self.now_asked or self.no_longer_asked)


def difference(before: tuple[Item, ...], after: tuple[Item, ...]) -> Difference:
    """Compare two checklists; a raised minimum counts as newly asked."""
    old = {item.kind.code: item.minimum if item.is_asked else 0 for item in before}
    new = {item.kind.code: item.minimum if item.is_asked else 0 for item in after}
    return Difference(
        now_asked=tuple(code for code, least in new.items() if least > old.get(code, 0)),
        no_longer_asked=tuple(code for code, least in old.items() if least > 0 and new.get(code, 0) == 0),
    )


def asks_the_same(before: tuple[Item, ...], after: tuple[Item, ...]) -> bool:
    """Whether a candidate reads the same of two checklists: what he must give, how many, instead of what.

    Kinds merely offered and the words of a requirement don't count.
    """
    return _what_is_asked(before) == _what_is_asked(after)


def _what_is_asked(items: tuple[Item, ...]) -> dict[str, tuple[Effect, int, int, frozenset[str]]]:
    members = {
        item.group: frozenset(other.kind.code for other in items if other.group == item.group)
        for item in items
        if item.group
    }
    return {
        item.kind.code: (item.effect, item.minimum, item.maximum, members.get(item.group, frozenset()))
        for item in items
        if item.effect is not Effect.OFFERED
    }


def facts_asked(catalogue: Catalogue) -> frozenset[str]:
    """The names of the facts this catalogue looks at; all others make no difference to a checklist."""
    named = {name for rule in catalogue.rules for name in rule.when}
    return frozenset(named | {kind.count_fact for kind in catalogue.kinds if kind.count_fact})

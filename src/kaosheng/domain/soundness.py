"""What a catalogue must be like before anybody can be asked for materials by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue, Effect, Kind, Rule

PICTURES_PER_KIND: Final = 60
"""More places than this in one kind are a slip of the pen; the whole of the sourced catalogue stays below 31."""
SHORT_NAME_LENGTH: Final = 8
"""A message names the first kind by it (requirements G13)."""
LONG_SIDE_FLOORS: Final = (600, 3000)
"""Pixels: less and small print is lost, more and no photograph stays below the limit of bytes."""


def require_sound(catalogue: Catalogue) -> None:
    """Raise Refusal with the first rule the catalogue breaks, naming the kind it breaks it at.

    Codes: `catalogue_empty`, `kind_code_twice`, `kind_counts_wrong`, `kind_text_missing`,
    `kind_short_name_long`, `kind_floor_wrong`, `kind_labels_wrong`, `rule_kind_unknown`, `rule_group_missing`,
    `rule_text_missing`, `rule_condition_wrong`.
    """
    if not catalogue.kinds:
        raise Refusal("catalogue_empty")
    for code, times in Counter(kind.code for kind in catalogue.kinds).items():
        if times > 1:
            raise Refusal("kind_code_twice", kind=code)
    for kind in catalogue.kinds:
        _require_sound_kind(kind)
    for rule in catalogue.rules:
        _require_sound_rule(rule, catalogue)


def _require_sound_kind(kind: Kind) -> None:
    if not 0 <= kind.minimum <= kind.maximum or not 1 <= kind.maximum <= PICTURES_PER_KIND:
        raise Refusal(
            "kind_counts_wrong",
            kind=kind.code,
            minimum=kind.minimum,
            maximum=kind.maximum,
            limit=PICTURES_PER_KIND,
        )
    texts = (
        kind.code,
        kind.name_zh,
        kind.name_en,
        kind.short_name_zh,
        kind.short_name_en,
        kind.requirement_zh,
        kind.requirement_en,
    )
    if not all(text.strip() for text in texts):
        raise Refusal("kind_text_missing", kind=kind.code)
    if len(kind.short_name_zh) > SHORT_NAME_LENGTH:
        raise Refusal(
            "kind_short_name_long",
            kind=kind.code,
            length=len(kind.short_name_zh),
            limit=SHORT_NAME_LENGTH,
        )
    lowest, highest = LONG_SIDE_FLOORS
    if not lowest <= kind.long_side_floor <= highest:
        raise Refusal(
            "kind_floor_wrong", kind=kind.code, pixels=kind.long_side_floor, lowest=lowest, highest=highest
        )
    if len(kind.labels_zh) != len(kind.labels_en) or len(kind.labels_zh) > kind.maximum:
        raise Refusal("kind_labels_wrong", kind=kind.code)


def _require_sound_rule(rule: Rule, catalogue: Catalogue) -> None:
    if catalogue.kind(rule.kind) is None:
        raise Refusal("rule_kind_unknown", kind=rule.kind)
    if rule.effect is Effect.ONE_OF and not rule.group:
        raise Refusal("rule_group_missing", kind=rule.kind)
    if not rule.reason_zh.strip() or not rule.reason_en.strip():
        raise Refusal("rule_text_missing", kind=rule.kind)
    for fact, wanted in rule.when.items():
        if not _can_hold(wanted):
            raise Refusal("rule_condition_wrong", kind=rule.kind, fact=fact)


def _can_hold(wanted: object) -> bool:
    """Whether some value of a fact could satisfy this part of a condition."""
    if isinstance(wanted, Mapping):
        bounds = [wanted.get("at_least"), wanted.get("at_most")]
        known = set(wanted) <= {"at_least", "at_most"} and bool(wanted)
        return known and all(bound is None or isinstance(bound, int) for bound in bounds)
    if isinstance(wanted, list | tuple):
        return bool(wanted) and all(isinstance(value, str | int) for value in wanted)
    return isinstance(wanted, str | int)

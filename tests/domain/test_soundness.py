"""What a catalogue must be like to be published, and when two checklists ask the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.catalogues import items_of, make_kind, make_rule
from factories.refusals import refused
from kaosheng.domain.materials import Catalogue, Effect, Kind, Rule, asks_the_same, facts_asked
from kaosheng.domain.soundness import require_sound

ONE_OF, REQUIRED, NOT_ACCEPTED = Effect.ONE_OF, Effect.REQUIRED, Effect.NOT_ACCEPTED


def catalogue(kinds: list[Kind], rules: list[Rule]) -> Catalogue:
    return Catalogue(version=1, kinds=tuple(kinds), rules=tuple(rules))


def test_a_sound_catalogue_passes() -> None:
    kinds = [make_kind("A", 0, 1), make_kind("B", 2, 2, labels_zh=("正", "反"), labels_en=("f", "b"))]
    rules = [
        make_rule("A", ONE_OF, {"degree": True, "route": ["x", "y"]}, group="g"),
        make_rule("B", REQUIRED, {"graduation_year": {"at_least": 2019, "at_most": 2021}}),
    ]
    require_sound(catalogue(kinds, rules))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("kind_counts_wrong", {"minimum": 4}),
        ("kind_counts_wrong", {"minimum": -1}),
        ("kind_counts_wrong", {"minimum": 0, "maximum": 0}),
        ("kind_counts_wrong", {"maximum": 61}),
        ("kind_text_missing", {"name_en": " "}),
        ("kind_text_missing", {"requirement_zh": ""}),
        ("kind_short_name_long", {"short_name_zh": "九个字九个字九个字"}),
        ("kind_floor_wrong", {"long_side_floor": 599}),
        ("kind_floor_wrong", {"long_side_floor": 3001}),
        ("kind_labels_wrong", {"labels_zh": ("正面",)}),
        ("kind_labels_wrong", {"labels_zh": ("一",) * 4, "labels_en": ("1",) * 4}),
    ],
)
def test_a_fault_of_a_kind_is_named(code: str, changes: dict[str, Any]) -> None:
    with refused(code) as refusal:
        require_sound(catalogue([make_kind("A"), replace(make_kind("B"), **changes)], []))
    assert refusal.value.params["kind"] == "B"


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("rule_kind_unknown", make_rule("B", REQUIRED)),
        ("rule_group_missing", make_rule("A", ONE_OF)),
        ("rule_text_missing", replace(make_rule("A", REQUIRED), reason_en="")),
        ("rule_condition_wrong", make_rule("A", REQUIRED, {"route": []})),
        ("rule_condition_wrong", make_rule("A", REQUIRED, {"route": {"at_lest": 3}})),
        ("rule_condition_wrong", make_rule("A", REQUIRED, {"route": {}})),
        ("rule_condition_wrong", make_rule("A", REQUIRED, {"route": {"at_least": "3"}})),
        ("rule_condition_wrong", make_rule("A", REQUIRED, {"route": None})),
    ],
)
def test_a_fault_of_a_rule_is_named(code: str, rule: Rule) -> None:
    with refused(code):
        require_sound(catalogue([make_kind("A")], [rule]))


def test_an_empty_catalogue_and_a_code_twice_are_refused() -> None:
    with refused("catalogue_empty"):
        require_sound(catalogue([], []))
    with refused("kind_code_twice"):
        require_sound(catalogue([make_kind("A"), make_kind("A")], []))


@pytest.mark.parametrize(
    ("kinds", "rules", "same"),
    [
        ([make_kind("B"), make_kind("A")], [make_rule("A", REQUIRED)], True),
        ([make_kind("A"), make_kind("B", 0, 9), make_kind("C")], [make_rule("A", REQUIRED)], True),
        (
            [replace(make_kind("A"), requirement_zh="另一句"), make_kind("B")],
            [make_rule("A", REQUIRED)],
            True,
        ),
        ([make_kind("A", 2), make_kind("B")], [make_rule("A", REQUIRED)], False),
        ([make_kind("A", 1, 2), make_kind("B")], [make_rule("A", REQUIRED)], False),
        ([make_kind("A"), make_kind("B")], [], False),
        (
            [make_kind("A"), make_kind("B")],
            [make_rule("A", REQUIRED), make_rule("B", NOT_ACCEPTED)],
            False,
        ),
    ],
)
def test_only_what_is_asked_makes_a_difference(kinds: list[Kind], rules: list[Rule], *, same: bool) -> None:
    before = items_of([make_kind("A"), make_kind("B")], [make_rule("A", REQUIRED)])
    assert asks_the_same(before, items_of(kinds, rules)) is same


def test_a_group_is_its_members_whatever_its_name() -> None:
    def grouped(name: str, *codes: str) -> Any:
        return items_of(
            [make_kind(code) for code in "ABC"], [make_rule(code, ONE_OF, group=name) for code in codes]
        )

    assert asks_the_same(grouped("g", "A", "B"), grouped("h", "A", "B"))
    assert not asks_the_same(grouped("g", "A", "B"), grouped("g", "A", "B", "C"))


def test_facts_a_catalogue_looks_at() -> None:
    kinds = [make_kind("A", count_fact="institutions"), make_kind("B")]
    rules = [make_rule("A", REQUIRED, {"route": "direct"}), make_rule("B", REQUIRED)]
    assert facts_asked(catalogue(kinds, rules)) == {"institutions", "route"}

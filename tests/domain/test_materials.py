"""Kinds, rules and the checklist they make."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from domain.catalogues import item_of, items_of, make_kind, make_rule
from kaosheng.domain.materials import (
    Catalogue,
    Difference,
    Effect,
    Ground,
    Kind,
    Rule,
    difference,
    holds,
    lowest_gap,
    missing_kinds,
)

NOBODY: frozenset[str] = frozenset()


# --- conditions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ({}, {}, True),
        ({"route": "direct"}, {"route": "direct"}, True),
        ({"route": "direct"}, {"route": "apprentice"}, False),
        ({"route": "direct"}, {}, False),
        ({"route": ["direct", "upgrade"]}, {"route": "upgrade"}, True),
        ({"route": ["direct", "upgrade"]}, {"route": "apprentice"}, False),
        ({"route": ["direct"]}, {}, False),
        ({"in_school": False}, {"in_school": False}, True),
        ({"in_school": False}, {}, False),
        ({"year": {"at_least": 2002}}, {"year": 2002}, True),
        ({"year": {"at_least": 2002}}, {"year": 2001}, False),
        ({"year": {"at_most": 2001}}, {"year": 2001}, True),
        ({"year": {"at_most": 2001}}, {"year": 2002}, False),
        ({"year": {"at_least": 2002, "at_most": 2010}}, {"year": 2010}, True),
        ({"year": {"at_least": 2002, "at_most": 2010}}, {"year": 2011}, False),
        ({"year": {"at_least": 2002}}, {"year": "2002"}, False),
        ({"year": {"at_least": 2002}}, {}, False),
        ({"route": "direct", "year": 2002}, {"route": "direct", "year": 2002}, True),
        ({"route": "direct", "year": 2002}, {"route": "direct", "year": 2003}, False),
    ],
)
def test_a_condition_holds_when_every_part_of_it_does(
    when: dict[str, object], facts: dict[str, str | int | bool], *, expected: bool
) -> None:
    assert holds(when, facts) is expected


# --- effects -----------------------------------------------------------------------------------------------

STRONGEST = {
    frozenset({"offered"}): "offered",
    frozenset({"one_of"}): "one_of",
    frozenset({"required"}): "required",
    frozenset({"not_accepted"}): "not_accepted",
    frozenset({"offered", "one_of"}): "one_of",
    frozenset({"offered", "required"}): "required",
    frozenset({"offered", "not_accepted"}): "not_accepted",
    frozenset({"one_of", "required"}): "required",
    frozenset({"one_of", "not_accepted"}): "not_accepted",
    frozenset({"required", "not_accepted"}): "not_accepted",
}


@pytest.mark.parametrize("both", STRONGEST)
def test_the_strongest_rule_wins_in_whatever_order(both: frozenset[str]) -> None:
    for order in itertools.permutations(both):
        rules = [
            make_rule("M01", Effect(effect), group="g" if effect == "one_of" else "") for effect in order
        ]
        assert item_of(make_kind("M01"), rules).effect == STRONGEST[both]


def test_a_kind_without_a_rule_is_offered_and_never_asked() -> None:
    item = item_of(
        make_kind("M01", 2, 2),
        [make_rule("M02", Effect.REQUIRED), make_rule("M01", Effect.REQUIRED, {"route": "x"})],
    )
    assert (item.effect, item.minimum, item.maximum, item.is_asked, item.grounds) == (
        Effect.OFFERED,
        0,
        2,
        False,
        (),
    )


@pytest.mark.parametrize(
    ("effect", "asked"), [("offered", False), ("one_of", True), ("required", True), ("not_accepted", False)]
)
def test_what_is_asked(effect: str, *, asked: bool) -> None:
    assert item_of(make_kind("M01"), [make_rule("M01", Effect(effect))]).is_asked is asked


def test_a_kind_not_accepted_takes_no_picture() -> None:
    item = item_of(
        make_kind("M01", 1, 5),
        [make_rule("M01", Effect.NOT_ACCEPTED), make_rule("M01", Effect.REQUIRED, minimum=2)],
    )
    assert (item.minimum, item.maximum, item.group) == (0, 0, "")


def test_the_reasons_are_those_of_every_rule_that_won() -> None:
    rules = [
        Rule(
            "M01",
            Effect.REQUIRED,
            {},
            "因为甲",
            "because A",
            source_zh="通知第一条",
            source_en="notice, item 1",
        ),
        Rule("M01", Effect.OFFERED, {}, "可以提交", "you may"),
        Rule("M01", Effect.REQUIRED, {}, "因为乙", "because B"),
        Rule("M01", Effect.REQUIRED, {"route": "direct"}, "因为丙", "because C"),
    ]
    assert item_of(make_kind("M01"), rules).grounds == (
        Ground("因为甲", "because A", "通知第一条", "notice, item 1"),
        Ground("因为乙", "because B", "", ""),
    )


# --- counts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rules", "expected"),
    [
        (make_kind("M01", 1, 3), [make_rule("M01", Effect.REQUIRED)], (1, 3)),
        (make_kind("M01", 2, 2), [make_rule("M01", Effect.REQUIRED)], (2, 2)),
        (make_kind("M01", 0, 3), [make_rule("M01", Effect.REQUIRED)], (1, 3)),
        (make_kind("M01", 0, 3), [make_rule("M01", Effect.ONE_OF, group="g")], (1, 3)),
        (make_kind("M01", 1, 3), [make_rule("M01", Effect.REQUIRED, minimum=2)], (2, 3)),
        (
            make_kind("M01", 1, 3),
            [make_rule("M01", Effect.REQUIRED, minimum=2), make_rule("M01", Effect.REQUIRED, minimum=3)],
            (3, 3),
        ),
        (make_kind("M01", 2, 3), [make_rule("M01", Effect.REQUIRED, minimum=1)], (2, 3)),
        (make_kind("M01", 1, 1), [make_rule("M01", Effect.REQUIRED, minimum=2)], (2, 2)),
        (
            make_kind("M01", 1, 3),
            [make_rule("M01", Effect.REQUIRED), make_rule("M01", Effect.OFFERED, minimum=3)],
            (1, 3),
        ),
    ],
)
def test_how_many_are_asked(kind: Kind, rules: list[Rule], expected: tuple[int, int]) -> None:
    item = item_of(kind, rules)
    assert (item.minimum, item.maximum) == expected


@pytest.mark.parametrize(
    ("minimum", "maximum", "units", "expected"),
    [
        (1, 1, 1, (1, 1)),
        (1, 1, 3, (3, 3)),
        (1, 4, 3, (3, 4)),
        (1, 2, 3, (3, 3)),
        (2, 4, 1, (1, 4)),
        (1, 1, 0, (1, 1)),
        (1, 1, -2, (1, 1)),
        (1, 1, "三", (1, 1)),
        (1, 1, None, (1, 1)),
    ],
)
def test_a_count_may_come_from_a_fact(
    minimum: int, maximum: int, units: Any, expected: tuple[int, int]
) -> None:
    """One 试用期证明 for each unit."""
    kind = make_kind("M09", minimum, maximum, count_fact="institutions")
    facts = {} if units is None else {"institutions": units}
    item = item_of(kind, [make_rule("M09", Effect.REQUIRED)], facts)
    assert (item.minimum, item.maximum) == expected


# --- what is missing ---------------------------------------------------------------------------------------


def test_a_required_kind_is_missing_until_its_minimum_is_there() -> None:
    items = items_of([make_kind("M01", 2, 2), make_kind("M02")], [make_rule("M01", Effect.REQUIRED)])
    assert missing_kinds(items, counts={}, excused=NOBODY) == ("M01",)
    assert missing_kinds(items, counts={"M01": 1}, excused=NOBODY) == ("M01",)
    assert missing_kinds(items, counts={"M01": 2}, excused=NOBODY) == ()
    assert missing_kinds(items, counts={"M02": 2}, excused=NOBODY) == ("M01",)


def test_what_was_promised_or_explained_is_not_missing() -> None:
    items = items_of(
        [make_kind("M01"), make_kind("M02")],
        [make_rule("M01", Effect.REQUIRED), make_rule("M02", Effect.REQUIRED)],
    )
    assert missing_kinds(items, counts={}, excused=frozenset({"M02"})) == ("M01",)
    assert missing_kinds(items, counts={}, excused=frozenset({"M01", "M02"})) == ()


def test_what_is_offered_or_not_accepted_is_never_missing() -> None:
    items = items_of([make_kind("M01"), make_kind("M02")], [make_rule("M02", Effect.NOT_ACCEPTED)])
    assert missing_kinds(items, counts={}, excused=NOBODY) == ()


def test_of_a_group_one_suffices_and_the_first_stands_for_all() -> None:
    items = items_of(
        [make_kind("M05", 2, 2), make_kind("M06"), make_kind("M07"), make_kind("M08")],
        [
            make_rule("M05", Effect.ONE_OF, group="education"),
            make_rule("M06", Effect.ONE_OF, group="education"),
            make_rule("M07", Effect.ONE_OF, group="practice"),
            make_rule("M08", Effect.ONE_OF, group="practice"),
        ],
    )
    assert missing_kinds(items, counts={}, excused=NOBODY) == ("M05", "M07")
    assert missing_kinds(items, counts={"M06": 1}, excused=NOBODY) == ("M07",)
    assert missing_kinds(items, counts={"M05": 1}, excused=NOBODY) == ("M05", "M07")
    assert missing_kinds(items, counts={"M05": 2, "M08": 1}, excused=NOBODY) == ()
    assert missing_kinds(items, counts={"M05": 2}, excused=frozenset({"M08"})) == ()


def test_a_kind_not_accepted_leaves_its_group_to_the_others() -> None:
    items = items_of(
        [make_kind("M05"), make_kind("M06")],
        [
            make_rule("M05", Effect.ONE_OF, group="education"),
            make_rule("M05", Effect.NOT_ACCEPTED),
            make_rule("M06", Effect.ONE_OF, group="education"),
        ],
    )
    assert missing_kinds(items, counts={"M05": 3}, excused=NOBODY) == ("M06",)


def test_a_required_kind_settles_the_group_it_stands_in() -> None:
    items = items_of(
        [make_kind("M05"), make_kind("M06")],
        [
            make_rule("M05", Effect.ONE_OF, group="education"),
            make_rule("M06", Effect.ONE_OF, group="education"),
            make_rule("M06", Effect.REQUIRED),
        ],
    )
    assert missing_kinds(items, counts={}, excused=NOBODY) == ("M06",)
    assert missing_kinds(items, counts={"M05": 1}, excused=NOBODY) == ("M06",)
    assert missing_kinds(items, counts={"M06": 1}, excused=NOBODY) == ()


def test_the_missing_come_in_the_catalogues_order() -> None:
    kinds = [make_kind(code) for code in ("M03", "M01", "M02")]
    items = items_of(kinds, [make_rule(kind.code, Effect.REQUIRED) for kind in kinds])
    assert missing_kinds(items, counts={}, excused=NOBODY) == ("M03", "M01", "M02")


@pytest.mark.parametrize(
    ("occupied", "open_positions", "expected"),
    [
        (set(), {1, 2}, 1),
        ({1}, {1, 2}, 2),
        ({2}, {1, 2, 3}, 1),
        ({1, 3}, {1, 2, 3, 4}, 2),
        (set(), {3}, 3),
        ({1, 2}, {1, 2}, None),
        (set(), set(), None),
    ],
)
def test_an_upload_without_a_place_takes_the_lowest_gap(
    occupied: set[int], open_positions: set[int], expected: int | None
) -> None:
    assert lowest_gap(occupied=frozenset(occupied), open_positions=frozenset(open_positions)) == expected


# --- changes -----------------------------------------------------------------------------------------------


def test_what_a_registration_change_asks_and_drops() -> None:
    kinds = [
        make_kind(code, count_fact="units" if code == "M09" else "")
        for code in ("M01", "M02", "M03", "M04", "M09")
    ]
    rules = [
        make_rule("M01", Effect.REQUIRED),
        make_rule("M02", Effect.REQUIRED, {"route": "direct"}),
        make_rule("M03", Effect.ONE_OF, {"route": "apprentice"}, group="g"),
        make_rule("M04", Effect.REQUIRED, {"route": "direct"}),
        make_rule("M04", Effect.NOT_ACCEPTED, {"route": "apprentice"}),
        make_rule("M09", Effect.REQUIRED),
    ]
    before = items_of(kinds, rules, {"route": "direct", "units": 1})
    after = items_of(kinds, rules, {"route": "apprentice", "units": 2})
    assert difference(before, after) == Difference(now_asked=("M03", "M09"), no_longer_asked=("M02", "M04"))
    assert difference(after, before) == Difference(now_asked=("M02", "M04"), no_longer_asked=("M03",))


def test_no_difference_is_false() -> None:
    items = items_of([make_kind("M01")], [make_rule("M01", Effect.REQUIRED)])
    assert not difference(items, items)
    assert difference((), items)
    assert difference(items, ())


def test_a_kind_new_in_the_catalogue_and_one_gone_from_it() -> None:
    before = items_of([make_kind("M01")], [make_rule("M01", Effect.REQUIRED)])
    after = items_of([make_kind("M02")], [make_rule("M02", Effect.REQUIRED)])
    assert difference(before, after) == Difference(now_asked=("M02",), no_longer_asked=("M01",))


def test_a_kind_is_found_by_its_code() -> None:
    catalogue = Catalogue(version=3, kinds=(make_kind("M01"), make_kind("M02")), rules=())
    assert catalogue.kind("M02") == make_kind("M02")
    assert catalogue.kind("M77") is None

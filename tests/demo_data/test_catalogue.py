from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from demo_data.files import registrations
from kaosheng.catalogue.models import MaterialKind, MaterialRule
from kaosheng.domain.materials import Effect, checklist, holds
from kaosheng.ops.demo_data import read_toml
from kaosheng.ops.demo_data.catalogue import demo_catalogue

TABLES = read_toml("catalogue")
CATALOGUE = demo_catalogue()
FACTS = {fact["name"]: fact for fact in read_toml("facts")["fact"]}
SMS_FORBIDDEN = ("医疗", "助考", "培训", "教育", "【", "】")


def test_the_kinds_are_those_of_the_research() -> None:
    expected = [f"M{number:02}" for number in range(1, 23)] + ["M99"]
    assert [kind.code for kind in CATALOGUE.kinds] == expected


def test_identity_is_two_pictures_and_no_more() -> None:
    identity = CATALOGUE.kind("M01")
    assert identity is not None
    assert (identity.minimum, identity.maximum, identity.labels_zh) == (2, 2, ("人像面", "国徽面"))


@pytest.mark.parametrize("kind", CATALOGUE.kinds, ids=lambda kind: kind.code)
def test_short_names_can_go_into_a_text_message(kind: Any) -> None:
    assert 0 < len(kind.short_name_zh) <= 8
    assert not [word for word in SMS_FORBIDDEN if word in kind.short_name_zh]


def test_short_names_are_told_apart() -> None:
    assert max(Counter(kind.short_name_zh for kind in CATALOGUE.kinds).values()) == 1
    assert max(Counter(kind.short_name_en for kind in CATALOGUE.kinds).values()) == 1


@pytest.mark.parametrize("table", TABLES["kind"], ids=lambda table: table["code"])
def test_every_kind_is_complete(table: dict[str, Any]) -> None:
    texts = ("name_zh", "name_en", "short_name_zh", "short_name_en", "requirement_zh", "requirement_en")
    assert all(table[name].strip() for name in (*texts, "source", "counts"))
    assert 1 <= table["min"] <= table["max"]
    assert len(table["positions"]) <= table["max"]
    assert 5 <= len(table["reasons"]) <= 8
    assert set(table["reasons"]) <= set(TABLES["reasons"])


def test_every_reason_has_words_in_both_languages_and_a_use() -> None:
    used = {code for table in TABLES["kind"] for code in table["reasons"]}
    assert used == set(TABLES["reasons"])
    assert all(reason["zh"] and reason["en"] for reason in TABLES["reasons"].values())


@pytest.mark.parametrize("table", TABLES["rule"], ids=lambda table: f"{table['kind']}-{table['effect']}")
def test_rules_use_known_facts_and_values(table: dict[str, Any]) -> None:
    for name, wanted in table["when"].items():
        fact = FACTS[name]
        if isinstance(wanted, dict):
            assert fact["type"] in {"year", "count"}
            assert set(wanted) <= {"at_least", "at_most"}
            continue
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if "values" in fact:
                assert value in {known["value"] for known in fact["values"]}
            else:
                assert isinstance(value, bool)
                assert fact["type"] == "yes_no"


@pytest.mark.parametrize("table", TABLES["rule"], ids=lambda table: f"{table['kind']}-{table['effect']}")
def test_rules_are_complete(table: dict[str, Any]) -> None:
    assert table["kind"] in {kind.code for kind in CATALOGUE.kinds}
    assert table["reason_zh"]
    assert table["reason_en"]
    assert table["source"]
    assert all(rule.source_zh and rule.source_en for rule in CATALOGUE.rules)
    assert (table["effect"] == "one_of") == ("group" in table)
    assert table.get("group", "education_check") in {group["code"] for group in TABLES["group"]}
    assert table["source"] != "proposal" or table["proposal"]


def test_every_rule_holds_for_somebody() -> None:
    facts = [one["facts"] for one in registrations().values()]
    idle = [rule for rule in CATALOGUE.rules if not any(holds(rule.when, each) for each in facts)]
    assert idle == []


def test_every_kind_but_the_offered_ones_is_asked_of_somebody() -> None:
    asked = {
        item.kind.code
        for one in registrations().values()
        for item in checklist(CATALOGUE, one["facts"])
        if item.is_asked
    }
    assert {kind.code for kind in CATALOGUE.kinds} - asked == {"M17", "M99"}


@pytest.mark.parametrize("number", sorted(registrations()))
def test_everybody_gets_a_definite_list(number: str) -> None:
    items = checklist(CATALOGUE, registrations()[number]["facts"])
    assert [item.kind.code for item in items] == [kind.code for kind in CATALOGUE.kinds]
    asked = [item for item in items if item.is_asked]
    assert 3 <= len(asked) <= 9
    assert all(1 <= item.minimum <= item.maximum and item.grounds for item in asked)


def test_one_proof_of_probation_for_each_institution() -> None:
    items = checklist(CATALOGUE, registrations()["1327001103"]["facts"])
    probation = next(item for item in items if item.kind.code == "M09")
    assert (probation.minimum, probation.maximum) == (2, 2)


def test_active_military_gives_nothing_secret() -> None:
    items = checklist(CATALOGUE, registrations()["1327000702"]["facts"])
    papers = next(item for item in items if item.kind.code == "M18")
    assert (papers.effect, papers.maximum) == (Effect.NOT_ACCEPTED, 0)


def test_texts_fit_their_columns() -> None:
    for model, rows in ((MaterialKind, CATALOGUE.kinds), (MaterialRule, CATALOGUE.rules)):
        limits = {field.name: getattr(field, "max_length", None) for field in model._meta.fields}
        for name, limit in limits.items():
            texts = [text for row in rows if isinstance(text := getattr(row, name, None), str)]
            assert limit is None or all(len(text) <= limit for text in texts), name


def test_the_largest_list_fits_one_page_of_a_receipt() -> None:
    """Thirty pictures stand on one A4 (web/candidate/receipt_pdf, the print style sheet)."""
    asked = [
        sum(item.minimum for item in checklist(CATALOGUE, one["facts"]) if item.is_asked)
        for one in registrations().values()
    ]
    assert 6 < max(asked) <= 30

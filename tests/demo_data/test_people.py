from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from demo_data.files import PEOPLE_FILE, people, registrations
from kaosheng.ops.demo_data import make_people, read_staff, read_toml

FACTS = {fact["name"]: fact for fact in read_toml("facts")["fact"]}
SITES = {site["code"]: site["area"] for site in read_toml("regions")["site"]}
INTAKES = {(intake["area"], intake["code"]) for intake in read_toml("regions")["intake"]}
RESIDENT = "居民身份证"


def test_the_committed_file_is_what_the_script_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "people.json"
    monkeypatch.setattr("sys.argv", ["make_people", str(written)])
    make_people.main()
    assert written.read_bytes() == PEOPLE_FILE.read_bytes()


@pytest.mark.parametrize(
    ("first_seventeen", "last"),
    [("11010519491231002", "X"), ("44052418800101001", "4"), ("13999919900101001", "6")],
)
def test_check_character_by_the_standard_s_examples(first_seventeen: str, last: str) -> None:
    assert make_people.check_character(first_seventeen) == last


def test_identity_numbers_are_valid_and_nobody_s() -> None:
    numbers = [one["id_number"] for one in registrations().values() if one["id_type"] == RESIDENT]
    assert len(numbers) > 55
    assert all(number.startswith("139999") for number in numbers)
    assert all(make_people.check_character(number[:17]) == number[17] for number in numbers)


def test_papers_of_the_others_are_not_resident_numbers() -> None:
    others = [one for one in registrations().values() if one["id_type"] != RESIDENT]
    assert {one["facts"]["identity"] for one in others} == {"hmt", "foreign"}
    assert all(one["id_number"][1:].isdecimal() and len(one["id_number"]) == 9 for one in others)


def test_nobody_shares_what_identifies_him() -> None:
    for field in ("username", "subject", "name"):
        assert max(Counter(person[field] for person in people()).values()) == 1
    for field in ("phone", "id_number"):
        assert len({(person["registrations"][0][field]) for person in people()}) == len(people())
        assert all(len({one[field] for one in person["registrations"]}) == 1 for person in people())
    assert max(Counter(one["number"] for person in people() for one in person["registrations"]).values()) == 1


def test_accounts_are_of_candidates_or_of_staff() -> None:
    assert not {person["username"] for person in people()} & {person["username"] for person in read_staff()}


@pytest.mark.parametrize("number", sorted(registrations()))
def test_registrations_are_as_the_contract_has_them(number: str) -> None:
    one = registrations()[number]
    assert set(one) == {
        *("number", "source_version", "subject", "exam_batch", "area", "site", "cancelled", "name"),
        *("id_type", "id_number", "phone", "facts"),
    }
    assert SITES[one["site"]] == one["area"]
    assert (one["area"], one["exam_batch"]) in INTAKES
    assert one["phone"].startswith("1990000")
    assert len(one["phone"]) == 11
    assert set(one["facts"]) == set(FACTS)
    for name, value in one["facts"].items():
        if "values" in FACTS[name]:
            assert value in {known["value"] for known in FACTS[name]["values"]}
    category = next(
        known for known in FACTS["category"]["values"] if known["value"] == one["facts"]["category"]
    )
    assert category["level"] == one["facts"]["level"]


def test_the_cast() -> None:
    by_site = Counter(person["registrations"][0]["site"] for person in people())
    assert len(people()) == 62
    assert by_site["1301"] == 20
    assert {site for site, area in SITES.items() if area == "13"} <= set(by_site)
    assert [person["username"] for person in people() if len(person["registrations"]) > 1] == ["zhaomingzhe"]
    assert [one["number"] for one in registrations().values() if one["area"] == "99"] == ["9927000101"]
    assert [one["number"] for one in registrations().values() if one["cancelled"]] == ["1327000118"]


def test_the_account_the_readme_names() -> None:
    fresh = people()[0]
    assert (fresh["username"], fresh["name"], fresh["password"]) == ("lixiaoyu", "李晓雨", "demo-2027")
    registration = fresh["registrations"][0]
    wanted = {"category": "110", "education": "bachelor", "route": "direct", "first_time": True}
    assert wanted.items() <= registration["facts"].items()
    assert registration["site"] == "1301"

from __future__ import annotations

from typing import Any

import pytest

from kaosheng.domain.roles import SEPARATED_ROLES, SITE_ROLES, Role
from kaosheng.ops.demo_data import read_staff, read_toml
from kaosheng.regions.models import ExamArea, ExamSite, Intake

REGIONS = read_toml("regions")
SAMPLE = ("样本", "sample", "Sample")


def test_hebei_has_its_eleven_cities() -> None:
    codes = [site["code"] for site in REGIONS["site"] if site["area"] == "13"]
    assert codes == [f"13{number:02}" for number in range(1, 12)]


@pytest.mark.parametrize("site", REGIONS["site"], ids=lambda site: site["code"])
def test_sites_are_complete_and_visibly_invented(site: dict[str, Any]) -> None:
    assert all(
        site[name].strip() for name in ("name_zh", "name_en", "hours_zh", "hours_en", "notes_zh", "notes_en")
    )
    for name in ("address_zh", "address_en", "telephone"):
        assert any(mark in site[name] for mark in SAMPLE)


def test_texts_fit_their_columns() -> None:
    for model, rows in (
        (ExamArea, REGIONS["area"]),
        (ExamSite, REGIONS["site"]),
        (Intake, REGIONS["intake"]),
    ):
        limits = {field.name: getattr(field, "max_length", None) for field in model._meta.fields}
        for row in rows:
            too_long = [
                name
                for name, text in row.items()
                if isinstance(text, str) and (limit := limits.get(name)) and len(text) > limit
            ]
            assert too_long == []


def test_windows_of_the_open_intake() -> None:
    intake = next(one for one in REGIONS["intake"] if (one["area"], one["code"]) == ("13", "2027YS"))
    assert (intake["opens"]["days"], intake["closes"]) == (-10, {"days": 6, "time": "24:00"})
    assert (intake["supplement_days"], intake["stages"], intake["second_look_share"]) == (2, 2, 0.05)


@pytest.mark.parametrize("intake", REGIONS["intake"], ids=lambda one: f"{one['area']}-{one['code']}")
def test_windows_are_in_order(intake: dict[str, Any]) -> None:
    steps = [intake[name]["days"] for name in ("opens", "closes", "review_expected", "release_expected")]
    assert steps == sorted(steps)
    assert "released" not in intake or intake["closes"]["days"] < intake["released"]["days"] < 0


def test_one_person_at_least_for_every_role_and_scopes_that_exist() -> None:
    sites = {site["code"]: site["area"] for site in REGIONS["site"]}
    grants = [grant for person in read_staff() for grant in person["grants"]]
    assert {Role(grant["role"]) for grant in grants} == set(Role) - {Role.CANDIDATE, Role.CLOCK, Role.GATEWAY}
    for grant in grants:
        role = Role(grant["role"])
        assert (grant["site"] is not None) == (role in SITE_ROLES)
        assert (grant["area"] is None) == (role in SEPARATED_ROLES)
        assert grant["site"] is None or sites[grant["site"]] == grant["area"]


def test_separated_roles_are_alone() -> None:
    for person in read_staff():
        roles = {Role(grant["role"]) for grant in person["grants"]}
        assert not roles & SEPARATED_ROLES or len(roles) == 1


def test_everybody_of_staff_is_marked_as_invented() -> None:
    assert all("样本" in person["name"] for person in read_staff())
    usernames = [person["username"] for person in read_staff()]
    assert len(set(usernames)) == len(usernames)


def test_the_commitment_is_in_two_languages_and_fits() -> None:
    commitment = read_toml("commitment")["commitment"][0]
    limit = Intake._meta.get_field("commitment_version").max_length
    assert limit is not None
    assert 0 < len(commitment["version"]) <= limit
    assert commitment["text_zh"].count("、") >= 4
    assert commitment["text_en"].strip()

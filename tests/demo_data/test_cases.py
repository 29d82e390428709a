from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from demo_data.files import people, registrations
from kaosheng.domain.materials import checklist
from kaosheng.domain.places import Manner
from kaosheng.domain.states import Phase, Verdict
from kaosheng.ops.demo_data import read_staff, read_toml
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.ops.drawings import FAULTS
from kaosheng.ops.drawings.plan import Purpose, complete_slots, plan

TABLES = read_toml("cases")
CASES = TABLES["case"]
CATALOGUE = demo_catalogue()
PLAN = plan(registrations())
README = Path(__file__).resolve().parents[2] / "README.md"
GRANTS = {person["username"]: person["grants"][0] for person in read_staff()}


def test_every_registration_of_area_13_has_its_case() -> None:
    numbers = [case["number"] for case in CASES]
    assert sorted(numbers) == sorted(number for number, one in registrations().items() if one["area"] == "13")


def test_every_state_is_shown() -> None:
    states = Counter(Phase(case["state"]) for case in CASES)
    assert set(states) == set(Phase) - {Phase.PROPOSED}
    assert any("proposal" in case for case in CASES if case["state"] == "at_area")
    assert {returned["answer"] for case in CASES for returned in case.get("return", [])} == {
        *("waiting", "resubmitted", "overdue")
    }
    assert {returned["manner"] for case in CASES for returned in case.get("return", [])} == {
        manner.value for manner in Manner
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["number"])
def test_cases_name_places_and_reasons_that_exist(case: dict[str, Any]) -> None:
    facts = {**registrations()[case["number"]]["facts"], **case.get("changed_from", {})}
    items = {item.kind.code: item for item in checklist(CATALOGUE, facts)}
    drawn = {picture.slot for picture in PLAN if picture.number == case["number"]}
    for slot in drawn:
        assert slot.position <= items[slot.kind].maximum
    assert set(case.get("faults", {}).values()) <= set(FAULTS)
    assert {f"{slot.kind}/{slot.position}" for slot in drawn} >= set(case.get("faults", {}))
    asked = [place for returned in case.get("return", []) for place in returned["places"]]
    for mark in [*case.get("marks", []), *asked]:
        codes = {code for code, _zh, _en in items[mark["kind"]].kind.reasons}
        assert mark.get("reason", next(iter(codes))) in codes
        if "position" in mark:
            assert any((slot.kind, slot.position) == (mark["kind"], mark["position"]) for slot in drawn)
    for promise in case.get("promises", []):
        assert items[promise["kind"]].kind.may_promise


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["number"])
def test_people_act_within_their_scope(case: dict[str, Any]) -> None:
    registration = registrations()[case["number"]]
    by_site = [case["recommendation"]["by"]] if "recommendation" in case else []
    by_site += [returned["after"]["by"] for returned in case.get("return", []) if "after" in returned]
    by_site += [returned["by"] for returned in case.get("return", []) if "after" not in returned]
    by_site += [case["marked_by"]] if "marked_by" in case else []
    for name in by_site:
        assert GRANTS[name] == {"role": "site_reviewer", "area": "13", "site": registration["site"]}
    by_area = [returned["by"] for returned in case.get("return", []) if "after" in returned]
    for step in (case.get("proposal"), case.get("decision")):
        by_area += [step[name] for name in ("by", "confirmed_by") if name in step] if step else []
    for name in by_area:
        assert GRANTS[name] == {"role": "area_reviewer", "area": "13", "site": None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["number"])
def test_states_have_the_steps_that_lead_to_them(case: dict[str, Any]) -> None:
    decided = case["state"] in {"decided", "released"}
    assert ("decision" in case) == decided
    assert ("recommendation" in case) == (decided or case["state"] == "at_area")
    assert (case["state"] == "returned") == any(one["answer"] == "waiting" for one in case.get("return", []))
    assert (case["state"] == "withdrawn") == registrations()[case["number"]]["cancelled"]
    assert (registrations()[case["number"]]["exam_batch"] == "2026YS") == (
        case["state"] in {"released", "lapsed"}
    )
    assert registrations()[case["number"]]["source_version"] == 1 + (
        "changed_from" in case or case["state"] == "withdrawn"
    )
    for step in (case.get("recommendation"), case.get("proposal"), case.get("decision")):
        if step is not None and Verdict(step["verdict"]) is Verdict.FAIL:
            assert step["reason_zh"]
    decision = case.get("decision", {})
    if decision.get("verdict") == "fail":
        assert decision["confirmed_by"] != decision["by"]


def test_the_plan_stays_small() -> None:
    assert len(PLAN) + len(CATALOGUE.kinds) <= 250
    assert max(Counter(picture.number for picture in PLAN).values()) <= 8


def test_a_complete_case_takes_one_of_the_alternatives() -> None:
    slots = complete_slots(registrations()["1327000101"]["facts"])
    assert [f"{slot.kind}/{slot.position}" for slot in slots] == [
        *("M01/1", "M01/2", "M03/1", "M05/1", "M09/1", "M13/1"),
    ]


def test_the_files_of_the_fresh_candidate_are_her_checklist() -> None:
    """README leads through them by name: a rule or a file that changes must change both."""
    person = next(person for person in people() if person["username"] == "lixiaoyu")
    (registration,) = person["registrations"]
    given = [picture for picture in PLAN if picture.folder == "lixiaoyu"]
    assert {picture.number for picture in given} == {registration["number"]}
    assert {picture.slot for picture in given} == set(complete_slots(registration["facts"]))
    faulty = {picture.file_name for picture in given if picture.fault}
    assert faulty == {picture.file_name for picture in PLAN if picture.folder == "lixiaoyu/replacement"}
    kinds = {kind.code: kind for kind in CATALOGUE.kinds}
    for readme in (README, README.with_suffix(".zh-CN.md")):
        text = readme.read_text(encoding="utf-8")
        told = text[text.index("var/pictures-to-try/lixiaoyu/") :]
        for picture in given:
            assert f"`{Path(picture.file_name).stem}`" in told
            kind = kinds[picture.slot.kind]
            assert kind.name_zh in told or kind.short_name_zh in told
        for name in faulty:
            assert f"`replacement/{Path(name).stem}`" in told
    (reason,) = {reason for _code, reason, _en in kinds["M09"].reasons if reason in README.read_text("utf-8")}
    assert reason == "缺法定代表人签字或印章"


def test_a_resubmitted_case_has_the_picture_before_and_after() -> None:
    pictures = [picture for picture in PLAN if picture.number == "1327000109" and picture.slot.kind == "M10"]
    assert [(picture.purpose, picture.fault) for picture in pictures] == [
        (Purpose.UPLOAD, "no_seal"),
        (Purpose.REPLACEMENT, ""),
    ]
    assert pictures[0].seed != pictures[1].seed

"""Contradictions in the settings of an intake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.intakes import Settings, warnings_about

NOW = datetime(2027, 1, 5, 9, tzinfo=HOUSE_TIME)
SOUND = Settings(
    opens_at=datetime(2027, 1, 10, tzinfo=HOUSE_TIME),
    closes_at=datetime(2027, 1, 21, tzinfo=HOUSE_TIME),
    supplement_days=2,
    second_look_share=0.05,
    review_expected_by=date(2027, 2, 1),
    release_expected_by=date(2027, 2, 20),
    notes_zh="说明",
    notes_en="Notes",
    has_catalogue=True,
    sites_without_telephone=0,
)


def test_sound_settings_have_no_warning() -> None:
    assert warnings_about(SOUND, now=NOW) == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"has_catalogue": False}, ["no_catalogue"]),
        ({"closes_at": SOUND.opens_at + timedelta(hours=71)}, ["window_short"]),
        ({"closes_at": SOUND.opens_at + timedelta(hours=72)}, []),
        ({"review_expected_by": date(2027, 1, 20)}, ["review_before_close"]),
        ({"review_expected_by": date(2027, 1, 21)}, []),
        ({"release_expected_by": date(2027, 1, 31)}, ["release_before_review"]),
        (
            {"review_expected_by": None, "release_expected_by": date(2027, 1, 20)},
            ["release_before_close"],
        ),
        (
            {"review_expected_by": None, "release_expected_by": date(2027, 1, 21)},
            ["release_before_supplements"],
        ),
        ({"review_expected_by": None, "release_expected_by": date(2027, 1, 22)}, []),
        ({"notes_zh": " "}, ["no_notes"]),
        ({"notes_en": ""}, ["no_english_notes"]),
        ({"sites_without_telephone": 2}, ["no_telephone"]),
        ({"second_look_share": 0.0}, ["no_second_look"]),
        ({"review_expected_by": None, "release_expected_by": None}, []),
    ],
)
def test_each_contradiction_is_named(changes: dict[str, Any], codes: list[str]) -> None:
    assert [one.code for one in warnings_about(replace(SOUND, **changes), now=NOW)] == codes


def test_days_that_have_passed_are_named() -> None:
    late = datetime(2027, 3, 1, tzinfo=HOUSE_TIME)
    assert [one.code for one in warnings_about(SOUND, now=late)] == ["review_past", "release_past"]

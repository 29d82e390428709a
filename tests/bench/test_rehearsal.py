"""The rehearsal's own reckoning: the rates of its windows, and what makes it fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

with pytest.MonkeyPatch.context() as patch:
    # Only for their import: beside the tests' own packages `bench/inspection.py` would be taken for one of them.
    patch.syspath_prepend(Path(__file__).resolve().parents[2] / "bench")
    from rehearsal import PICTURES, faults_of, table
    from rehearsal_people import Candidate, Plan, Seen, Step


def test_a_window_s_rate_is_of_its_own_length_and_what_came_after_the_end_has_its_own() -> None:
    """Sixty seconds, ten a window; the last answer comes thirty after the end."""
    moments = [*range(60), *(60 + 2 * n for n in range(15)), 89]
    rows = table([Step("upload", at, 1000.0) for at in moments], 60.0)

    assert {row["window"]: (row["n"], round(row["per_second"], 3)) for row in rows} == {
        "whole": (76, 0.844),
        **{f"{number} of 6": (10, 1.0) for number in range(1, 7)},
        "after the end": (16, 0.533),
    }


def test_it_fails_unless_everybody_ended_with_every_picture() -> None:
    pictures = [("somebody", "M99", place, "sha256:…") for place in range(2 * PICTURES)]
    whole = Seen(acknowledged=pictures, submitted=2)

    assert faults_of([whole], [], 2) == []
    assert faults_of([whole], ["somebody M99/1: 0 rows"], 2) == ["somebody M99/1: 0 rows"]
    assert faults_of([Seen(acknowledged=pictures[1:], submitted=1, errors=["an error"])], [], 2) == [
        "1 submitted instead of 2",
        "23 pictures acknowledged instead of 24",
        "an error",
    ]


def test_whatever_ends_a_person_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(
        port=1, seed=0, arrivals=[0.0], subjects=["a"], pictures=[], checklist=[], think=1.0, mistakes=0.0
    )
    seen = Seen()
    candidate = Candidate(plan, 0, seen, time.perf_counter(), [])

    def not_foreseen() -> str:
        raise ZeroDivisionError("a fault of the script")

    monkeypatch.setattr(candidate, "_log_in", not_foreseen)
    candidate.play()

    assert seen.errors == ["ZeroDivisionError: a fault of the script"]

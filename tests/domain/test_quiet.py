"""Quiet hours and the moments of reminders, in the time of the house (UTC+8)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.quiet import (
    REMIND_HOURS,
    Urgency,
    is_quiet,
    may_go_at,
    may_wake,
    reminder_due,
    reminder_moment,
)


def at(text: str) -> datetime:
    """A moment of January 2027 in the house: "day hour:minute"."""
    return datetime.strptime(f"2027-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=HOUSE_TIME)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("20 20:59", False), ("20 21:00", True), ("20 23:59", True), ("21 00:00", True), ("21 07:59", True), ("21 08:00", False)],
)  # fmt: skip
def test_people_sleep_from_nine_to_eight(moment: str, expected: object) -> None:
    assert is_quiet(at(moment)) is expected


@pytest.mark.parametrize(
    ("urgency", "made", "deadline", "goes"),
    [
        (Urgency.PERSONAL, "20 20:59", "23 00:00", "20 20:59"),
        (Urgency.PERSONAL, "20 21:00", "23 00:00", "21 08:00"),
        (Urgency.PERSONAL, "21 07:59", "23 00:00", "21 08:00"),
        (Urgency.PERSONAL, "20 23:00", "21 11:00", "21 08:00"),
        (Urgency.PERSONAL, "20 23:00", "21 10:59", "20 23:00"),
        (Urgency.PERSONAL, "20 23:00", None, "21 08:00"),
        (Urgency.MASS, "20 21:30", None, "21 08:00"),
        (Urgency.CODE, "21 03:00", None, "21 03:00"),
    ],
)
def test_at_night_only_what_cannot_wait_goes(
    urgency: Urgency, made: str, deadline: str | None, goes: str
) -> None:
    wakes = may_wake(urgency=urgency, made_at=at(made), deadline=at(deadline) if deadline else None)
    assert may_go_at(made_at=at(made), wakes=wakes) == at(goes)


@pytest.mark.parametrize(
    ("deadline", "moments"),
    [
        # The usual deadline, midnight: every mark is quiet.
        ("24 00:00", {72: "20 20:00", 24: "22 20:00", 3: "23 20:00"}),
        ("23 17:00", {72: "20 17:00", 24: "22 17:00", 3: "23 14:00"}),
        ("23 09:00", {72: "20 09:00", 24: "22 09:00", 3: "22 20:00"}),
        ("23 10:59", {72: "20 10:59", 24: "22 10:59", 3: "22 20:00"}),
        ("23 11:00", {72: "20 11:00", 24: "22 11:00", 3: "23 08:00"}),
    ],
)
def test_reminders_of_the_night_go_at_eight_in_the_evening_before(
    deadline: str, moments: dict[int, str]
) -> None:
    found = {hours: reminder_moment(deadline=at(deadline), hours=hours) for hours in REMIND_HOURS}
    assert found == {hours: at(moment) for hours, moment in moments.items()}


@pytest.mark.parametrize(
    ("now", "hours"),
    [("20 16:59", None), ("20 17:00", 72), ("22 16:59", 72), ("22 17:00", 24), ("23 14:00", 3), ("23 16:59", 3), ("23 17:00", None)],
)  # fmt: skip
def test_the_latest_mark_that_has_come_is_due(now: str, hours: int | None) -> None:
    due = reminder_due(deadline=at("23 17:00"), now=at(now))
    assert (due[0] if due else None) == hours


@given(
    minutes=st.integers(0, 14 * 24 * 60),
    hours=st.sampled_from(REMIND_HOURS),
)
def test_no_reminder_is_quiet_late_or_early_by_more_than_a_night(minutes: int, hours: int) -> None:
    deadline = at("10 00:00") + timedelta(minutes=minutes)
    moment = reminder_moment(deadline=deadline, hours=hours)
    wanted = deadline - timedelta(hours=hours)
    assert not is_quiet(moment)
    assert wanted - timedelta(hours=12) <= moment <= wanted

"""Deadlines: half-open instants in the time of the house, and the two minutes after them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.deadlines import (
    effective_deadline,
    has_run_out,
    in_time,
    recheck_deadline,
    supplement_deadline,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEADLINE = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
"""24:00 of the 25th in Shanghai."""
TICK = timedelta(microseconds=1)


def test_the_dossiers_own_deadline_stands_before_the_intakes() -> None:
    later, earlier = DEADLINE + timedelta(days=3), DEADLINE - timedelta(days=3)
    assert effective_deadline(own=None, intake_closes=DEADLINE) == DEADLINE
    assert effective_deadline(own=later, intake_closes=DEADLINE) == later
    assert effective_deadline(own=earlier, intake_closes=DEADLINE) == earlier


@pytest.mark.parametrize(
    ("returned_at", "days", "expected"),
    [
        # Any hour of a day gives the same end: 24:00, two days on.
        (datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI), 2, datetime(2026, 11, 26, 0, 0, tzinfo=SHANGHAI)),
        (
            datetime(2026, 11, 23, 23, 59, 59, tzinfo=SHANGHAI),
            2,
            datetime(2026, 11, 26, 0, 0, tzinfo=SHANGHAI),
        ),
        # The day is the house's, whatever the clock that was read: 16:30 UTC is already the 24th.
        (datetime(2026, 11, 23, 16, 30, tzinfo=UTC), 2, datetime(2026, 11, 27, 0, 0, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), 2, datetime(2026, 11, 26, 0, 0, tzinfo=SHANGHAI)),
        (datetime(2026, 12, 30, 9, 0, tzinfo=SHANGHAI), 2, datetime(2027, 1, 2, 0, 0, tzinfo=SHANGHAI)),
        (datetime(2028, 2, 28, 9, 0, tzinfo=SHANGHAI), 1, datetime(2028, 3, 1, 0, 0, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI), 0, datetime(2026, 11, 24, 0, 0, tzinfo=SHANGHAI)),
    ],
)
def test_a_return_lasts_to_the_end_of_a_day_of_the_house(
    returned_at: datetime, days: int, expected: datetime
) -> None:
    assert supplement_deadline(returned_at=returned_at, days=days) == expected


@given(returned_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), days=st.integers(0, 60))  # noqa: DTZ001 - made aware below
def test_a_return_always_gives_whole_days_and_ends_at_midnight(returned_at: datetime, days: int) -> None:
    aware = returned_at.replace(tzinfo=UTC)
    deadline = supplement_deadline(returned_at=aware, days=days)
    shown = deadline.astimezone(SHANGHAI)
    assert (shown.hour, shown.minute, shown.second, shown.microsecond) == (0, 0, 0, 0)
    assert timedelta(days=days) < deadline - aware <= timedelta(days=days + 1)


def test_summer_and_winter_are_equally_long() -> None:
    for month in range(1, 13):
        returned_at = datetime(2026, month, 15, 12, 0, tzinfo=SHANGHAI)
        deadline = supplement_deadline(returned_at=returned_at, days=2)
        assert deadline.astimezone(UTC) - returned_at.astimezone(UTC) == timedelta(days=2, hours=12), month


@pytest.mark.parametrize(
    ("arrived", "commits", "counts"),
    [
        (DEADLINE - TICK, DEADLINE - TICK, True),
        (DEADLINE - TICK, DEADLINE, True),
        (DEADLINE - TICK, DEADLINE + timedelta(seconds=120), True),
        (DEADLINE - TICK, DEADLINE + timedelta(seconds=120) + TICK, False),
        (DEADLINE, DEADLINE, False),
        (DEADLINE, DEADLINE + timedelta(seconds=1), False),
        (DEADLINE + TICK, DEADLINE + TICK, False),
    ],
)
def test_in_time_is_arrived_before_and_committed_within_two_minutes(
    arrived: datetime, commits: datetime, *, counts: bool
) -> None:
    assert in_time(arrived_at=arrived, now=commits, deadline=DEADLINE) is counts


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (DEADLINE, False),
        (DEADLINE + timedelta(seconds=119), False),
        (DEADLINE + timedelta(seconds=120), False),
        (DEADLINE + timedelta(seconds=120) + TICK, True),
    ],
)
def test_the_clock_waits_until_every_request_in_time_has_committed(now: datetime, *, over: bool) -> None:
    assert has_run_out(now=now, deadline=DEADLINE) is over


@given(late=st.integers(-300, 300), waited=st.integers(0, 300))
def test_no_instant_is_in_time_and_run_out_at_once(late: int, waited: int) -> None:
    arrived = DEADLINE + timedelta(seconds=late)
    now = arrived + timedelta(seconds=waited)
    assert not (
        in_time(arrived_at=arrived, now=now, deadline=DEADLINE) and has_run_out(now=now, deadline=DEADLINE)
    )


def test_an_instant_is_the_same_in_every_zone() -> None:
    arrived = DEADLINE - TICK
    assert in_time(
        arrived_at=arrived.astimezone(SHANGHAI), now=arrived, deadline=DEADLINE.astimezone(SHANGHAI)
    )


def test_the_recheck_window_ends_with_a_day_of_the_house() -> None:
    published = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert recheck_deadline(published_at=published, days=5) == datetime(2026, 11, 30, 0, 0, tzinfo=SHANGHAI)
    assert recheck_deadline(published_at=published, days=0) == published

"""Deadlines: half-open instants, counted in the time of the house."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HOUSE_TIME: Final = ZoneInfo("Asia/Shanghai")
GRACE: Final = timedelta(seconds=120)
"""A request that arrived in time may commit this much later; lapse and overdue wait as long."""


def effective_deadline(*, own: datetime | None, intake_closes: datetime) -> datetime:
    """The dossier's own deadline (set by a return or an extension), else the intake's."""
    return own if own is not None else intake_closes


def supplement_deadline(*, returned_at: datetime, days: int) -> datetime:
    """End of the day `days` days after the return."""
    return _end_of_day(returned_at, days)


def _end_of_day(start: datetime, days: int) -> datetime:
    """The day `days` days later ends at the midnight that follows it."""
    midnight = start.astimezone(HOUSE_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days + 1)


def recheck_deadline(*, published_at: datetime, days: int) -> datetime:
    """End of the day `days` days after the release: until then a candidate may ask for 复核. No days, no window."""
    if days == 0:
        return published_at
    return _end_of_day(published_at, days)


def in_time(*, arrived_at: datetime, now: datetime, deadline: datetime) -> bool:
    """Whether a request that reached us at `arrived_at` and commits `now` still counts."""
    return arrived_at < deadline and now <= deadline + GRACE


def has_run_out(*, now: datetime, deadline: datetime) -> bool:
    """Whether the clock may act on a missed deadline: never before every request in time has committed."""
    return now > deadline + GRACE

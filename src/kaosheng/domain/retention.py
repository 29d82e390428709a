"""Until when what a candidate gave us is kept: one rule, two settings of the intake (PIPL art. 19 and 47).

What was never submitted served its purpose when the window closed; what was submitted is kept as the record of an
official decision, counted from the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kaosheng.domain.deadlines import HOUSE_TIME


@dataclass(frozen=True, slots=True)
class Keeping:
    """The settings: days a draft outlives its window, months a record outlives the release."""

    draft_days: int
    record_months: int


def draft_kept_until(*, closes_at: datetime, keeping: Keeping) -> date:
    """The last day of what was uploaded and never submitted."""
    return _day(closes_at) + timedelta(days=keeping.draft_days)


def record_kept_until(
    *,
    closes_at: datetime,
    release_expected_by: date | None,
    published_at: datetime | None,
    under_review_on: date | None,
    keeping: Keeping,
) -> date:
    """The last day of what was submitted: from the release, before it from the day it is expected.

    While it is still under review that day can't be past: `under_review_on` is today, None once it isn't.
    """
    begins = _day(published_at) if published_at is not None else release_expected_by or _day(closes_at)
    if published_at is None and under_review_on is not None:
        begins = max(begins, under_review_on)
    return _months_later(begins, keeping.record_months)


def _day(moment: datetime) -> date:
    return moment.astimezone(HOUSE_TIME).date()


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError

"""What contradicts itself in the settings of an intake: warnings, not refusals; people decide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from kaosheng.domain.deadlines import HOUSE_TIME, supplement_deadline

SHORT_WINDOW: Final = timedelta(days=3)
"""Candidates who work shifts need more than a weekend; a shorter window is more likely a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything about an intake that can contradict itself, with what stands around it."""

    opens_at: datetime
    closes_at: datetime
    supplement_days: int
    second_look_share: float
    review_expected_by: date | None
    release_expected_by: date | None
    notes_zh: str
    notes_en: str
    has_catalogue: bool
    sites_without_telephone: int


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word of the page; nothing here warns in Python's sense
    """One contradiction: its code and figures."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


_INSTANT: Final = timedelta(microseconds=1)


def _last_day(end: datetime) -> date:
    """The day a half-open time ends on: midnight belongs to the day before."""
    return (end - _INSTANT).astimezone(HOUSE_TIME).date()


def warnings_about(settings: Settings, *, now: datetime) -> list[Warning]:
    """Everything that looks wrong together, the gravest first."""
    found = []
    if not settings.has_catalogue:
        found.append(Warning("no_catalogue"))
    if settings.closes_at - settings.opens_at < SHORT_WINDOW:
        found.append(Warning("window_short", {"days": SHORT_WINDOW.days}))
    found += _about_dates(settings, now.astimezone(HOUSE_TIME).date())
    if not settings.notes_zh.strip():
        found.append(Warning("no_notes"))
    elif not settings.notes_en.strip():
        found.append(Warning("no_english_notes"))
    if settings.sites_without_telephone:
        found.append(Warning("no_telephone", {"count": settings.sites_without_telephone}))
    if not settings.second_look_share:
        found.append(Warning("no_second_look"))
    return found


def _about_dates(settings: Settings, today: date) -> list[Warning]:
    """What candidates are told about review and release, against the window, the supplements and the calendar."""
    found = []
    last_day = _last_day(settings.closes_at)
    supplements_end = supplement_deadline(
        returned_at=settings.closes_at - _INSTANT, days=settings.supplement_days
    )
    review, release = settings.review_expected_by, settings.release_expected_by
    if review is not None and review <= last_day:
        found.append(Warning("review_before_close", {"review": review, "closes": last_day}))
    if release is not None and review is not None and release < review:
        found.append(Warning("release_before_review", {"release": release, "review": review}))
    if release is not None and release <= last_day:
        found.append(Warning("release_before_close", {"release": release, "closes": last_day}))
    elif release is not None and release < _last_day(supplements_end):
        found.append(Warning("release_before_supplements", {"release": release}))
    for code, day in (("review_past", review), ("release_past", release)):
        if day is not None and day < today:
            found.append(Warning(code, {"day": day}))
    return found


def next_wording(version: str) -> str:
    """The name of the wording after this one: "2027-1" → "2027-2"; one without a number at its end begins at 2."""
    numbered = re.fullmatch(r"(.*?)(\d+)", version)
    if numbered is None:
        return f"{version}-2" if version else "1"
    return f"{numbered[1]}{int(numbered[2]) + 1}"

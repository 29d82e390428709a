"""When a message may go: quiet hours, and the moments of reminders, in the time of the house."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import Final

from kaosheng.domain.deadlines import HOUSE_TIME

QUIET_FROM: Final = time(21)
QUIET_UNTIL: Final = time(8)
EARLIER: Final = time(20)
"""A reminder whose moment is quiet goes at this hour before it."""
SHORT_DEADLINE: Final = timedelta(hours=12)
REMIND_HOURS: Final = (72, 24, 3)
"""Hours before a deadline at which somebody who has not submitted is reminded."""


class Urgency(IntEnum):
    """In which order messages go, and whether a night matters; the most urgent first."""

    CODE = 0
    """Somebody waits for it at this moment: a confirmation code, the answer to what he just did. Never waits."""
    PERSONAL = 1
    """About one case: waits for the morning unless the deadline it names is near."""
    MASS = 2
    """One of thousands: behind everything personal."""


def is_quiet(moment: datetime) -> bool:
    """Whether people sleep: 21:00 to 08:00."""
    clock = moment.astimezone(HOUSE_TIME).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def morning_after(moment: datetime) -> datetime:
    """The end of the quiet hours that `moment` lies in."""
    local = moment.astimezone(HOUSE_TIME)
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, HOUSE_TIME)


def may_wake(*, urgency: Urgency, made_at: datetime, deadline: datetime | None) -> bool:
    """Whether a message may arrive at night: it never waits, or its deadline is less than 12 hours away."""
    if urgency is Urgency.CODE:
        return True
    return deadline is not None and deadline - made_at < SHORT_DEADLINE


def may_go_at(*, made_at: datetime, wakes: bool) -> datetime:
    """The first moment at which a message made at `made_at` may go."""
    return made_at if wakes or not is_quiet(made_at) else morning_after(made_at)


def reminder_moment(*, deadline: datetime, hours: int) -> datetime:
    """`hours` before the deadline; when that is quiet, 20:00 before it."""
    moment = deadline - timedelta(hours=hours)
    if not is_quiet(moment):
        return moment
    local = moment.astimezone(HOUSE_TIME)
    day = local.date() if local.time() >= QUIET_FROM else local.date() - timedelta(days=1)
    return datetime.combine(day, EARLIER, HOUSE_TIME)


def reminder_due(*, deadline: datetime, now: datetime) -> tuple[int, datetime] | None:
    """The mark (hours) a reminder is due for now, and its moment: the latest that has come; None outside them."""
    if now >= deadline:
        return None
    marks = [(hours, reminder_moment(deadline=deadline, hours=hours)) for hours in REMIND_HOURS]
    come = [(hours, moment) for hours, moment in marks if moment <= now]
    return come[-1] if come else None

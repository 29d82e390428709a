"""`kaosheng demo_clock`: shows and moves the demo's clock; on the way everything happens that is due."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kaosheng.casework.jobs import clock, reminders
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.notices import sending
from kaosheng.ops.demo_clock import MovedClock

if TYPE_CHECKING:
    from argparse import ArgumentParser

STRIDE: Final = timedelta(minutes=30)
_STEP: Final = re.compile(r"(?P<number>\d+)(?P<unit>[dhm])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}


class Command(BaseCommand):
    """Moves the clock half an hour at a time, so that every message goes at its own moment."""

    help = (
        "Show the demo's clock, move it on (2d, 3h, 30m, or until “2027-01-27 20:00”), or set it right again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how far."""
        parser.add_argument("to", nargs="?", default="", help="2d, 3h, 30m, “YYYY-MM-DD HH:MM” or “reset”")

    def handle(self, *_args: object, **options: Any) -> None:
        """Move and report."""
        if not settings.DEMO:
            message = "These are not the demo's settings; nobody else's clock can be moved."
            raise CommandError(message)
        moved = MovedClock(settings.DEMO_CLOCK)
        timezone.now = moved.now
        to = options["to"].strip()
        if to == "reset":
            moved.move(timedelta())
        elif to:
            self._walk(moved, until=_target(to, moved.now()))
        self.stdout.write(f"{moved.now().astimezone(HOUSE_TIME):%Y-%m-%d %H:%M} (Asia/Shanghai)")

    def _walk(self, moved: MovedClock, *, until: datetime) -> None:
        while moved.now() < until:
            step = min(until, moved.now() + STRIDE) - datetime.now(UTC)
            moved.move(step)
            clock.run_round()
            reminders.remind()
            for lane in sending.lanes_due(moved.now()):
                sending.run_lane(lane)


def _target(text: str, now: datetime) -> datetime:
    step = _STEP.fullmatch(text)
    if step:
        return now + timedelta(**{_UNITS[step["unit"]]: int(step["number"])})
    try:
        target = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HOUSE_TIME)
    except ValueError:
        message = f"“{text}” is neither 2d, 3h, 30m nor “YYYY-MM-DD HH:MM”."
        raise CommandError(message) from None
    if target < now:
        message = "The clock goes forward only; `reset` sets it right again."
        raise CommandError(message)
    return target

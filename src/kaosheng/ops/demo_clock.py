"""The demo's own clock: "now" moved on by an offset kept in a file, for every process of the demo.

Only `kaosheng.settings.demo` names the file (DEMO_CLOCK); without it `install` does nothing, and it refuses to work
unless the settings say DEMO. Django's `timezone.now` is the one clock all code reads; signatures and time-outs
between systems count in the machine's own time.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

_REREAD_SECONDS: Final = 0.5


class MovedClock:
    """The machine's time plus the offset in the file, read again twice a second."""

    def __init__(self, path: Path) -> None:
        """Keep where the offset stands."""
        self.path = path
        self._offset, self._read_at = timedelta(), 0.0

    def now(self) -> datetime:
        """The moved time."""
        if time.monotonic() - self._read_at > _REREAD_SECONDS:
            self._offset, self._read_at = read_offset(self.path), time.monotonic()
        return datetime.now(UTC) + self._offset

    def move(self, offset: timedelta) -> None:
        """Move the clock for everybody who reads the file, and at once for this process."""
        written = self.path.with_suffix(".new")
        written.write_text(str(int(offset.total_seconds())), encoding="ascii")
        written.replace(self.path)
        self._offset, self._read_at = offset, time.monotonic()


def read_offset(path: Path) -> timedelta:
    """The offset in the file; none when there is no file or no number in it."""
    try:
        return timedelta(seconds=int(path.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return timedelta()


def install() -> None:
    """Let this process read the demo's clock. Raises ImproperlyConfigured for any other installation."""
    path = getattr(settings, "DEMO_CLOCK", None)
    if path is None:
        return
    if not settings.DEMO:
        message = "DEMO_CLOCK is the demo's: no other installation may move its clock."
        raise ImproperlyConfigured(message)
    timezone.now = MovedClock(path).now

"""The time on the candidate's phone: in the demo it follows the service's moved clock, else it is the machine's."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def phone_now() -> datetime:
    """Now, plus the seconds in the file `CLOCK_FILE` if there is one."""
    try:
        moved = int(Path(settings.CLOCK_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        moved = 0
    return timezone.now() + timedelta(seconds=moved)

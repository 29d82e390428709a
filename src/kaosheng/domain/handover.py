"""How long the phone that scanned a code may fill a kind in its owner's place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

LIFE: Final = timedelta(minutes=10)


def lives(*, expires_at: datetime, opened_at_revision: int, revision: int, at: datetime) -> bool:
    """Whether a handover still counts at this moment: any step of its dossier, above all submitting, ends it."""
    return at < expires_at and opened_at_revision == revision

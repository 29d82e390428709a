"""Slots a return opens besides those it asks for."""

from __future__ import annotations

from kaosheng.casework.models import OpenedSlot, Return
from kaosheng.casework.services.case import Case
from kaosheng.domain import places


def open_short_kinds(case: Case, returned: Return) -> None:
    """Open the empty places of kinds a registration change made short: otherwise they could never be met."""
    short = case.short()
    occupied = case.standing.occupied
    OpenedSlot.objects.bulk_create(
        (
            OpenedSlot(returned=returned, kind=slot.kind, position=slot.position)
            for item in case.items
            if item.kind.code in short
            for slot in sorted(places.free_slots(item.kind.code, occupied=occupied, maximum=item.maximum))
        ),
        ignore_conflicts=True,
    )

"""The one write path: lock, hand over, store, announce (docs/architecture.md, The write path)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kaosheng.casework.services import locks
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.announcing import announce_visible_change
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.lining import place_in_line
from kaosheng.domain.dossier import require_reach


@contextmanager
def open_case(dossier_id: UUID, *, arrived_at: datetime | None = None) -> Iterator[Case]:
    """Lock a dossier in the house's order and hand it over; after a step store it and announce what became visible.

    One durable transaction: whatever the block raises leaves nothing behind. Raises Refusal `not_found`.
    """
    with transaction.atomic(durable=True):
        registration = locks.lock_registration(locks.share_intake_of(dossier_id))
        dossier = locks.lock_dossier(dossier_id)
        dossier.registration = registration
        now = timezone.now()
        case = Case(dossier, arrived_at=arrived_at or now, now=now)
        yield case
        if case.has_stepped:
            place_in_line(case)
            dossier.save()
            announce_visible_change(case)


@contextmanager
def open_as_seen(dossier_id: UUID, *, actor: Actor, seen_revision: int) -> Iterator[Case]:
    """Open a dossier for somebody whom it concerns and who decided on a page that still holds.

    Raises Refusal `not_found`, `not_your_stage`, `stale_revision`.
    """
    with open_case(dossier_id) as case:
        require_reach(case.phase, case.roles_of(actor))
        case.require_revision(seen_revision)
        yield case

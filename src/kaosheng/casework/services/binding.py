"""Imported registrations and the people who log in for them: number and ID number must agree."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.services import locks
from kaosheng.registration.models import BindingConflict, Registration


def note_conflict(*, subject: str, payload: object) -> None:
    """Remember that somebody came for a registration whose ID number isn't his.

    Once, however often he tries; not again when the office has already said that the import is right, and not at all
    when it has bound the registration since his claim was refused.
    """
    number = payload["number"] if isinstance(payload, Mapping) else ""
    claim, now = json.dumps(payload, ensure_ascii=False), timezone.now()
    with transaction.atomic():
        registration = locks.lock_registration(
            Registration.objects.values_list("pk", flat=True).get(number=number)
        )
        if registration.subject:
            return
        known = registration.conflicts.filter(
            subject=subject, outcome__in=["", BindingConflict.Outcome.IMPORT]
        )
        if known.update(claim=claim, last_seen_at=now):
            return
        conflict = registration.conflicts.create(
            subject=subject, claim=claim, first_seen_at=now, last_seen_at=now
        )
        record_conflict(AuditName.BINDING_REFUSED, conflict, By("gateway", "registration"))


def settle_agreed(registration: Registration) -> None:
    """Close what was open about a registration that has found its person."""
    open_ones = registration.conflicts.filter(outcome="")
    open_ones.update(outcome=BindingConflict.Outcome.AGREED, resolved_at=timezone.now())


def record_conflict(name: AuditName, conflict: BindingConflict, by: By, **details: str) -> None:
    """Add the event about a conflict's registration."""
    registration = conflict.registration
    record(
        name,
        by=by,
        about=("registration", registration.number),
        area=registration.intake.area.code,
        site=registration.site.code,
        **details,
    )

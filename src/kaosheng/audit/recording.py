"""Writing to the trail: one row, in the transaction that did the thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName


@dataclass(frozen=True, slots=True)
class By:
    """Who acted: kind (candidate, staff, handover, clock, gateway, system) and a stable id; never a person's name."""

    kind: str
    id: str


def record(
    name: AuditName,
    *,
    by: By,
    about: tuple[str, str],
    area: str = "",
    site: str = "",
    **details: Any,
) -> AuditEvent:
    """Add one event about the object (kind, id), inside the transaction it tells of.

    Raises TransactionManagementError outside of one: the thing could be done and its row be missing.
    """
    _require_transaction()
    event = event_of(name, by=by, about=about, area=area, site=site, **details)
    event.save()
    return event


def event_of(
    name: AuditName, *, by: By, about: tuple[str, str], area: str = "", site: str = "", **details: Any
) -> AuditEvent:
    """The event, not yet in the trail: for many at a time, which `record_all` adds."""
    return AuditEvent(
        at=timezone.now(),
        name=name.value,
        actor_kind=by.kind,
        actor=by.id,
        object_kind=about[0],
        object=about[1],
        area=area,
        site=site,
        details=details,
    )


def record_all(events: list[AuditEvent]) -> None:
    """Add many events in one statement; where and what it raises as `record`."""
    _require_transaction()
    AuditEvent.objects.bulk_create(events)


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("an audit event belongs into the transaction it tells of")

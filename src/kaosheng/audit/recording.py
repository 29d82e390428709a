"""Writing to the trail: one row, in the transaction that did the thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName


@dataclass(frozen=True, slots=True)
class By:
    """Who acted: kind (candidate, staff, handover, clock, gateway) and a stable id; never a person's name."""

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
    """Add one event about the object (kind, id). Must run inside the transaction it tells of."""
    return AuditEvent.objects.create(
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

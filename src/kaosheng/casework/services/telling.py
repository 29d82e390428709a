"""What an intake tells its candidates, and how many passes are looked at twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.services import locks
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake


@dataclass(frozen=True, slots=True)
class Telling:
    """The settings of an intake no deadline depends on; the share is a fraction of one."""

    notes_zh: str
    notes_en: str
    review_expected_by: date | None
    release_expected_by: date | None
    second_look_share: float

    @classmethod
    def of(cls, intake: Intake) -> Telling:
        """As they are now."""
        return cls(**{name: getattr(intake, name) for name in cls.__slots__})

    def as_text(self) -> dict[str, str]:
        """For the trail."""
        return {name: "" if value is None else str(value) for name, value in asdict(self).items()}


def change_telling(*, intake_id: int, staff: Staff, seen: Telling, wanted: Telling) -> Intake:
    """Change notes, expected dates and the share of second looks; each change stands in the trail, from and to.

    Nobody decides meanwhile: who is drawn depends on the share. Raises Refusal `not_found`,
    `settings_changed_meanwhile`, `share_wrong` (percent).
    """
    intake = Intake.objects.select_related("area").filter(pk=intake_id).first()
    if intake is None or intake.area_id not in staff.area_ids(Permission.INTAKE_SET):
        raise Refusal("not_found")
    if not 0 <= wanted.second_look_share <= 1:
        raise Refusal("share_wrong", percent=round(wanted.second_look_share * 100))
    with transaction.atomic(durable=True):
        locks.take_intake(intake_id)
        intake.refresh_from_db(fields=list(Telling.__slots__))
        before = Telling.of(intake)
        if before != seen:
            raise Refusal("settings_changed_meanwhile")
        if before == wanted:
            return intake
        for name, value in asdict(wanted).items():
            setattr(intake, name, value)
        intake.save(update_fields=list(Telling.__slots__))
        _record(staff, intake, before, wanted)
    return intake


def _record(staff: Staff, intake: Intake, before: Telling, after: Telling) -> None:
    old, new = before.as_text(), after.as_text()
    changed = [name for name in old if old[name] != new[name]]
    details: dict[str, Any] = {
        "before": {name: old[name] for name in changed},
        "after": {name: new[name] for name in changed},
    }
    record(
        AuditName.INTAKE_CHANGED,
        by=By("staff", staff.id),
        about=("intake", f"{intake.area.code}/{intake.code}"),
        area=intake.area.code,
        **details,
    )

"""What an intake tells its candidates and has them declare, how many passes are looked at twice, and 复核."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.models import Release
from kaosheng.casework.services import locks
from kaosheng.domain.errors import Refusal
from kaosheng.domain.intakes import next_wording
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake

LONGEST_RECHECK_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Telling:
    """The settings of an intake no hand-in depends on; the share is a fraction of one."""

    notes_zh: str
    notes_en: str
    review_expected_by: date | None
    release_expected_by: date | None
    second_look_share: float
    recheck_days: int
    commitment_zh: str
    commitment_en: str

    @classmethod
    def of(cls, intake: Intake) -> Telling:
        """As they are now."""
        return cls(**{name: getattr(intake, name) for name in cls.__slots__})

    def as_text(self) -> dict[str, str]:
        """For the trail."""
        return {name: "" if value is None else str(value) for name, value in asdict(self).items()}


def change_telling(*, intake_id: int, staff: Staff, seen: Telling, wanted: Telling) -> Intake:
    """Change any of them; each change stands in the trail, from and to.

    Nobody decides meanwhile: who is drawn depends on the share. Another 真实性承诺 is another version: whoever has
    the old one before him reads the new one first. Raises Refusal `not_found`, `settings_changed_meanwhile`,
    `share_wrong` (percent), `recheck_days_wrong` (days, limit), `recheck_promised` (days), `commitment_empty`.
    """
    intake = Intake.objects.select_related("area").filter(pk=intake_id).first()
    if intake is None or intake.area_id not in staff.area_ids(Permission.INTAKE_SET):
        raise Refusal("not_found")
    _require_sound(wanted)
    with transaction.atomic(durable=True):
        locks.take_intake(intake_id)
        intake.refresh_from_db(fields=[*Telling.__slots__, "commitment_version"])
        before = Telling.of(intake)
        if before != seen:
            raise Refusal("settings_changed_meanwhile")
        if before == wanted:
            return intake
        _require_promises_kept(intake, before, wanted)
        if (before.commitment_zh, before.commitment_en) != (wanted.commitment_zh, wanted.commitment_en):
            intake.commitment_version = next_wording(intake.commitment_version)
        for name, value in asdict(wanted).items():
            setattr(intake, name, value)
        intake.save(update_fields=[*Telling.__slots__, "commitment_version"])
        _record(staff, intake, before, wanted)
    return intake


def _require_sound(wanted: Telling) -> None:
    if not 0 <= wanted.second_look_share <= 1:
        raise Refusal("share_wrong", percent=round(wanted.second_look_share * 100))
    if not 0 <= wanted.recheck_days <= LONGEST_RECHECK_DAYS:
        raise Refusal("recheck_days_wrong", days=wanted.recheck_days, limit=LONGEST_RECHECK_DAYS)


def _require_promises_kept(intake: Intake, before: Telling, wanted: Telling) -> None:
    """Who has his result was told until when he may ask for 复核; and a declaration, once there, stays one."""
    released = Release.objects.filter(intake=intake, published_at__isnull=False)
    if wanted.recheck_days < before.recheck_days and released.exists():
        raise Refusal("recheck_promised", days=before.recheck_days)
    if before.commitment_zh.strip() and not wanted.commitment_zh.strip():
        raise Refusal("commitment_empty")


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

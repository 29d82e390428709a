"""Opening the next 报名资格审核 of an 考区: as the one before, with dates, name and draw of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.services import locks
from kaosheng.catalogue.queries import published_versions, read_catalogue
from kaosheng.catalogue.services import begin_version, write_version
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamArea, Intake

_TAKEN_OVER: Final = (
    "supplement_days", "recheck_days", "stages", "second_look_share", "notes_zh", "notes_en",
    "commitment_version", "commitment_zh", "commitment_en", "drafts_kept_days", "records_kept_months",
)  # fmt: skip
"""Dates candidates are told, and the draw of second looks, are each intake's own."""


@dataclass(frozen=True, slots=True)
class NewIntake:
    """What is new of it. `code` is the registration system's exam batch, `closes_at` the first instant too late."""

    code: str
    name_zh: str
    name_en: str
    opens_at: datetime
    closes_at: datetime


def open_intake(*, area: ExamArea, staff: Staff, wanted: NewIntake) -> Intake:
    """Make the intake, with the settings of the area's newest one and a copy of its catalogue in preparation.

    Which passes are looked at twice is drawn anew, by a seed nobody chose. Raises Refusal `not_found`,
    `intake_exists` (code), `intake_incomplete`, `window_backwards`, `window_ends_in_past`.
    """
    if area.pk not in staff.area_ids(Permission.INTAKE_SET):
        raise Refusal("not_found")
    _require_sound(wanted, timezone.now())
    with transaction.atomic(durable=True):
        locks.lock_area(area.pk)
        if Intake.objects.filter(area=area, code=wanted.code).exists():
            raise Refusal("intake_exists", intake=wanted.code)
        before = Intake.objects.filter(area=area).order_by("-opens_at").first()
        made = Intake(
            area=area, code=wanted.code, name_zh=wanted.name_zh, name_en=wanted.name_en,
            opens_at=wanted.opens_at, closes_at=wanted.closes_at, second_look_seed=secrets.token_hex(16),
        )  # fmt: skip
        for name in _TAKEN_OVER if before is not None else ():
            setattr(made, name, getattr(before, name))
        made.save()
        if before is not None:
            _copy_catalogue(before, made)
        record(
            AuditName.INTAKE_OPENED,
            by=By("staff", staff.id),
            about=("intake", f"{area.code}/{made.code}"),
            area=area.code,
            after={"opens_at": str(made.opens_at), "closes_at": str(made.closes_at)},
            like=before.code if before is not None else "",
        )
        return made


def _copy_catalogue(before: Intake, made: Intake) -> None:
    newest = published_versions().filter(intake=before).first()
    if newest is not None:
        copied = read_catalogue(newest)
        write_version(version=begin_version(intake_id=made.pk), kinds=copied.kinds, rules=copied.rules)


def _require_sound(wanted: NewIntake, now: datetime) -> None:
    if not all(text.strip() for text in (wanted.code, wanted.name_zh, wanted.name_en)):
        raise Refusal("intake_incomplete")
    if wanted.closes_at <= wanted.opens_at:
        raise Refusal("window_backwards", opens_at=wanted.opens_at, closes_at=wanted.closes_at)
    if wanted.closes_at <= now:
        raise Refusal("window_ends_in_past", closes_at=wanted.closes_at)

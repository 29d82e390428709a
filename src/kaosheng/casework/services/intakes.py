"""What the 考区 changes for all dossiers of an intake at once: its catalogue and its window."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.jobs.intakes import announce_catalogue, announce_window
from kaosheng.casework.models import Dossier, Picture, Submission
from kaosheng.casework.queries.intakes import catalogue_before, kinds_in_use
from kaosheng.casework.services import locks
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import read_catalogue
from kaosheng.catalogue.services import catalogue_digest
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.soundness import require_sound
from kaosheng.domain.states import State
from kaosheng.regions.models import Intake

LONGEST_SUPPLEMENT_DAYS: Final = 60


def publish_catalogue(*, version_id: int, staff: Staff, seen: str) -> CatalogueVersion:
    """Publish a version in preparation: drafts follow it from now on, whatever was submitted keeps its own.

    `seen` is the digest of the version as the publisher saw it (`catalogue_effect(...).seen`). Drafts that are
    asked for something else get a message. Raises Refusal `not_found`, `catalogue_published` (number),
    `catalogue_changed_meanwhile`, `kind_still_used` (kind, count), and those of `require_sound`.
    """
    prepared = CatalogueVersion.objects.select_related("intake__area").filter(pk=version_id).first()
    if prepared is None:
        raise Refusal("not_found")
    _require(staff, prepared.intake, Permission.CATALOGUE_PUBLISH)
    with transaction.atomic(durable=True):
        locks.take_intake(prepared.intake_id)
        version = CatalogueVersion.objects.select_for_update(of=("self",)).filter(pk=version_id).first()
        if version is None or version.published_at is not None:
            raise Refusal("catalogue_published", number=prepared.number)
        _require_publishable(version, seen)
        version.published_at = timezone.now()
        version.save(update_fields=["published_at"])
        _record(AuditName.CATALOGUE_PUBLISHED, staff, prepared.intake, version=version.number, digest=seen)
        announce_catalogue.defer(version_id=version.pk)
    return version


def _require_publishable(version: CatalogueVersion, seen: str) -> None:
    catalogue = read_catalogue(version)
    if catalogue_digest(catalogue) != seen:
        raise Refusal("catalogue_changed_meanwhile")
    require_sound(catalogue)
    gone = {kind.code for kind in catalogue_before(version).kinds if catalogue.kind(kind.code) is None}
    for kind, count in sorted(kinds_in_use(version.intake_id, gone).items()):
        raise Refusal("kind_still_used", kind=kind, count=count)


@dataclass(frozen=True, slots=True)
class Window:
    """The settings of an intake that dossiers depend on; `closes_at` is the first instant too late."""

    opens_at: datetime
    closes_at: datetime
    supplement_days: int
    stages: int

    @classmethod
    def of(cls, intake: Intake) -> Window:
        """As they are now."""
        return cls(intake.opens_at, intake.closes_at, intake.supplement_days, intake.stages)

    def as_text(self) -> dict[str, str]:
        """For the trail."""
        return {name: str(value) for name, value in asdict(self).items()}


def move_window(*, intake_id: int, staff: Staff, seen: Window, wanted: Window) -> Intake:
    """Change when candidates may hand in, how long a supplement runs, and, before anything was submitted, the stages.

    `seen` is what the manager saw when he began. A later end wakes lapsed dossiers; everybody who still has to
    submit is told of a moved end. Supplement deadlines that run stay. Raises Refusal `not_found`,
    `settings_changed_meanwhile`, `window_backwards`, `window_ends_in_past`, `window_opened_already`,
    `supplement_days_wrong`, `stages_unknown`, `stages_fixed`.
    """
    intake = Intake.objects.select_related("area").filter(pk=intake_id).first()
    if intake is None:
        raise Refusal("not_found")
    _require(staff, intake, Permission.INTAKE_SET)
    with transaction.atomic(durable=True):
        locks.take_intake(intake_id)
        intake.refresh_from_db(fields=list(Window.__slots__))
        now, before = timezone.now(), Window.of(intake)
        if before != seen:
            raise Refusal("settings_changed_meanwhile")
        _require_consistent(intake, before, wanted, now)
        for name, value in asdict(wanted).items():
            setattr(intake, name, value)
        intake.save(update_fields=list(Window.__slots__))
        # An extension that ends before everybody's window would now be a shortening.
        Dossier.objects.filter(intake=intake, state=State.DRAFT, deadline__lte=wanted.closes_at).update(
            deadline=None
        )
        _record(AuditName.INTAKE_CHANGED, staff, intake, before=before.as_text(), after=wanted.as_text())
        if wanted.closes_at != before.closes_at:
            announce_window.defer(
                intake_id=intake_id,
                before=before.closes_at.isoformat(),
                closes_at=wanted.closes_at.isoformat(),
                changed_at=now.isoformat(),
            )
    return intake


def _require_consistent(intake: Intake, before: Window, wanted: Window, now: datetime) -> None:
    if wanted.closes_at <= wanted.opens_at:
        raise Refusal("window_backwards", opens_at=wanted.opens_at, closes_at=wanted.closes_at)
    if wanted.closes_at != before.closes_at and wanted.closes_at <= now:
        raise Refusal("window_ends_in_past", closes_at=wanted.closes_at)
    if before.opens_at <= now < wanted.opens_at and Picture.objects.filter(dossier__intake=intake).exists():
        raise Refusal("window_opened_already", opens_at=before.opens_at)
    if not 1 <= wanted.supplement_days <= LONGEST_SUPPLEMENT_DAYS:
        raise Refusal("supplement_days_wrong", days=wanted.supplement_days, limit=LONGEST_SUPPLEMENT_DAYS)
    if wanted.stages not in {1, 2}:
        raise Refusal("stages_unknown", stages=wanted.stages)
    if wanted.stages != before.stages and Submission.objects.filter(dossier__intake=intake).exists():
        raise Refusal("stages_fixed", stages=before.stages)


def _require(staff: Staff, intake: Intake, permission: Permission) -> None:
    if intake.area_id not in staff.area_ids(permission):
        raise Refusal("not_found")


def _record(name: AuditName, staff: Staff, intake: Intake, **details: Any) -> None:
    record(
        name,
        by=By("staff", staff.id),
        about=("intake", f"{intake.area.code}/{intake.code}"),
        area=intake.area.code,
        **details,
    )

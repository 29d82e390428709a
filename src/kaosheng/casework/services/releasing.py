"""公布: verdicts become visible by one UPDATE (docs/architecture.md, What people may know)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.jobs.release import announce_release
from kaosheng.casework.models import Dossier, LateCase, Release
from kaosheng.casework.queries.deadlines import still_in_time, with_deadline
from kaosheng.casework.services import locks
from kaosheng.domain.errors import Refusal
from kaosheng.domain.reasons import short_reason
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import State
from kaosheng.regions.models import Intake

CHUNK: Final = 5_000


def release_blockers(*, intake: Intake, now: datetime) -> QuerySet[Dossier]:
    """Unreleased dossiers that stop a release unless named as late cases.

    They are still in review, returned, a draft that may still be handed in, or decided with a registration change nobody has
    looked at.
    """
    return (
        with_deadline(Dossier.objects.filter(intake=intake))
        .filter(
            Q(state__in=[State.AT_SITE, State.AT_AREA, State.RETURNED])
            | Q(still_in_time(now), state=State.DRAFT)
            | Q(state=State.DECIDED, changed_since__isnull=False, release__published_at=None)
        )
        .select_related("registration", "site")
        .order_by("site__code", "registration__number")
    )


def ready_for_release(*, intake: Intake) -> QuerySet[Dossier]:
    """Decided, unflagged, not yet published, and no late case of the batch in preparation.

    Whoever was named a late case comes with a later batch, also when he is decided before this one is published.
    """
    late = LateCase.objects.filter(release__intake=intake, release__published_at=None)
    return Dossier.objects.filter(
        intake=intake, state=State.DECIDED, changed_since=None, release__published_at=None
    ).exclude(pk__in=late.values("dossier"))


def prepare_release(*, intake: Intake, staff: Staff, late_cases: Mapping[UUID, str]) -> Release:
    """Open the next batch (or take the one in preparation), name the late cases, attach the decided in chunks.

    Nothing becomes visible. Raises Refusal `not_found`, `late_case_unknown` (count), `release_blocked`
    (count), `reason_needed`, `reason_too_long`, `nothing_to_release`.
    """
    _require_publisher(staff, intake)
    late = {dossier_id: short_reason(reason) for dossier_id, reason in late_cases.items()}
    with transaction.atomic(durable=True):
        locks.take_intake(intake.pk)
        now = timezone.now()
        _require_blocking(intake, now, frozenset(late))
        _require_unblocked(intake, now, frozenset(late))
        if not ready_for_release(intake=intake).exists():
            raise Refusal("nothing_to_release")
        release = _release_in_preparation(intake, staff, now)
        release.late_cases.all().delete()
        LateCase.objects.bulk_create(
            LateCase(release=release, dossier_id=dossier_id, reason=reason)
            for dossier_id, reason in late.items()
        )
        _record(AuditName.RELEASE_PREPARED, staff, release, late=len(late))
    while _attach_chunk(release):
        pass
    return release


def _release_in_preparation(intake: Intake, staff: Staff, now: datetime) -> Release:
    open_release = Release.objects.filter(intake=intake, published_at=None).first()
    if open_release is not None:
        return open_release
    highest = Release.objects.filter(intake=intake).aggregate(highest=Max("batch"))["highest"] or 0
    return Release.objects.create(intake=intake, batch=highest + 1, prepared_by=staff.user, prepared_at=now)


@transaction.atomic(durable=True)
def _attach_chunk(release: Release) -> int:
    """Attach the next of them; how many. None once somebody else has published it: what is decided later comes later."""
    locks.share_intake(release.intake_id)
    if not Release.objects.filter(pk=release.pk, published_at=None).exists():
        return 0
    return _attach_ready(release)


def _attach_ready(release: Release) -> int:
    ready = ready_for_release(intake=release.intake).filter(release=None).select_for_update(of=("self",))
    chunk = list(ready.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    return Dossier.objects.filter(pk__in=chunk).update(release=release)


def publish_release(*, release: Release, staff: Staff, counted: int) -> Release:
    """One UPDATE shows every attached verdict; one job makes the messages and reports.

    `counted` is the number the manager typed. Raises Refusal `release_count_differs` (expected),
    `release_blocked`, `release_published_already`.
    """
    _require_publisher(staff, release.intake)
    with transaction.atomic(durable=True):
        locks.take_intake(release.intake_id)
        now = timezone.now()
        release = (
            Release.objects.select_for_update(of=("self",)).select_related("intake__area").get(pk=release.pk)
        )
        if release.published_at is not None:
            raise Refusal("release_published_already")
        late = frozenset(release.late_cases.values_list("dossier_id", flat=True))
        _require_unblocked(release.intake, now, late)
        ready_for_release(intake=release.intake).filter(release=None).update(release=release)
        if release.dossiers.exclude(state=State.DECIDED, changed_since=None).exists():
            raise Refusal("release_blocked", count=1)
        attached = release.dossiers.count()
        if attached != counted:
            raise Refusal("release_count_differs", expected=attached, counted=counted)
        Release.objects.filter(pk=release.pk).update(published_at=now)
        _record(AuditName.RELEASE_PUBLISHED, staff, release, count=attached)
        announce_release.defer(release_id=release.pk)
    release.published_at = now
    return release


def _require_publisher(staff: Staff, intake: Intake) -> None:
    if intake.area_id not in staff.area_ids(Permission.RELEASE_PUBLISH):
        raise Refusal("not_found")


def _require_blocking(intake: Intake, now: datetime, late: frozenset[UUID]) -> None:
    """A late case is one that would stop this release: no stranger's, and none that was finished meanwhile."""
    blocking = release_blockers(intake=intake, now=now).filter(pk__in=late).count()
    if blocking < len(late):
        raise Refusal("late_case_unknown", count=len(late) - blocking)


def _require_unblocked(intake: Intake, now: datetime, late: frozenset[UUID]) -> None:
    blocking = release_blockers(intake=intake, now=now).exclude(pk__in=late).count()
    if blocking:
        raise Refusal("release_blocked", count=blocking)


def _record(name: AuditName, staff: Staff, release: Release, **details: Any) -> None:
    record(
        name,
        by=By("staff", staff.id),
        about=("release", f"{release.intake.code}/{release.batch}"),
        area=release.intake.area.code,
        **details,
    )

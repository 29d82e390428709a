"""Until when a dossier is kept, and which are over: one rule behind the page that promises and the job that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Greatest

from kaosheng.casework.models import Correction, Dossier, Recheck, Submission
from kaosheng.casework.queries.deadlines import with_deadline
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.retention import Keeping, draft_kept_until, record_kept_until
from kaosheng.domain.states import State
from kaosheng.regions.models import Intake

_ENDED: Final = (State.LAPSED, State.WITHDRAWN)


def last_day(dossier: Dossier, *, submitted: bool, published_at: datetime | None, today: date) -> date:
    """The last day of a dossier's data; while it is under review, as if the result came today or when expected."""
    intake = dossier.intake
    closes_at = max(intake.closes_at, dossier.deadline or intake.closes_at)
    if not submitted:
        return draft_kept_until(closes_at=closes_at, keeping=keeping_of(intake))
    reviewed = published_at is None and dossier.state != State.WITHDRAWN
    return record_kept_until(
        closes_at=closes_at,
        release_expected_by=intake.release_expected_by,
        published_at=published_at,
        under_review_on=today if reviewed else None,
        keeping=keeping_of(intake),
    )


def keeping_of(intake: Intake) -> Keeping:
    """The intake's settings."""
    return Keeping(draft_days=intake.drafts_kept_days, record_months=intake.records_kept_months)


def is_over(dossier: Dossier, *, today: date) -> bool:
    """Whether its last day has passed and nothing about it is still open."""
    published = dossier.release.published_at if dossier.release else None
    submitted = Submission.objects.filter(dossier=dossier).exists()
    if published is None and dossier.state not in (_ENDED if not submitted else (State.WITHDRAWN,)):
        return False
    if Recheck.objects.filter(dossier=dossier, answered_at=None).exists():
        return False
    if Correction.objects.filter(dossier=dossier, confirmed_at=None, replaced_at=None).exists():
        return False
    return last_day(dossier, submitted=submitted, published_at=published, today=today) < today


def those_over(*, today: date) -> Iterator[UUID]:
    """Dossiers whose last day has passed, each once; the verb asks `is_over` again under the lock."""
    for intake in Intake.objects.all():
        for dossiers in _over_in(intake, today):
            yield from dossiers.order_by("pk").values_list("pk", flat=True).iterator()


def _over_in(intake: Intake, today: date) -> Iterator[QuerySet[Dossier]]:
    keeping = keeping_of(intake)
    sent = Exists(Submission.objects.filter(dossier=OuterRef("pk")))
    still_asked = Exists(Recheck.objects.filter(dossier=OuterRef("pk"), answered_at=None)) | Exists(
        Correction.objects.filter(dossier=OuterRef("pk"), confirmed_at=None, replaced_at=None)
    )
    here = intake.dossiers.exclude(still_asked)
    before = datetime.combine(today - timedelta(days=keeping.draft_days), time(), HOUSE_TIME)
    closes = Greatest(F("intake__closes_at"), F("effective"))
    ended = with_deadline(here.filter(~sent, state__in=_ENDED))
    yield ended.alias(closes=closes).filter(closes__lt=before)
    kept_until = partial(
        record_kept_until,
        closes_at=intake.closes_at,
        release_expected_by=intake.release_expected_by,
        under_review_on=None,
        keeping=keeping,
    )
    if kept_until(published_at=None) < today:
        yield here.filter(sent, state=State.WITHDRAWN, release__published_at=None)
    for release in intake.releases.filter(published_at__isnull=False):
        if kept_until(published_at=release.published_at) < today:
            yield here.filter(sent, release=release)

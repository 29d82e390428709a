"""考点审核结束: the moment an 考点's outcomes are shown."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.jobs.release import announce_closing
from kaosheng.casework.models import Dossier, Return, SiteReview, Step
from kaosheng.casework.queries.deadlines import still_in_time, with_deadline
from kaosheng.casework.services import locks
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Stage, State, Verdict
from kaosheng.regions.models import ExamSite, Intake


def closing_blockers(*, intake: Intake, site: ExamSite, now: datetime) -> QuerySet[Dossier]:
    """Dossiers of the site that still need its work: DRAFT that may still be handed in, AT_SITE, RETURNED by the site."""
    newest_stage = Subquery(
        Return.objects.filter(dossier=OuterRef("pk")).order_by("-revision").values("stage")[:1]
    )
    return (
        with_deadline(Dossier.objects.filter(intake=intake, site=site))
        .annotate(returned_by=newest_stage)
        .filter(
            Q(state=State.AT_SITE)
            | Q(still_in_time(now), state=State.DRAFT)
            | Q(state=State.RETURNED, returned_by=Stage.SITE)
        )
        .select_related("registration")
        .order_by("state", "registration__number")
    )


def passed_by_closing(*, intake: Intake, site: ExamSite) -> QuerySet[Dossier]:
    """Dossiers whose candidates read 考点通过 once the site is closed (domain.visibility.was_passed_at).

    Those the 考区 has decided count like those it has not: the number tells a site nothing of its work.
    """
    advice = Step.objects.filter(dossier=OuterRef("pk"), action=Action.FORWARD, site_code=site.code)
    return (
        Dossier.objects.filter(intake=intake, site=site, state__in=[State.AT_AREA, State.DECIDED])
        .filter(Q(release=None) | Q(release__published_at=None))
        .annotate(advice=Subquery(advice.order_by("-revision").values("verdict")[:1]))
        .filter(advice=Verdict.PASS)
    )


def close_site(*, intake: Intake, site: ExamSite, staff: Staff, counted: int) -> SiteReview:
    """Close an 考点's review; `counted` is the number typed of those who will read 考点通过.

    Raises Refusal `window_still_open`, `site_has_open_cases` (count), `site_closed_already`, `one_stage_only`,
    `closing_count_differs` (counted, expected), `not_found`.
    """
    _require_closer(staff, site)
    with transaction.atomic(durable=True):
        locks.take_intake(intake.pk)
        now = timezone.now()
        intake.refresh_from_db()
        if intake.has_one_stage:
            raise Refusal("one_stage_only")
        if now < intake.closes_at:
            raise Refusal("window_still_open", closes_at=intake.closes_at)
        if SiteReview.objects.filter(intake=intake, site=site, reopened_at=None).exists():
            raise Refusal("site_closed_already")
        blocking = closing_blockers(intake=intake, site=site, now=now).count()
        if blocking:
            raise Refusal("site_has_open_cases", count=blocking)
        expected = passed_by_closing(intake=intake, site=site).count()
        if counted != expected:
            raise Refusal("closing_count_differs", counted=counted, expected=expected)
        review = SiteReview.objects.create(intake=intake, site=site, closed_at=now, closed_by=staff.user)
        _record(AuditName.SITE_CLOSED, staff, intake, site)
        announce_closing.defer(site_review_id=review.pk)
        return review


def reopen_site(*, intake: Intake, site: ExamSite, staff: Staff) -> None:
    """Reopen a closed 考点; what was shown stays shown. Raises Refusal `site_not_closed`."""
    _require_closer(staff, site)
    with transaction.atomic(durable=True):
        locks.take_intake(intake.pk)
        open_again = SiteReview.objects.filter(intake=intake, site=site, reopened_at=None)
        if not open_again.update(reopened_at=timezone.now()):
            raise Refusal("site_not_closed")
        _record(AuditName.SITE_REOPENED, staff, intake, site)


def _require_closer(staff: Staff, site: ExamSite) -> None:
    own = site.pk in staff.site_ids(Permission.SITE_CLOSE_OWN)
    if not own and site.area_id not in staff.area_ids(Permission.SITE_CLOSE_ANY):
        raise Refusal("not_found")


def _record(name: AuditName, staff: Staff, intake: Intake, site: ExamSite) -> None:
    record(
        name,
        by=By("staff", staff.id),
        about=("site", f"{intake.code}/{site.code}"),
        area=site.area.code,
        site=site.code,
    )

"""Progress of an intake by 考点, and what stands before its closing and its release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import (
    AskedPlace,
    Correction,
    Decision,
    Dossier,
    ExtensionRequest,
    LateCase,
    Release,
    Return,
    SiteReview,
)
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.casework.queries.twins import shows_shared
from kaosheng.casework.queries.unreached import open_by_site, unreached_of
from kaosheng.casework.queries.visible import STILL_ASKED
from kaosheng.casework.services.releasing import ready_for_release, release_blockers
from kaosheng.domain.places import CHANGEABLE, Manner
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import State, Verdict
from kaosheng.regions.models import ExamSite, Intake


@dataclass(frozen=True, slots=True)
class SiteProgress:
    """How far one 考点 is. Counts of `decided` are the 考区's own and zero for others (they stand in `at_area`)."""

    site: ExamSite
    counts: dict[str, int] = field(default_factory=dict)
    closed_at: datetime | None = None
    unreached: int = 0
    """Messages that arrived by no way and after which nobody has telephoned."""

    @property
    def total(self) -> int:
        """Dossiers that can still come to a result, or have."""
        return sum(self.counts.values()) - self.of("lapsed") - self.of("withdrawn")

    @property
    def submitted(self) -> int:
        """Handed in at least once and alive."""
        return self.total - self.of("draft")

    @property
    def forwarded(self) -> int:
        """Out of the site's hands."""
        return self.of("at_area") + self.of("decided") + self.of("released")

    def of(self, name: str) -> int:
        """The count of a state, or of "released"."""
        return self.counts.get(name, 0)


def intakes_of(staff: Staff, *permissions: Permission) -> QuerySet[Intake]:
    """Intakes of the areas and sites these permissions reach, the newest first."""
    reached = Q(area_id__in=staff.area_ids(*permissions)) | Q(area__sites__in=staff.site_ids(*permissions))
    return Intake.objects.filter(reached).select_related("area").distinct().order_by("-opens_at", "code")


def sites_of(staff: Staff, intake: Intake, *permissions: Permission) -> list[ExamSite]:
    """The sites of an intake these permissions reach, by code."""
    sites = ExamSite.objects.filter(area=intake.area_id).select_related("area").order_by("code")
    if intake.area_id in staff.area_ids(*permissions):
        return list(sites)
    return list(sites.filter(pk__in=staff.site_ids(*permissions)))


def progress(intake: Intake, sites: Sequence[ExamSite], *, sees_area: bool) -> list[SiteProgress]:
    """Counts per site and state, in three queries whatever the number of sites."""
    counts = _counts(intake, sites, sees_area=sees_area)
    closed = dict(
        SiteReview.objects.filter(intake=intake, site__in=sites, reopened_at=None).values_list(
            "site_id", "closed_at"
        )
    )
    unreached = open_by_site(unreached_of(intake, sites))
    return [
        SiteProgress(
            site=site,
            counts=counts[site.pk],
            closed_at=closed.get(site.pk),
            unreached=unreached.get(site.pk, 0),
        )
        for site in sites
    ]


def reviews_of(intake: Intake, site: ExamSite) -> list[SiteReview]:
    """Every closing of one site's review, the newest first."""
    found = SiteReview.objects.filter(intake=intake, site=site)
    return list(found.select_related("closed_by").order_by("-closed_at"))


def progress_of_site(
    intake: Intake, site: ExamSite, reviews: Iterable[SiteReview], *, sees_area: bool
) -> SiteProgress:
    """The same of one site whose closings are read already, without who wasn't reached; one query."""
    closed_at = next((review.closed_at for review in reviews if review.reopened_at is None), None)
    return SiteProgress(site, _counts(intake, [site], sees_area=sees_area)[site.pk], closed_at)


def _counts(intake: Intake, sites: Sequence[ExamSite], *, sees_area: bool) -> dict[int, dict[str, int]]:
    rows = (
        Dossier.objects.filter(intake=intake, site__in=sites)
        .values_list("site_id", "state")
        .annotate(n=Count("pk"), released=Count("pk", filter=Q(release__published_at__isnull=False)))
    )
    counts: dict[int, dict[str, int]] = {site.pk: {} for site in sites}
    for site_id, state, number, released in rows:
        of_site = counts[site_id]
        name = State.AT_AREA.value if state == State.DECIDED and not sees_area else state
        of_site[name] = of_site.get(name, 0) + number - released
        of_site["released"] = of_site.get("released", 0) + released
    return counts


def total_of(parts: Iterable[SiteProgress]) -> dict[str, int]:
    """The counts of all sites together."""
    total: dict[str, int] = {}
    for part in parts:
        for name, number in part.counts.items():
            total[name] = total.get(name, 0) + number
    return total


def at_counter(staff: Staff) -> QuerySet[Dossier]:
    """Returned dossiers of his sites whose newest return asks for something at the counter or by telephone.

    As in every list that names somebody, those he declared a conflict of interest with are left out.
    """
    sites = staff.site_ids(Permission.COUNTER_UPLOAD)
    newest = Return.objects.filter(dossier=OuterRef("pk")).order_by("-revision").values("pk")[:1]
    asked = AskedPlace.objects.filter(
        STILL_ASKED,
        returned=OuterRef("newest_return"),
        manner__in=[Manner.ON_SITE, Manner.TELEPHONE],
    )
    return (
        Dossier.objects.filter(without_conflict(staff), site__in=sites, state=State.RETURNED)
        .annotate(newest_return=Subquery(newest))
        .filter(Exists(asked))
        .select_related("registration", "site", "intake")
        .order_by("deadline", "registration__number")
    )


def helped_at_counter(staff: Staff) -> QuerySet[Dossier]:
    """Dossiers of his sites whose candidates can be helped at the counter when they stand before him."""
    sites = staff.site_ids(Permission.COUNTER_UPLOAD)
    return (
        Dossier.objects.filter(without_conflict(staff), site__in=sites, state__in=CHANGEABLE)
        .select_related("registration", "site", "intake")
        .order_by("registration__number")
    )


def extension_requests(staff: Staff) -> QuerySet[ExtensionRequest]:
    """Requests he may answer or has made for his sites; open ones first."""
    sites = staff.site_ids(Permission.EXTENSION_REQUEST)
    areas = staff.area_ids(Permission.EXTENSION_GRANT)
    return (
        ExtensionRequest.objects.filter(Q(dossier__site__in=sites) | Q(dossier__intake__area__in=areas))
        .filter(without_conflict(staff, "dossier__registration"))
        .select_related(
            "dossier__registration", "dossier__site", "dossier__intake", "requested_by", "answered_by"
        )
        .order_by(F("answered_at").desc(nulls_first=True), "-requested_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """How many results wait for their publication, by verdict, and how many of them show a picture others use too."""

    verdicts: dict[Verdict, int]
    shared: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.verdicts.values())


def ready(intake: Intake) -> Ready:
    """What the next publication would show, in one query."""
    rows = list(
        Decision.objects.filter(voided_at=None, dossier__in=ready_for_release(intake=intake))
        .values_list("verdict")
        .annotate(n=Count("pk"), shared=Count("pk", filter=shows_shared("dossier")))
    )
    found = {verdict: number for verdict, number, _shared in rows}
    return Ready(
        verdicts={verdict: found.get(verdict.value, 0) for verdict in Verdict},
        shared=sum(shared for _verdict, _number, shared in rows),
    )


def releases_of(intake: Intake) -> QuerySet[Release]:
    """All batches of an intake, the newest first, with their size."""
    return (
        Release.objects.filter(intake=intake)
        .select_related("prepared_by")
        .annotate(size=Count("dossiers", distinct=True), late=Count("late_cases", distinct=True))
        .order_by("-batch")
    )


def _named_late() -> QuerySet[LateCase]:
    """The outer row's line among the late cases of the batch in preparation."""
    return LateCase.objects.filter(dossier=OuterRef("pk"), release__published_at=None)


def blockers_with_reasons(intake: Intake, staff: Staff, *, now: datetime) -> QuerySet[Dossier]:
    """What stops a release, each with the reason it was named a late case of the batch in preparation (`late_reason`)."""
    found = release_blockers(intake=intake, now=now).filter(without_conflict(staff))
    return found.annotate(late_reason=Subquery(_named_late().values("reason")[:1]))


def blocking(intake: Intake, *, now: datetime) -> tuple[int, int]:
    """How many stop a release, whoever reads it, and how many of them are no late case of the batch in preparation."""
    found = release_blockers(intake=intake, now=now)
    counts = found.aggregate(all=Count("pk"), unnamed=Count("pk", filter=~Exists(_named_late())))
    return counts["all"], counts["unnamed"]


def named_late(intake: Intake, *, now: datetime) -> dict[UUID, str]:
    """The late cases of the batch in preparation that still stop it, with their reasons."""
    named = LateCase.objects.filter(release__intake=intake, release__published_at=None)
    blockers = release_blockers(intake=intake, now=now).order_by()
    return dict(named.filter(dossier__in=blockers.values("pk")).values_list("dossier_id", "reason"))


def late_cases_of(intake: Intake, staff: Staff) -> QuerySet[LateCase]:
    """Who was left for a later batch at each publication so far, by batch, site and number."""
    return (
        LateCase.objects.filter(release__intake=intake, release__published_at__isnull=False)
        .filter(without_conflict(staff, "dossier__registration"))
        .select_related("release", "dossier__registration", "dossier__site", "dossier__release")
        .order_by("release__batch", "dossier__site__code", "dossier__registration__number")
    )


def pending_corrections(intake: Intake, staff: Staff) -> QuerySet[Correction]:
    """Corrections that wait for their second person."""
    return (
        Correction.objects.filter(dossier__intake=intake, confirmed_at=None, replaced_at=None)
        .filter(without_conflict(staff, "dossier__registration"))
        .select_related("dossier__registration", "dossier__site", "proposed_by")
        .order_by("proposed_at")
    )

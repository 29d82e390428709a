"""预演: what a publication would show, to whom, before anybody presses 公布."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Decision, Dossier, LateCase, Release
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.domain.states import Verdict


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """What one 考点's candidates would read."""

    name_zh: str
    name_en: str
    passed: int
    failed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.passed + self.failed


def attached(release: Release, staff: Staff) -> QuerySet[Dossier]:
    """The dossiers of a batch with the verdict that would be shown, by site and number; none in conflict."""
    decision = Decision.objects.filter(dossier=OuterRef("pk"), voided_at=None)
    return (
        Dossier.objects.filter(without_conflict(staff), release=release)
        .annotate(
            verdict=Subquery(decision.values("verdict")[:1]), opinion=Subquery(decision.values("opinion")[:1])
        )
        .select_related("registration", "site")
        .order_by("site__code", "registration__number")
    )


def late_cases(release: Release, staff: Staff) -> QuerySet[LateCase]:
    """What is left for a later batch, with the reasons, by site and number; none in conflict."""
    found = release.late_cases.filter(without_conflict(staff, "dossier__registration"))
    return found.select_related("dossier__registration").order_by(
        "dossier__site__code", "dossier__registration__number"
    )


def outcomes(release: Release) -> list[SiteOutcome]:
    """Counts by site and verdict, in one query."""
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    rows = (
        Decision.objects.filter(dossier__release=release, voided_at=None)
        .values_list("dossier__site__code", "dossier__site__name_zh", "dossier__site__name_en", "verdict")
        .annotate(number=Count("pk"))
    )
    for code, zh, en, verdict, number in rows:
        counts.setdefault((code, zh, en), {})[verdict] = number
    return [
        SiteOutcome(
            name_zh=zh, name_en=en, passed=found.get(Verdict.PASS, 0), failed=found.get(Verdict.FAIL, 0)
        )
        for (_code, zh, en), found in sorted(counts.items())
    ]

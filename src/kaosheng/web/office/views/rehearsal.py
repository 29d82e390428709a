"""预演: the batch in preparation as it would be shown; nothing becomes visible by looking."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kaosheng.casework.models import Dossier, Release
from kaosheng.casework.queries import rehearsal as queries
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Verdict
from kaosheng.web.access import for_staff, staff_intake, staff_member
from kaosheng.web.reviewer import words
from kaosheng.web.reviewer.presenting import pick

PER_PAGE: Final = 100
SHOWN_LATE: Final = 300
"""Late cases listed; the rest is counted."""


@require_safe
@for_staff(Permission.RELEASE_PUBLISH)
def rehearsal(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """Counts by site, how many will be told, late cases, and every name with its verdict."""
    intake = staff_intake(request, intake_id, Permission.RELEASE_PUBLISH)
    batch = Release.objects.filter(intake=intake, published_at=None).first()
    if batch is None:
        return redirect("office:release", intake.pk)
    rows, number_late = queries.outcomes(batch), batch.late_cases.count()
    staff = staff_member(request)
    late = list(queries.late_cases(batch, staff)[:SHOWN_LATE])
    page = Paginator(queries.attached(batch, staff), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "intake": intake,
        "name": pick(intake.name_zh, intake.name_en),
        "batch": batch,
        "sites": [{"name": pick(row.name_zh, row.name_en), "row": row} for row in rows],
        "passed": sum(row.passed for row in rows),
        "failed": sum(row.failed for row in rows),
        "late": late,
        "number_late": number_late,
        "more_late": number_late - len(late),
        "total": sum(row.total for row in rows),
        "withheld": sum(row.total for row in rows) - page.paginator.count,
        "lines": [_line(dossier) for dossier in page],
        "page_of_rows": page,
    }
    return render(request, "office/rehearsal.html", context)


def _line(dossier: Dossier) -> dict[str, Any]:
    verdict = Verdict(dossier.verdict)  # type: ignore[attr-defined]  # annotated
    return {
        "dossier": dossier,
        "site": pick(dossier.site.name_zh, dossier.site.name_en),
        "chip": "passed" if verdict is Verdict.PASS else "failed",
        "verdict": words.VERDICTS[verdict],
        "opinion": dossier.opinion,  # type: ignore[attr-defined]  # annotated
    }

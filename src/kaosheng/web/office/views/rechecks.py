"""复核: the requests of the area, answered by people who didn't decide (B17)."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaosheng.casework.models import Recheck
from kaosheng.casework.queries import rechecks as queries
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.reviewer.presenting import pick

PER_PAGE: Final = 30
_CHIPS: Final = {
    Recheck.Outcome.PENDING: "unmarked",
    Recheck.Outcome.UPHELD: "complete",
    Recheck.Outcome.CORRECTED: "changed",
}


@require_safe
@for_staff(Permission.RECHECK_ANSWER)
def rechecks(request: HttpRequest) -> HttpResponse:
    """Open requests first, the oldest on top."""
    staff = staff_member(request)
    page = Paginator(queries.rechecks_of(staff), PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": [_line(row) for row in page], "page_of_rows": page}
    return render(request, "office/rechecks.html", context)


def _line(row: Recheck) -> dict[str, Any]:
    site = row.dossier.site
    return {
        "row": row,
        "site": pick(site.name_zh, site.name_en),
        "chip": _CHIPS[Recheck.Outcome(row.outcome)],
        "is_open": row.outcome == Recheck.Outcome.PENDING,
        "decided_by_reader": row.decided_by_reader,  # type: ignore[attr-defined]  # annotated
    }

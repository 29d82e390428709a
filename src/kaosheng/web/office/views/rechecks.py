"""复核: the requests of the area, answered by people who didn't decide."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaosheng.casework.models import Recheck
from kaosheng.web.access import for_staff
from kaosheng.web.office.lists import RECHECKS, page_of
from kaosheng.web.office.words import RECHECK_OUTCOMES
from kaosheng.web.reviewer.presenting import pick


@require_safe
@for_staff(*RECHECKS.permissions)
def rechecks(request: HttpRequest) -> HttpResponse:
    """Open requests first, the oldest on top."""
    page, context = page_of(request, RECHECKS)
    context["rows"] = [_line(row) for row in page]
    return render(request, "office/rechecks.html", context)


def _line(row: Recheck) -> dict[str, Any]:
    site = row.dossier.site
    chip, state = RECHECK_OUTCOMES[row.outcome]
    return {
        "row": row,
        "site": pick(site.name_zh, site.name_en),
        "chip": chip,
        "state": state,
        "is_open": row.outcome == Recheck.Outcome.PENDING,
        "decided_by_reader": row.decided_by_reader,  # type: ignore[attr-defined]  # annotated
    }

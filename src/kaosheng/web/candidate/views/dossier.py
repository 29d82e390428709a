"""The candidate's main page."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaosheng.domain.visibility import VisibleState
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.frame import has_several, open_view
from kaosheng.web.candidate.page import page_context

NOTES_SEEN: Final = "kaosheng_notes"
"""Cookie that says this browser showed the notes of these intakes already; from then on they are folded."""
_YEAR: Final = 365 * 24 * 3600


@require_safe
@for_candidates
def dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Show one dossier: state, notes, registration, checklist, 经过."""
    view = open_view(request, dossier_id)
    context = page_context(view)
    seen = request.COOKIES.get(NOTES_SEEN, "").split(".")
    context["several"] = has_several(request)
    context["notes_open"] = (
        view.visible.state is VisibleState.DRAFT and str(view.dossier.intake_id) not in seen
    )
    response = render(request, "candidate/dossier.html", context)
    if context["notes_open"]:
        value = ".".join([*(part for part in seen if part.isdecimal()), str(view.dossier.intake_id)])
        response.set_cookie(
            NOTES_SEEN,
            value,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response

"""What was sent to the candidate of a dossier, when, and whether it arrived."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaosheng.casework.queries.messages import case_messages
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_dossier
from kaosheng.web.message_words import title_of, ways_of


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def messages(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Every message with its ways, the newest first."""
    dossier = staff_dossier(request, dossier_id)
    rows = [
        {"message": message, "title": title_of(message.template), "ways": ways_of(message)}
        for message in case_messages(dossier)
    ]
    return render(request, "reviewer/messages.html", {"dossier": dossier, "rows": rows})

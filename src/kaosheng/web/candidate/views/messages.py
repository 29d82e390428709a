"""消息: what was sent to the candidate about his dossier, whether or not it reached his phone."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.queries.messages import case_messages
from kaosheng.notices.bindings import offers_binding
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.frame import open_dossier
from kaosheng.web.candidate.page import unsent_context
from kaosheng.web.message_words import title_of


@require_safe
@for_candidates
def messages(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The inbox, the newest first; opening it marks what is shown as read."""
    dossier = open_dossier(request, dossier_id)
    found = case_messages(dossier)
    rows = [
        {
            "title": title_of(message.template),
            "text": message.text,
            "at": message.created_at,
            "is_new": message.read_at is None,
        }
        for message in found
    ]
    if request.method == "GET":
        found.filter(read_at=None).update(read_at=timezone.now())
    context = {
        **unsent_context(candidate_view(dossier, now=timezone.now())),
        "dossier": dossier,
        "rows": rows,
        "may_bind": offers_binding(dossier.intake.area.code),
    }
    return render(request, "candidate/messages.html", context)

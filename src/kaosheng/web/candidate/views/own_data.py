"""我的数据: what is kept and until when, who looked, and one's own pictures to take along."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import record
from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.services.actors import of_candidate
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.frame import me, open_dossier
from kaosheng.web.candidate.own_data import own_data_context
from kaosheng.web.candidate.own_files import own_files
from kaosheng.web.zip_stream import zip_stream


@require_safe
@for_candidates
def own_data(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The page."""
    dossier = open_dossier(request, dossier_id)
    view = candidate_view(dossier, now=timezone.now())
    return render(request, "candidate/own_data.html", own_data_context(view))


@require_safe
@for_candidates
def pictures(request: HttpRequest, dossier_id: UUID) -> StreamingHttpResponse:
    """Every picture as stored, with the signed receipts that name them, one after another as a zip."""
    dossier = open_dossier(request, dossier_id)
    files = own_files(dossier)
    with transaction.atomic():
        record(
            AuditName.OWN_PICTURES_TAKEN,
            by=of_candidate(me(request)).by,
            about=("dossier", str(dossier.pk)),
            area=dossier.intake.area.code,
            site=dossier.site.code,
            files=len(files),
        )
    return StreamingHttpResponse(
        zip_stream(files),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{dossier.registration.number}.zip"',
            "X-Content-Type-Options": "nosniff",
        },
    )

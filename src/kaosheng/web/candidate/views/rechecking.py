"""申请复核: the candidate's one request after the release."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.services.actors import of_candidate
from kaosheng.casework.services.rechecking import ask_recheck
from kaosheng.domain.errors import Refusal
from kaosheng.web.access import for_candidates
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.forms import RecheckForm
from kaosheng.web.candidate.frame import me, open_dossier
from kaosheng.web.ui.messages import sentence_of, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def recheck(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Ask for 复核 with a reason; what can't be asked any more is said on the form's own page."""
    dossier = open_dossier(request, dossier_id)
    form = RecheckForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            ask_recheck(
                dossier_id=dossier.pk,
                actor=of_candidate(me(request)),
                reason=form.cleaned_data["reason"],
                arrived_at=arrived_at(request),
            )
        except Refusal as refused:
            refusal = refused
            form.add_error(None, sentence_of(refused))
        else:
            messages.success(request, _("复核申请已提交。答复后会通知您，并显示在本页。"))
            return redirect("candidate:dossier", dossier.pk)
    view = candidate_view(dossier, now=timezone.now())
    if request.method != "POST" and not view.may_ask_recheck:
        return redirect("candidate:dossier", dossier.pk)
    status = status_of(refusal) if refusal else 422 if form.errors else 200
    return render(request, "candidate/recheck.html", {"form": form, "view": view}, status=status)

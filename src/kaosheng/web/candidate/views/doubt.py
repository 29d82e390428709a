"""我发现报名信息有误: told to the 考点; only the registration system can correct it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaosheng.casework.services.actors import of_candidate
from kaosheng.casework.services.doubting import tell_doubt
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.forms import DoubtForm
from kaosheng.web.candidate.frame import me, open_dossier
from kaosheng.web.candidate.page import doubt_of
from kaosheng.web.ui.page import base_template


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def doubt(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Say what is wrong, change it, or take it back."""
    dossier = open_dossier(request, dossier_id)
    told = doubt_of(dossier)
    data = request.POST if request.method == "POST" else None
    form = DoubtForm(data, initial={"text": told.text if told else ""}, has_one=told is not None)
    back = reverse("candidate:dossier", args=[dossier.pk])
    if form.is_valid():
        text = "" if "withdraw" in request.POST else form.cleaned_data["text"]
        tell_doubt(dossier_id=dossier.pk, actor=of_candidate(me(request)), text=text)
        messages.success(request, _("已告知考点。") if text.strip() else _("已撤回。"))
        return redirect(back)
    context = {"base": base_template(request), "form": form, "told": told, "back": back}
    return render(request, "candidate/doubt.html", context, status=422 if form.errors else 200)

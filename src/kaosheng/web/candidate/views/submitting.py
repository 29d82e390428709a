"""提交审核: check page and submitting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.candidate import CandidateView
from kaosheng.casework.services import submitting
from kaosheng.casework.services.actors import of_candidate
from kaosheng.domain.errors import Refusal
from kaosheng.web.access import for_candidates
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.advice import open_advice
from kaosheng.web.candidate.cards import card_of
from kaosheng.web.candidate.forms import CommitmentForm
from kaosheng.web.candidate.frame import contact_of_site, me, open_dossier, open_view, said
from kaosheng.web.candidate.page import unsent_context
from kaosheng.web.candidate.panel import elsewhere_first
from kaosheng.web.candidate.uploading import upload_queue
from kaosheng.web.ui.errors import tell_scripts
from kaosheng.web.ui.messages import sentence_of, status_of


@require_safe
@for_candidates
def check(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """What is complete and what is missing, and the 真实性承诺."""
    view = open_view(request, dossier_id)
    if not view.may_submit:
        return redirect("candidate:dossier", dossier_id)
    return render(request, "candidate/check.html", _check_context(view, CommitmentForm()))


def _check_context(view: CandidateView, form: CommitmentForm, problem: str = "") -> dict[str, Any]:
    asked = [
        kind
        for kind in view.kinds
        if (kind.item.is_asked and (kind.count or not kind.settled_by_group))
        or any(True for _remark in kind.remarks)
    ]
    given = [kind for kind in view.kinds if kind not in asked and kind.count]
    intake = view.dossier.intake
    return {
        "view": view,
        **unsent_context(view),
        "asked": [(card_of(view, kind), kind) for kind in asked],
        "given": [(card_of(view, kind), kind) for kind in given],
        "pictures": sum(kind.count for kind in view.kinds),
        "commitment": said(intake, "commitment"),
        "commitment_version": intake.commitment_version,
        "form": form,
        "problem": problem,
        "elsewhere_first": elsewhere_first(view.asked_elsewhere) if view.asked_elsewhere else "",
        "uploads": upload_queue(view.dossier),
        "here": reverse("candidate:check", args=[view.dossier.pk]),
        "back": reverse("candidate:dossier", args=[view.dossier.pk]),
        "action": reverse("candidate:submit", args=[view.dossier.pk]),
        "advice": open_advice(view),
        "contact": contact_of_site(view.dossier.site),
    }


@require_POST
@for_candidates
def submit(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Freeze what the check page showed; a second click shows the same receipt."""
    dossier = open_dossier(request, dossier_id)
    form = CommitmentForm(request.POST)
    ticked = form.is_valid()
    try:
        submission = submitting.submit(
            dossier_id=dossier.pk,
            actor=of_candidate(me(request)),
            seen_list=request.POST.get("list", ""),
            commitment=request.POST.get("commitment_version", "") if ticked else "",
            arrived_at=arrived_at(request),
        )
    except Refusal as refusal:
        return _again(request, dossier, form, refusal)
    return redirect("candidate:receipt", dossier.pk, submission.ordinal)


def _again(request: HttpRequest, dossier: Dossier, form: CommitmentForm, refusal: Refusal) -> HttpResponse:
    view = open_view(request, dossier.pk)
    if not view.may_submit:
        raise refusal
    sentence = sentence_of(refusal)
    problem = "" if refusal.code == "commitment_missing" and form.errors else sentence
    response = render(
        request, "candidate/check.html", _check_context(view, form, problem), status=status_of(refusal)
    )
    return tell_scripts(response, sentence, refusal.code)

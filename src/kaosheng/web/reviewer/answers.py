"""Answers the verbs of a dossier share: a form read whole, and a conflict shown with the present state beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from kaosheng.casework.queries.workbench import workbench
from kaosheng.domain.errors import Refusal
from kaosheng.web.access import staff_dossier, staff_member
from kaosheng.web.reviewer import presenting
from kaosheng.web.ui.messages import sentence_of, status_of

F = TypeVar("F", bound=forms.Form)


def read(form: F) -> F:
    """The form, if everything it needs came. Raises Refusal `form_incomplete` naming the first field."""
    if not form.is_valid():
        raise Refusal("form_incomplete", field=next(iter(form.errors)))
    return form


def by_script(request: HttpRequest) -> bool:
    """Whether the workbench's script asks: it wants changed parts or an empty answer, and refusals as a sentence."""
    return request.headers.get("X-Workbench") is not None


def shows_present_state(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer a conflict (409) with the sentence and what the dossier is now; other refusals stay refusals."""

    @wraps(view)
    def guarded(request: HttpRequest, dossier_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, dossier_id, *args, **kwargs)
        except Refusal as refusal:
            if status_of(refusal) != HTTPStatus.CONFLICT or by_script(request):
                raise
            return conflict(request, dossier_id, sentence_of(refusal))

    return guarded


def conflict(request: HttpRequest, dossier_id: UUID, sentence: str) -> HttpResponse:
    """409: what was refused, and the present state. Raises Refusal `not_found` when it left the reader's scope."""
    dossier = staff_dossier(request, dossier_id)
    bench = workbench(dossier, staff_member(request), now=timezone.now())
    chip, words = presenting.state_of(bench)
    context = {
        "dossier": dossier,
        "sentence": sentence,
        "chip": chip,
        "words": words,
        "since": bench.steps[0].at if bench.steps else dossier.created_at,
        "entries": presenting.history(bench)[:3],
        "holder": bench.holder,
        "holds": bench.holds_lease,
    }
    return render(request, "reviewer/conflict.html", context, status=HTTPStatus.CONFLICT)

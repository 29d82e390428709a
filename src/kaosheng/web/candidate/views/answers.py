"""What a candidate says instead of a picture: 暂时无法提供, 无法提供, 无法更换; and that he has read a change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.candidate import KindView
from kaosheng.casework.services import submitting
from kaosheng.casework.services.actors import of_candidate
from kaosheng.domain.errors import Refusal
from kaosheng.web.access import for_candidates
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.forms import ExplanationForm, PromiseForm
from kaosheng.web.candidate.frame import me, open_dossier, open_view
from kaosheng.web.candidate.views.upload import position_named, require_kind, show_card
from kaosheng.web.candidate.words import kind_name, place_name
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import base_template

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@for_candidates
def promise(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """暂时无法提供: say by when a kind will follow, or take it back."""
    view = open_view(request, dossier_id)
    dossier, kind = view.dossier, require_kind(view, code)
    actor, arrived = of_candidate(me(request)), arrived_at(request)
    if request.method == "POST" and "withdraw" in request.POST:
        submitting.withdraw_promise(dossier_id=dossier.pk, actor=actor, kind=code, arrived_at=arrived)
        return show_card(request, dossier, code, said=_("已取消“暂时无法提供”。"))
    before = {"due_on": kind.promised_until, "note": kind.promise_note}
    form = PromiseForm(request.POST if request.method == "POST" else None, initial=before)
    refusal = None
    if form.is_valid():
        try:
            submitting.promise(
                dossier_id=dossier.pk,
                actor=actor,
                kind=code,
                due_on=form.cleaned_data["due_on"],
                note=form.cleaned_data["note"],
                arrived_at=arrived,
            )
        except Refusal as refused:
            refusal = refused
            form.add_error("due_on" if refused.code == "promise_date_past" else None, sentence_of(refused))
        else:
            return show_card(request, dossier, code, said=_("已登记“暂时无法提供”。提交审核时会一并说明。"))
    words = {
        "heading": _("暂时无法提供：%(kind)s") % {"kind": kind_name(kind.item.kind)},
        "text": _("可以先提交其他材料，并承诺在所填日期前补交。到期未补交的，审核人员会联系您。"),
        "withdraw": bool(kind.promised_until),
    }
    return _form_page(request, (dossier, kind), form=form, words=words, refusal=refusal)


@require_http_methods(_METHODS)
@for_candidates
def explain(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """无法提供 a kind, or 无法更换 a place that was asked for, with the reason."""
    view = open_view(request, dossier_id)
    dossier, kind = view.dossier, require_kind(view, code)
    position = _position(request, kind)
    given = next((place.unable for place in kind.places if place.position == position), kind.unable)
    data = request.POST if request.method == "POST" else None
    form = ExplanationForm(data, initial={"reason": given}, has_one=bool(given))
    refusal = None
    if form.is_valid():
        reason = "" if "withdraw" in request.POST else form.cleaned_data["reason"]
        try:
            submitting.explain(
                dossier_id=dossier.pk,
                actor=of_candidate(me(request)),
                kind=code,
                position=position,
                reason=reason,
                arrived_at=arrived_at(request),
            )
        except Refusal as refused:
            refusal = refused
            form.add_error(None, sentence_of(refused))
        else:
            told = _("已保存您的说明，审核人员会看到。") if reason.strip() else _("已取消说明。")
            return show_card(request, dossier, code, said=told)
    place = place_name(kind.item.kind, position)
    heading = _("无法更换：%(place)s") if position else _("无法提供：%(place)s")
    words = {
        "heading": heading % {"place": place},
        "text": _("请说明原因。审核人员会根据说明决定是否仍需要这项材料。"),
        "withdraw": bool(given),
    }
    return _form_page(request, (dossier, kind), form=form, words=words, refusal=refusal)


def _position(request: HttpRequest, kind: KindView) -> int | None:
    position = position_named(request.GET.get("position", ""))
    if position is not None and position not in {place.position for place in kind.places}:
        raise Refusal("form_incomplete", field=f"position={position}")
    return position


def _form_page(
    request: HttpRequest,
    card: tuple[Dossier, KindView],
    *,
    form: forms.Form,
    words: dict[str, Any],
    refusal: Refusal | None,
) -> HttpResponse:
    dossier, kind = card
    wrong = refusal is not None or bool(form.errors)
    context = {
        **words,
        "base": base_template(request),
        "form": form,
        "action": request.get_full_path(),
        "swap": f"#material-{kind.code}",
        "back": reverse("candidate:dossier", args=[dossier.pk]) + f"#material-{kind.code}",
    }
    status = status_of(refusal) if refusal else 422 if wrong else 200
    response = render(request, "candidate/answer.html", context, status=status)
    if wrong:
        # The form stays in the dialog; without this its errors would replace the card behind it.
        response.headers["HX-Retarget"] = '.sheet [data-dialog-target="body"]'
        response.headers["HX-Reswap"] = "innerHTML"
    return response


@require_POST
@for_candidates
def acknowledge(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """知道了: the candidate has read what a registration change did."""
    dossier = open_dossier(request, dossier_id)
    submitting.acknowledge_change(dossier_id=dossier.pk, actor=of_candidate(me(request)))
    return redirect("candidate:dossier", dossier.pk)

"""报名信息有误: what candidates told their 考点 about their registrations, and its answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaosheng.casework.models import Dossier, RegistrationDoubt
from kaosheng.casework.queries.doubts import doubts_of
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.doubting import answer_doubt
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.office.lists import DOUBTS, page_of
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of


class AnswerForm(forms.Form):
    """答复: what the candidate will read."""

    text = forms.CharField(
        label=gettext_lazy("给考生的答复"),
        help_text=gettext_lazy("考生会在本人页面看到。例如：已在报名系统更正；请先在报名系统申请修改。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写下答复。")},
    )
    told_at = forms.CharField(widget=forms.HiddenInput)


@require_safe
@for_staff(*DOUBTS.permissions)
def doubts(request: HttpRequest) -> HttpResponse:
    """Open ones first."""
    page, context = page_of(request, DOUBTS)
    context["rows"] = [{"row": row, "site": _site(row)} for row in page]
    return render(request, "office/doubts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOUBT_ANSWER)
def doubt(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Answer one."""
    dossier = staff_dossier(request, dossier_id, Permission.DOUBT_ANSWER)
    row = doubts_of(staff_member(request)).filter(dossier=dossier).first()
    if row is None:
        raise Refusal("not_found")
    shown = {"text": row.answer, "told_at": row.told_at.isoformat()}
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm(initial=shown)
    if form.is_valid() and _answered(request, dossier, form):
        messages.success(request, _("已答复。考生会在本人页面看到。"))
        return redirect("office:doubts")
    context = {"row": row, "site": _site(row), "form": form, "back": reverse("office:doubts")}
    return render(request, "office/doubt.html", context, status=422 if form.is_bound else 200)


def _answered(request: HttpRequest, dossier: Dossier, form: AnswerForm) -> bool:
    """Whether the answer was kept; what is wrong with its words stands at the field."""
    given: dict[str, Any] = form.cleaned_data
    try:
        answer_doubt(dossier_id=dossier.pk, actor=of_staff(staff_member(request)), **given)
    except Refusal as refusal:
        if status_of(refusal) != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
        form.add_error("text", sentence_of(refusal))
        return False
    return True


def _site(row: RegistrationDoubt) -> str:
    return pick(row.dossier.site.name_zh, row.dossier.site.name_en)

"""Another number for messages: a code goes to it, and only whoever has it can go on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kaosheng.casework.models import Dossier
from kaosheng.casework.services import phone_numbers
from kaosheng.domain.errors import Refusal
from kaosheng.registration.words import masked_phone
from kaosheng.web.access import for_candidates, own_phone_change
from kaosheng.web.candidate.forms import PhoneCodeForm, PhoneForm
from kaosheng.web.candidate.frame import me, open_dossier
from kaosheng.web.ui.messages import sentence_of, status_of

_METHODS = ["GET", "HEAD", "POST"]


@sensitive_post_parameters("phone")
@require_http_methods(_METHODS)
@for_candidates
def change(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Ask for a code."""
    dossier = open_dossier(request, dossier_id)
    candidate = me(request)

    def send(form: forms.Form) -> HttpResponse:
        sent = phone_numbers.send_code(
            candidate_id=candidate.pk, dossier=dossier, phone=form.cleaned_data["phone"]
        )
        return redirect("candidate:phone_confirm", dossier.pk, sent.pk)

    words = {
        "heading": _("更换接收通知的手机号"),
        "text": _("验证码将发到新号码。更换后，本系统的短信通知发到新号码；报名系统里登记的号码不变。"),
        "now": masked_phone(dossier.registration.phone_for_messages),
        "button": _("获取验证码"),
    }
    form = PhoneForm(request.POST if request.method == "POST" else None)
    return _answer(request, dossier, form, send, words)


@sensitive_post_parameters("code")
@require_http_methods(_METHODS)
@for_candidates
def confirm(request: HttpRequest, dossier_id: UUID, change_id: UUID) -> HttpResponse:
    """Enter the code."""
    dossier = open_dossier(request, dossier_id)
    candidate = me(request)
    wanted = own_phone_change(request, change_id)

    def take(form: forms.Form) -> HttpResponse:
        phone_numbers.confirm(
            candidate_id=candidate.pk,
            dossier=dossier,
            change_id=wanted.pk,
            code=form.cleaned_data["code"],
        )
        messages.success(request, _("已更换。新旧两个号码都会收到短信通知。"))
        return redirect("candidate:own_data", dossier.pk)

    words = {
        "heading": _("填写验证码"),
        "text": _("验证码已发到 %(phone)s，10 分钟内有效。没有收到的，请核对号码后重新获取。")
        % {"phone": masked_phone(wanted.phone)},
        "button": _("确认更换"),
        "again": reverse("candidate:phone_change", args=[dossier.pk]),
    }
    form = PhoneCodeForm(request.POST if request.method == "POST" else None)
    return _answer(request, dossier, form, take, words)


def _answer(
    request: HttpRequest,
    dossier: Dossier,
    form: forms.Form,
    act: Callable[[forms.Form], HttpResponse],
    words: dict[str, str],
) -> HttpResponse:
    status = 200
    if form.is_valid():
        try:
            return act(form)
        except Refusal as refusal:
            status = status_of(refusal)
            form.add_error(next(iter(form.fields)), sentence_of(refusal))
    elif form.errors:
        status = 422
    back = reverse("candidate:own_data", args=[dossier.pk])
    return render(
        request, "candidate/phone_number.html", {**words, "form": form, "back": back}, status=status
    )

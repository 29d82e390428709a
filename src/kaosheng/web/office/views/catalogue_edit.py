"""One kind, one rule."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaosheng.casework.queries import catalogues as queries
from kaosheng.casework.services import catalogue_editing as editing
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Kind
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.office.catalogue_forms import KindForm, RuleForm
from kaosheng.web.office.views.catalogue import intake_of
from kaosheng.web.reviewer.presenting import kind_name
from kaosheng.web.ui.messages import sentence_of, status_of

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@for_staff(Permission.CATALOGUE_PUBLISH)
def new_kind(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """A kind that isn't there yet."""
    return _kind(request, intake_of(request, intake_id), None)


@require_http_methods(_METHODS)
@for_staff(Permission.CATALOGUE_PUBLISH)
def kind(request: HttpRequest, intake_id: int, kind: str) -> HttpResponseBase:
    """One that is."""
    intake = intake_of(request, intake_id)
    found = _prepared(intake).shown.kind(kind)
    if found is None:
        raise Refusal("unknown_kind", kind=kind)
    return _kind(request, intake, found)


def _prepared(intake: Intake) -> queries.Desk:
    desk = queries.desk_of(intake)
    if desk.prepared is None:
        raise Refusal("nothing_prepared")
    return desk


def _kind(request: HttpRequest, intake: Intake, before: Kind | None) -> HttpResponseBase:
    desk = _prepared(intake)
    if request.method == "POST":
        form = KindForm(request.POST, request.FILES)
        status = _save_kind(request, intake, form, before)
        if status == HTTPStatus.OK:
            messages.success(request, _("已保存到准备中的目录，发布后生效。"))
            return redirect(
                f"{reverse('office:catalogue', args=[intake.pk])}#kind-{form.cleaned_data['code']}"
            )
    else:
        status = HTTPStatus.OK
        form = KindForm(initial={**(KindForm.values_of(before) if before else {}), "seen": desk.seen})
    context = {"intake": intake, "form": form, "kind": before, "name": kind_name(before) if before else ""}
    return render(request, "office/catalogue_kind.html", context, status=status)


def _save_kind(request: HttpRequest, intake: Intake, form: KindForm, before: Kind | None) -> int:
    """The status of the answer; a refusal stands on the form."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    given = form.cleaned_data
    try:
        sample = "" if given["drop_sample"] or before is None else before.sample
        if given["picture"]:
            sample = editing.keep_sample(given["picture"].read())
        editing.put_kind(
            intake=intake,
            staff=staff_member(request),
            seen=given["seen"],
            code=before.code if before else "",
            kind=form.kind(before, sample),
        )
    except Refusal as refusal:
        return _refuse(form, refusal)
    return HTTPStatus.OK


def _refuse(form: forms.Form, refusal: Refusal) -> int:
    if refusal.code == "not_found":
        raise refusal
    form.add_error("picture" if refusal.code.startswith("picture_") else None, sentence_of(refusal))
    return status_of(refusal)


@require_http_methods(_METHODS)
@for_staff(Permission.CATALOGUE_PUBLISH)
def new_rule(request: HttpRequest, intake_id: int, kind: str) -> HttpResponseBase:
    """Another rule for a kind."""
    return _rule(request, intake_of(request, intake_id), kind, None)


@require_http_methods(_METHODS)
@for_staff(Permission.CATALOGUE_PUBLISH)
def rule(request: HttpRequest, intake_id: int, number: int) -> HttpResponseBase:
    """A rule by its place in the catalogue, counted from 0."""
    intake = intake_of(request, intake_id)
    rules = _prepared(intake).shown.rules
    if number >= len(rules):
        raise Refusal("not_found")
    return _rule(request, intake, rules[number].kind, number)


def _rule(request: HttpRequest, intake: Intake, code: str, number: int | None) -> HttpResponseBase:
    desk = _prepared(intake)
    about = desk.shown.kind(code)
    if about is None:
        raise Refusal("unknown_kind", kind=code)
    before = desk.shown.rules[number] if number is not None else None
    status: int = HTTPStatus.OK
    if request.method == "POST":
        form = RuleForm(request.POST)
        status = _save_rule(request, intake, form, (code, number, before))
        if status == HTTPStatus.OK:
            messages.success(request, _("已保存到准备中的目录，发布后生效。"))
            return redirect(f"{reverse('office:catalogue', args=[intake.pk])}#kind-{code}")
    else:
        initial: dict[str, Any] = RuleForm.values_of(before) if before else {"effect": "required"}
        form = RuleForm(initial={**initial, "seen": desk.seen})
    context = {"intake": intake, "form": form, "kind": about, "name": kind_name(about), "number": number}
    return render(request, "office/catalogue_rule.html", context, status=status)


def _save_rule(
    request: HttpRequest, intake: Intake, form: RuleForm, place: tuple[str, int | None, Any]
) -> int:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    code, number, before = place
    try:
        editing.put_rule(
            intake=intake,
            staff=staff_member(request),
            seen=form.cleaned_data["seen"],
            number=number,
            rule=form.rule(code, before),
        )
    except Refusal as refusal:
        return _refuse(form, refusal)
    return HTTPStatus.OK

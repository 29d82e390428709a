"""角色: granted and withdrawn by the 安全管理员, who creates no account."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts import requests, services
from kaosheng.accounts.models import STAFF_ROLES, Grant, User
from kaosheng.accounts.queries import accounts_like
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission, Role
from kaosheng.regions.models import ExamArea, ExamSite
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.office.words import request_line
from kaosheng.web.reviewer.frame import ROLE_WORDS, grant_in_words
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 50


class GrantForm(forms.Form):
    """A role and its scope; what doesn't fit the role is refused by the service."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[(role.value, ROLE_WORDS[role]) for role in STAFF_ROLES]
    )
    area = forms.ChoiceField(label=gettext_lazy("考区"), required=False)
    site = forms.ChoiceField(label=gettext_lazy("考点"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [
            (str(area.pk), pick(area.name_zh, area.name_en)) for area in ExamArea.objects.order_by("code")
        ]
        sites = [
            (
                str(site.pk),
                f"{pick(site.area.name_zh, site.area.name_en)} · {pick(site.name_zh, site.name_en)}",
            )
            for site in ExamSite.objects.select_related("area").order_by("area__code", "code")
        ]
        nothing = [("", _("（不选）"))]
        self.fields["area"].choices = nothing + areas  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["site"].choices = nothing + sites  # type: ignore[attr-defined]  # a ChoiceField


@require_safe
@for_staff(Permission.ROLE_GRANT)
def roles(request: HttpRequest) -> HttpResponse:
    """Who holds what."""
    search = request.GET.get("q", "").strip()[:60]
    page = Paginator(accounts_like(search), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"user": user, "roles": [grant_in_words(grant) for grant in user.grants.all()]} for user in page]
    asked = [request_line(asked) for asked in requests.waiting_for(Role.SECURITY_ADMIN)]
    asleep = services.asleep_for(staff_member(request))
    context = {"rows": rows, "page_of_rows": page, "search": search, "asked": asked, "asleep": asleep}
    return render(request, "office/roles.html", context)


@require_safe
@for_staff(Permission.ROLE_GRANT)
def role(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person's roles."""
    return _show(request, _account(user_id), GrantForm())


def _account(user_id: int) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Refusal("not_found")
    return user


def _show(
    request: HttpRequest, user: User, form: GrantForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    grants = user.grants.select_related("area", "site").order_by("pk")
    context = {
        "person": user,
        "grants": [{"grant": grant, "words": grant_in_words(grant)} for grant in grants],
        "form": form,
        "problem": problem,
        "myself": staff_member(request).user.pk == user.pk,
        "asleep": [one for one in services.asleep_for(staff_member(request)) if one.pk == user.pk],
    }
    return render(request, "office/role.html", context, status=status)


@require_POST
@for_staff(Permission.ROLE_GRANT)
def grant(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """授予."""
    user = _account(user_id)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _show(request, user, form, status=422)
    given = form.cleaned_data
    try:
        services.grant_role(
            staff=staff_member(request),
            user_id=user.pk,
            role=given["role"],
            area_id=int(given["area"]) if given["area"] else None,
            site_id=int(given["site"]) if given["site"] else None,
        )
    except Refusal as refusal:
        return _show(request, user, form, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("已授予角色。"))
    return redirect("office:role", user.pk)


@require_POST
@for_staff(Permission.ROLE_GRANT, Permission.AUDIT_READ)
def confirm(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """确认本人: the roles of a reset account count again. The 审计员 does it for the 安全管理员."""
    try:
        user = services.confirm_account(staff=staff_member(request), user_id=user_id)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        messages.warning(request, sentence_of(refusal))
    else:
        messages.success(request, _("已确认 %(name)s，角色已恢复。") % {"name": user.name})
    return redirect("reviewer:home")


@require_POST
@for_staff(Permission.ROLE_GRANT)
def withdraw(request: HttpRequest, grant_id: int) -> HttpResponseBase:
    """收回."""
    held = Grant.objects.select_related("user").filter(pk=grant_id).first()
    if held is None:
        raise Refusal("not_found")
    try:
        services.withdraw_role(staff=staff_member(request), grant_id=grant_id)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, held.user, GrantForm(), problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("已收回角色。"))
    return redirect("office:role", held.user_id)

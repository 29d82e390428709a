"""账号申请: asked for by managers, answered by the 系统管理员 and the 安全管理员, each his part."""

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
from django.views.decorators.http import require_http_methods, require_POST

from kaosheng.accounts import requests
from kaosheng.accounts.scope import Staff
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import AREA_ROLES, SITE_ROLES, Permission
from kaosheng.regions.models import ExamArea, ExamSite
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.office.views import accounts
from kaosheng.web.office.words import request_line
from kaosheng.web.reviewer.frame import ROLE_WORDS
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 30


class RequestForm(forms.Form):
    """Who is to be what, where and why. Choices are those of the manager's own scope."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    username = forms.CharField(
        label=gettext_lazy("用户名"), max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    place = forms.ChoiceField(label=gettext_lazy("范围"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, data: Any, *, staff: Staff) -> None:
        super().__init__(data)
        areas = ExamArea.objects.filter(pk__in=staff.area_ids(Permission.ACCOUNT_REQUEST)).order_by("code")
        sites = ExamSite.objects.filter(area__in=areas) | ExamSite.objects.filter(
            pk__in=staff.site_ids(Permission.ACCOUNT_REQUEST)
        )
        places = [(f"area-{area.pk}", pick(area.name_zh, area.name_en)) for area in areas]
        places += [(f"site-{site.pk}", pick(site.name_zh, site.name_en)) for site in sites.order_by("code")]
        roles = [*sorted(SITE_ROLES), *(sorted(AREA_ROLES) if areas else [])]
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["role"].choices = [(role.value, ROLE_WORDS[role]) for role in roles]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the service wants."""
        kind, _dash, pk = self.cleaned_data["place"].partition("-")
        person = {name: self.cleaned_data[name] for name in ("name", "username", "role", "reason")}
        return {**person, f"{kind}_id": int(pk)}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.ACCOUNT_REQUEST)
def account_requests(request: HttpRequest) -> HttpResponseBase:
    """The manager's requests and a form for the next."""
    staff = staff_member(request)
    form = RequestForm(request.POST if request.method == "POST" else None, staff=staff)
    refusal = None
    if form.is_valid():
        try:
            requests.request_account(staff=staff, **form.given())
        except Refusal as refused:
            refusal = refused
            form.add_error(None, sentence_of(refused))
        else:
            messages.success(request, _("已提交申请。账号由系统管理员建立，角色由安全管理员授予。"))
            return redirect("office:account-requests")
    page = Paginator(requests.requests_in_reach(staff), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "rows": [request_line(row) for row in page], "page_of_rows": page}
    status = status_of(refusal) if refusal else 422 if form.errors else 200
    return render(request, "office/account_requests.html", context, status=status)


@require_POST
@for_staff(Permission.ACCOUNT_MANAGE)
def make(request: HttpRequest, request_id: int) -> HttpResponse:
    """建立账号 as asked; the password is shown on this answer and nowhere else."""
    try:
        made = requests.make_account(staff=staff_member(request), request_id=request_id)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return accounts.show(request, problem=sentence_of(refusal), status=status_of(refusal))
    return accounts.show(request, made=made)


@require_POST
@for_staff(Permission.ROLE_GRANT)
def grant(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """授予 the role as asked."""
    try:
        requests.grant_requested(staff=staff_member(request), request_id=request_id)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("已授予角色。"))
    return redirect("office:roles")


@require_POST
@for_staff(Permission.ACCOUNT_MANAGE, Permission.ROLE_GRANT)
def refuse(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """不同意 with a reason; the manager reads it."""
    staff = staff_member(request)
    back = "office:accounts" if Permission.ACCOUNT_MANAGE in staff.permissions else "office:roles"
    try:
        requests.refuse_request(staff=staff, request_id=request_id, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("已答复：不同意。"))
    return redirect(back)

"""账号: created, disabled and reset by the 系统管理员, who grants nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts import requests, services
from kaosheng.accounts.queries import accounts_like
from kaosheng.accounts.services import NewAccount
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission, Role
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.office.words import request_line
from kaosheng.web.reviewer.frame import grant_in_words
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 50


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=gettext_lazy("用户名"), max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )


@require_safe
@for_staff(Permission.ACCOUNT_MANAGE)
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, searched and paged."""
    return show(request)


def show(
    request: HttpRequest,
    form: AccountForm | None = None,
    *,
    made: NewAccount | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of all accounts, with what the act before it brought: a password shown once, or a problem."""
    search = request.GET.get("q", "").strip()[:60]
    page = Paginator(accounts_like(search), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [
            {"user": user, "roles": [grant_in_words(grant) for grant in user.grants.all()]} for user in page
        ],
        "page_of_rows": page,
        "search": search,
        "asked": [request_line(asked) for asked in requests.waiting_for(Role.SYSTEM_ADMIN)],
        "form": form or AccountForm(),
        "made": made,
        "problem": problem,
        "me": staff_member(request).user,
    }
    return render(request, "office/accounts.html", context, status=status)


@require_POST
@for_staff(Permission.ACCOUNT_MANAGE)
def create(request: HttpRequest) -> HttpResponse:
    """A new account; its password is shown on this answer and nowhere else."""
    form = AccountForm(request.POST)
    if not form.is_valid():
        return show(request, form, status=422)
    try:
        made = services.create_account(staff=staff_member(request), **form.cleaned_data)
    except Refusal as refusal:
        return show(request, form, problem=sentence_of(refusal), status=status_of(refusal))
    return show(request, made=made)


_VERBS: Final[dict[str, Callable[..., object]]] = {
    "disable": services.disable_account,
    "enable": services.enable_account,
    "reset": services.reset_access,
    "sign-out": services.sign_out,
}
_DONE: Final = {
    "disable": gettext_lazy("已停用账号。"),
    "enable": gettext_lazy("已启用账号。"),
    "sign-out": gettext_lazy("该账号已从所有设备退出。"),
}


@require_POST
@for_staff(Permission.ACCOUNT_MANAGE)
def change(request: HttpRequest, user_id: int, verb: str) -> HttpResponseBase:
    """Disable, enable, or give a new password and let the second factor be set up anew."""
    run = _VERBS.get(verb)
    if run is None:
        raise Refusal("not_found")
    try:
        outcome = run(staff=staff_member(request), user_id=user_id)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show(request, problem=sentence_of(refusal), status=status_of(refusal))
    if isinstance(outcome, NewAccount):
        return show(request, made=outcome)
    messages.success(request, str(_DONE[verb]))
    return redirect("office:accounts")

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts import services
from kaosheng.accounts.models import User
from kaosheng.accounts.services import NewAccount
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member
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
    return _show(request, AccountForm())


def _show(
    request: HttpRequest,
    form: AccountForm,
    *,
    made: NewAccount | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:60]
    found = User.objects.prefetch_related("grants__area", "grants__site").order_by("username")
    if search:
        found = found.filter(username__icontains=search) | found.filter(name__icontains=search)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [
            {"user": user, "roles": [grant_in_words(grant) for grant in user.grants.all()]} for user in page
        ],
        "page_of_rows": page,
        "search": search,
        "form": form,
        "made": made,
        "problem": problem,
        "me": staff_member(request).user,
    }
    return render(request, "office/accounts.html", context, status=status)


@require_POST
@never_cache
@for_staff(Permission.ACCOUNT_MANAGE)
def create(request: HttpRequest) -> HttpResponse:
    """A new account; its password is shown on this answer and nowhere else."""
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        made = services.create_account(staff=staff_member(request), **form.cleaned_data)
    except Refusal as refusal:
        return _show(request, form, problem=sentence_of(refusal), status=status_of(refusal))
    return _show(request, AccountForm(), made=made)


_VERBS: Final[dict[str, Callable[..., object]]] = {
    "disable": services.disable_account,
    "enable": services.enable_account,
    "reset": services.reset_access,
}


@require_POST
@never_cache
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
        return _show(request, AccountForm(), problem=sentence_of(refusal), status=status_of(refusal))
    if isinstance(outcome, NewAccount):
        return _show(request, AccountForm(), made=outcome)
    messages.success(request, _("已停用账号。") if verb == "disable" else _("已启用账号。"))
    return redirect("office:accounts")

"""The first page after log-in: where this person's work is."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts import services
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member

_WORK: Final = (
    (Permission.DOSSIER_TAKE, "reviewer:queue"),
    (Permission.PROGRESS_VIEW, "office:progress"),
    (Permission.ACCOUNT_MANAGE, "office:accounts"),
    (Permission.ROLE_GRANT, "office:roles"),
    (Permission.AUDIT_READ, "office:audit"),
)


@require_safe
@for_staff()
def home(request: HttpRequest) -> HttpResponseBase:
    """Go to the work of the first role; somebody without a role is told whom to ask."""
    permissions = staff_member(request).permissions
    for permission, page in _WORK:
        if permission in permissions:
            return redirect(page)
    return _no_role(request)


def _no_role(request: HttpRequest) -> HttpResponse:
    asleep = staff_member(request).user.asleep_since is not None
    return render(request, "reviewer/no_role.html", {"asleep": asleep})


@require_POST
@for_staff()
def switch_keys(request: HttpRequest) -> HttpResponseBase:
    """Switch one's shortcuts off or on, and go back to where one was."""
    services.switch_keys(staff_member(request).user, off=request.POST.get("off") == "1")
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "reviewer:home")

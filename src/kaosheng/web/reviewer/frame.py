"""What stands around every staff page, and what comes before any of them: one's own password, the second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kaosheng.accounts.models import Grant
from kaosheng.accounts.scope import Staff
from kaosheng.domain.roles import Permission, Role
from kaosheng.web.areas import short_name
from kaosheng.web.identity import staff_of
from kaosheng.web.ui.errors import error_page
from kaosheng.web.ui.page import NavItem, PageFacts, set_page_facts

ROLE_WORDS: Final[dict[str, str | Promise]] = {
    Role.SITE_REVIEWER: _("考点审核员"),
    Role.SITE_MANAGER: _("考点管理员"),
    Role.AREA_REVIEWER: _("考区审核员"),
    Role.AREA_MANAGER: _("考区管理员"),
    Role.SYSTEM_ADMIN: _("系统管理员"),
    Role.SECURITY_ADMIN: _("安全管理员"),
    Role.AUDITOR: _("审计员"),
}

_NAVIGATION: Final[tuple[tuple[str | Promise, str, tuple[Permission, ...]], ...]] = (
    (_("材料审核"), "reviewer:queue", (Permission.DOSSIER_VIEW,)),
    (_("进度"), "office:progress", (Permission.PROGRESS_VIEW,)),
    (_("窗口服务"), "office:counter", (Permission.COUNTER_UPLOAD,)),
    (_("延期"), "office:extensions", (Permission.EXTENSION_REQUEST, Permission.EXTENSION_GRANT)),
    (_("报名信息有误"), "office:doubts", (Permission.DOUBT_ANSWER,)),
    (_("报名信息"), "office:imports", (Permission.REGISTRATION_IMPORT,)),
    (_("退回原因"), "office:reasons", (Permission.REASONS_EDIT,)),
    (_("审核设置"), "office:setups", (Permission.INTAKE_SET, Permission.CATALOGUE_PUBLISH)),
    (_("结果公布"), "office:releases", (Permission.RELEASE_PUBLISH,)),
    (_("复核"), "office:rechecks", (Permission.RECHECK_ANSWER,)),
    (_("账号申请"), "office:account-requests", (Permission.ACCOUNT_REQUEST,)),
    (_("通知"), "office:messages", (Permission.MESSAGE_VIEW,)),
    (_("账号"), "office:accounts", (Permission.ACCOUNT_MANAGE,)),
    (_("角色"), "office:roles", (Permission.ROLE_GRANT,)),
    (_("审计"), "office:audit", (Permission.AUDIT_READ,)),
)

_ACCOUNT_PAGES: Final = frozenset(
    {
        "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
        "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    }
)  # fmt: skip
"""Of allauth's addresses those staff may use; nobody registers himself, and nobody is mailed a password."""

_BEFORE_OWN_PASSWORD: Final = frozenset(
    {"account_login", "account_logout", "account_inactive", "account_change_password"}
)
"""All that opens to somebody whose password another person drew."""

_METHODS_KEY: Final = "account_authentication_methods"
SECOND_FACTOR_KEY: Final = "second_factor_set_up"


class StaffMiddleware:
    """Names the staff member on his pages, demands his own password and the second factor, closes allauth's other pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a session that has just set the second factor up has passed it."""
        response = self.get_response(request)
        match = request.resolver_match
        was_set_up = match is not None and match.url_name == "mfa_activate_totp" and request.method == "POST"
        if was_set_up and request.user.is_authenticated and is_mfa_enabled(request.user):
            request.session[SECOND_FACTOR_KEY] = True
        if match is not None and match.url_name == "account_logout" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Before the view: frame, own password, second factor."""
        match = request.resolver_match
        is_account = match is not None and (match.url_name or "").startswith(("account_", "mfa_"))
        is_staff_page = match is not None and match.app_name in {"reviewer", "office"}
        if match is None or not (is_account or is_staff_page):
            return None
        request.one_factor = not settings.SECOND_FACTOR_REQUIRED  # type: ignore[attr-defined]  # the log-in page says so
        staff = staff_of(request)
        set_page_facts(request, frame_of(staff, current=match.view_name))
        if is_account and match.url_name not in _ACCOUNT_PAGES:
            return error_page(request, 404)
        if (
            staff is not None
            and staff.user.must_choose_password
            and match.url_name not in _BEFORE_OWN_PASSWORD
        ):
            return redirect("account_change_password")
        if is_staff_page and staff is not None and not has_second_factor(request):
            return _second_factor_first(request, staff)
        return None


def _second_factor_first(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """To its set-up; whoever set it up in another window gives a code instead."""
    if is_mfa_enabled(staff.user):
        return redirect(reverse("mfa_reauthenticate") + "?" + urlencode({"next": reverse("reviewer:home")}))
    return redirect("mfa_activate_totp")


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session passed two factors, or the settings ask for one only."""
    if not settings.SECOND_FACTOR_REQUIRED or request.session.get(SECOND_FACTOR_KEY):
        return True
    methods = request.session.get(_METHODS_KEY)
    return isinstance(methods, list) and any(
        isinstance(record, dict) and record.get("method") == "mfa" for record in methods
    )


def frame_of(staff: Staff | None, *, current: str = "") -> PageFacts:
    """Name, role and navigation of a staff member; an anonymous visitor gets the bare frame."""
    if staff is None:
        return PageFacts(home=reverse("account_login"), demo=settings.DEMO)
    area = next((grant.area for grant in staff.grants if grant.area), None)
    return PageFacts(
        area=short_name(area) if area else "",
        person=staff.user.name,
        role=roles_in_words(staff),
        home=reverse("reviewer:home"),
        logout=reverse("account_logout"),
        account=reverse("mfa_index"),
        navigation=navigation_of(staff, current),
        demo=settings.DEMO,
        keys_off=staff.user.keys_off,
    )


def navigation_of(staff: Staff, current: str) -> list[NavItem]:
    """What this person may open, in the order of the work."""
    here = current.split(":", 1)
    return [
        NavItem(label=str(label), url=reverse(name), current=_belongs(here, name))
        for label, name, permissions in _NAVIGATION
        if staff.permissions & set(permissions)
    ]


_PART_OF: Final = {
    "site": "progress",
    "days": "progress",
    "binding": "import",
    "bindings": "import",
    "catalogue": "setup",
    "kind": "setup",
    "rule": "setup",
    "unreached": "messages",
    "texts": "messages",
    "text": "messages",
    "broadcast": "messages",
    "mailing": "messages",
}
"""Pages reached from another part of the office only."""


def _belongs(here: list[str], name: str) -> bool:
    app, page = name.split(":", 1)
    if here[0] != app:
        return False
    first = here[-1].split("-")[0]
    return app == "reviewer" or _PART_OF.get(first, first) in {page, page.removesuffix("s")}


def roles_in_words(staff: Staff) -> str:
    """石家庄考点 考点审核员; several with a middle dot."""
    return " · ".join(dict.fromkeys(grant_in_words(grant) for grant in staff.grants))


def grant_in_words(grant: Grant) -> str:
    """One role with its place: 石家庄考点审核员; Site reviewer, Shijiazhuang."""
    place = grant.site or grant.area
    words = str(ROLE_WORDS[grant.role])
    if place is None:
        return words
    if get_language() == "en":
        return f"{words}, {short_name(place)}"
    return f"{place.name_zh}{words.removeprefix('考点').removeprefix('考区')}"

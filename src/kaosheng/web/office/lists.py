"""Lists of the office that can be narrowed: what a page and the export of its list have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries.doubts import doubts_of
from kaosheng.casework.queries.messages import in_scope, unreached
from kaosheng.casework.queries.narrowing import (
    ANSWERED,
    ONLY,
    OPEN,
    Narrowing,
    about_dossiers_within,
    narrow,
    sites_within,
)
from kaosheng.casework.queries.progress import extension_requests
from kaosheng.casework.queries.rechecks import rechecks_of
from kaosheng.domain.roles import Permission
from kaosheng.web.access import staff_member
from kaosheng.web.reviewer.presenting import pick

PER_PAGE: Final = 30
_WORDS: Final[dict[str, str | Promise]] = {OPEN: _("待答复"), ANSWERED: _("已答复")}


@dataclass(frozen=True, slots=True)
class OfficeList:
    """One list: its name in addresses and in the trail, its page, what the page asks for, and its rows for somebody.

    `reach` tells which rows a permission reaches: the page needs one permission, an export another besides.
    """

    name: str
    page: str
    permissions: tuple[Permission, ...]
    rows: Callable[[Staff], QuerySet[Any]]
    reach: Callable[[Staff, Permission], Q]
    site: str = "dossier__site__code"
    answered: str = "answered_at"

    def narrowed(self, staff: Staff, by: Narrowing) -> QuerySet[Any]:
        """The rows of its page for this reader, narrowed."""
        return narrow(self.rows(staff), by, site=self.site, answered=self.answered)

    def narrowing(self, given: QueryDict) -> Narrowing:
        """What an address narrows it to; what isn't known is ignored."""
        only = next((only for only in ONLY if self.answered and only == given.get("only")), "")
        return Narrowing(site=given.get("site", "")[:10], only=only)


UNREACHED: Final = OfficeList(
    "unreached", "office:unreached", (Permission.MESSAGE_VIEW,), unreached, in_scope, site="site", answered=""
)
RECHECKS: Final = OfficeList(
    "rechecks", "office:rechecks", (Permission.RECHECK_ANSWER,), rechecks_of, about_dossiers_within
)
DOUBTS: Final = OfficeList(
    "doubts", "office:doubts", (Permission.DOUBT_ANSWER,), doubts_of, about_dossiers_within
)
EXTENSIONS: Final = OfficeList(
    "extensions",
    "office:extensions",
    (Permission.EXTENSION_REQUEST, Permission.EXTENSION_GRANT),
    extension_requests,
    about_dossiers_within,
)


def page_of(request: HttpRequest, listed: OfficeList) -> tuple[Page[Any], dict[str, Any]]:
    """A page of a list as its address narrows it, and what its template shows around the rows."""
    staff, by = staff_member(request), listed.narrowing(request.GET)
    page = Paginator(listed.narrowed(staff, by), PER_PAGE).get_page(request.GET.get("page"))
    export = narrowed_address(reverse("office:export-office-list", args=[listed.name]), by)
    context = {
        "page_of_rows": page,
        "wanted": by,
        "narrowed": by != Narrowing(),
        "sites": _sites(staff, listed),
        "only": list(_WORDS.items()) if listed.answered else [],
        "export": export if Permission.DOSSIER_EXPORT in staff.permissions else "",
    }
    return page, context


def _sites(staff: Staff, listed: OfficeList) -> list[tuple[str, str]]:
    found = sites_within(staff, *listed.permissions)
    return [(site.code, pick(site.name_zh, site.name_en)) for site in found]


def narrowed_address(address: str, by: Narrowing) -> str:
    """The address of a list, narrowed like this."""
    return f"{address}?{urlencode(trail_of(by))}" if trail_of(by) else address


def back_to(request: HttpRequest, listed: OfficeList) -> HttpResponseRedirect:
    """To the list as it was, narrowed and on its page, after something was done to a row of it."""
    given = request.GET.urlencode()
    return HttpResponseRedirect(f"{reverse(listed.page)}?{given}" if given else reverse(listed.page))


def trail_of(by: Narrowing) -> dict[str, str]:
    """A narrowing as addresses and the trail name it."""
    return {name: value for name, value in (("site", by.site), ("only", by.only)) if value}


def in_words(by: Narrowing, staff: Staff, listed: OfficeList) -> list[str]:
    """The same as people read it; a 考点 nobody here knows by its code."""
    names = dict(_sites(staff, listed)) if by.site else {}
    site = [names.get(by.site, by.site)] if by.site else []
    return [*site, *([str(_WORDS[by.only])] if by.only else [])]

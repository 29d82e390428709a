"""The queue: lists of dossiers, and 领取下一份."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.queue import (
    AGAIN,
    CHANGED,
    COUNTED_TO,
    FREE,
    ONLY,
    TWINS,
    UPDATED,
    DossierList,
    Wanted,
    sites_of,
    tab_counts,
    tabs_of,
)
from kaosheng.casework.queries.queue_rows import QueueRow, rows_of
from kaosheng.casework.queries.workbench import workbench
from kaosheng.casework.services import queueing
from kaosheng.domain.queueing import PRECHECK
from kaosheng.domain.roles import Permission
from kaosheng.registration.words import value_in_words
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.reviewer.views.dossier import RESERVED_KEY, bench_context
from kaosheng.web.ui.components import Tab as TabLink

PER_PAGE: Final = 30
_LABELS: Final[dict[Tab, str | Promise]] = {
    Tab.WAITING: gettext_lazy("待审"),
    Tab.MINE: gettext_lazy("我的"),
    Tab.HELD: gettext_lazy("暂缓"),
    Tab.PROPOSALS: gettext_lazy("待复查"),
    Tab.RETURNED: gettext_lazy("已退回"),
    Tab.ALL: gettext_lazy("全部"),
}


_ONLY_WORDS: Final[dict[str, str | Promise]] = {
    AGAIN: gettext_lazy("重新提交的"),
    UPDATED: gettext_lazy("我看过后有更新的"),
    CHANGED: gettext_lazy("报名信息已变更的"),
    FREE: gettext_lazy("无人处理的"),
    TWINS: gettext_lazy("图片与他人相同的"),
}


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """One list, searched, narrowed and paged."""
    staff = staff_member(request)
    tabs = tabs_of(staff)
    tab = chosen_tab(request.GET.get("tab", ""), tabs)
    wanted = wanted_of(request.GET)
    now = timezone.now()
    counts = tab_counts(staff, tabs, now=now)
    found = DossierList(tab, staff, wanted, now=now)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [_link(entry, wanted, counts, current=entry is tab) for entry in tabs],
        "tab": tab,
        "wanted": wanted,
        "narrowed": wanted != Wanted(),
        "sites": [(site.code, presenting.pick(site.name_zh, site.name_en)) for site in sites_of(staff)],
        "levels": [(level, value_in_words("precheck", level)) for level in PRECHECK],
        "only": _ONLY_WORDS.items(),
        "page_of_rows": page,
        "counted_to": COUNTED_TO if len(found) == COUNTED_TO else 0,
        "rows": [_line(row) for row in rows_of(list(page.object_list), staff, now=now)],
        "may_export": tab in {Tab.ALL, Tab.RETURNED} and Permission.DOSSIER_EXPORT in staff.permissions,
        "may_take": Permission.DOSSIER_TAKE in staff.permissions,
        "may_hand_over": bool(staff.permissions & {Permission.DOSSIER_TAKE, Permission.HAND_OVER}),
        "may_bulk": tab is Tab.WAITING and Permission.DOSSIER_TAKE in staff.permissions,
        "takes_from": tab if tab is Tab.PROPOSALS else Tab.WAITING,
        "waiting": counts.get(Tab.PROPOSALS if tab is Tab.PROPOSALS else Tab.WAITING, 0),
        "query": query_of(wanted),
    }
    return render(request, "reviewer/queue.html", context)


def wanted_of(given: QueryDict) -> Wanted:
    """Search and filters of an address or a form; what isn't known is ignored."""
    site = given.get("site", "")[:10]
    return Wanted(
        search=given.get("q", "").strip()[:80],
        site=site if site.isascii() and site.isalnum() else "",
        precheck=next((level for level in PRECHECK if level == given.get("precheck")), ""),
        only=next((only for only in ONLY if only == given.get("only")), ""),
    )


def query_of(wanted: Wanted) -> str:
    """The same as the query of an address."""
    given = {"q": wanted.search, "site": wanted.site, "precheck": wanted.precheck, "only": wanted.only}
    return urlencode({name: value for name, value in given.items() if value})


def wanted_in_words(wanted: Wanted) -> list[str]:
    """The same as people read it."""
    level = value_in_words("precheck", wanted.precheck) if wanted.precheck else ""
    only = str(_ONLY_WORDS[wanted.only]) if wanted.only else ""
    return [part for part in (wanted.search, wanted.site, level, only) if part]


def chosen_tab(wanted: str, tabs: tuple[Tab, ...]) -> Tab:
    """The list of the address; an unknown one is the first."""
    return next((tab for tab in tabs if tab == wanted), tabs[0])


def _link(tab: Tab, wanted: Wanted, counts: dict[Tab, int], *, current: bool) -> TabLink:
    query = "&".join(part for part in (f"tab={tab}", query_of(wanted)) if part)
    return TabLink(label=_LABELS[tab], url=f"?{query}", count=counts[tab], current=current)


def _line(row: QueueRow) -> dict[str, object]:
    registration = row.dossier.registration
    chip, state = words.state_of(row.phase, sees_area=row.sees_area, verdict=row.verdict)
    facts = registration.facts
    return {
        "row": row,
        "chip": chip,
        "state": state,
        "category": value_in_words("category", facts["category"]) if "category" in facts else "",
        "risk": value_in_words("precheck", facts["precheck"])
        if facts.get("precheck") in {"severe", "warning", "hint"}
        else "",
        "site": presenting.pick(row.dossier.site.name_zh, row.dossier.site.name_en),
        "proposal": words.PROPOSALS[row.proposed] if row.proposed else "",
    }


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def take_next(request: HttpRequest) -> HttpResponseBase:
    """Take the next dossier of a list and open it; back to the list when nothing waits."""
    tab = Tab.PROPOSALS if request.POST.get("tab") == Tab.PROPOSALS else Tab.WAITING
    return open_next(request, staff_member(request), tab)


def open_next(request: HttpRequest, staff: Staff, tab: Tab) -> HttpResponseBase:
    """Redirect to the next dossier, or to the list with a word that nothing waits."""
    dossier = queueing.take_next(staff=staff, tab=tab)
    if dossier is not None:
        return redirect("reviewer:dossier", dossier.pk)
    messages.info(request, _("没有等待处理的材料。"))
    return redirect(f"{reverse('reviewer:queue')}?tab={tab}")


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def reserve(request: HttpRequest) -> HttpResponseBase:
    """Load the next dossier ahead: its whole workbench for the script; nothing (204) when nothing waits."""
    staff = staff_member(request)
    tab = Tab.PROPOSALS if request.POST.get("tab") == Tab.PROPOSALS else Tab.WAITING
    found = queueing.take_next(staff=staff, tab=tab, reserve=True)
    if found is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    dossier = staff_dossier(request, found.pk)
    request.session[RESERVED_KEY] = str(dossier.pk)
    bench = workbench(dossier, staff, now=timezone.now())
    return render(request, "reviewer/parts/bench.html", bench_context(request, bench))

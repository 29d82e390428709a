"""The queue: lists of dossiers, and 领取下一份."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries.queue import QueueRow, Tab, dossiers_of, row_of, tab_counts, tabs_of
from kaosheng.casework.services import queueing
from kaosheng.domain.roles import Permission
from kaosheng.registration.words import value_in_words
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.ui.components import Tab as TabLink

PER_PAGE: Final = 30
_LABELS: Final[dict[Tab, str | Promise]] = {
    Tab.WAITING: gettext_lazy("待审"),
    Tab.MINE: gettext_lazy("我的"),
    Tab.PROPOSALS: gettext_lazy("待复核"),
    Tab.RETURNED: gettext_lazy("已退回"),
    Tab.ALL: gettext_lazy("全部"),
}


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """One list, searched and paged."""
    staff = staff_member(request)
    tabs = tabs_of(staff)
    tab = chosen_tab(request.GET.get("tab", ""), tabs)
    search = request.GET.get("q", "").strip()[:80]
    now = timezone.now()
    counts = tab_counts(staff, tabs, now=now)
    page = Paginator(dossiers_of(tab, staff, search=search, now=now), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "tabs": [_link(entry, search, counts, current=entry is tab) for entry in tabs],
        "tab": tab,
        "search": search,
        "page_of_rows": page,
        "rows": [_line(row_of(dossier, staff, now=now)) for dossier in page.object_list],
        "may_export": tab in {Tab.ALL, Tab.RETURNED} and Permission.DOSSIER_EXPORT in staff.permissions,
        "may_take": Permission.DOSSIER_TAKE in staff.permissions,
        "takes_from": tab if tab is Tab.PROPOSALS else Tab.WAITING,
        "waiting": counts.get(Tab.PROPOSALS if tab is Tab.PROPOSALS else Tab.WAITING, 0),
    }
    return render(request, "reviewer/queue.html", context)


def chosen_tab(wanted: str, tabs: tuple[Tab, ...]) -> Tab:
    """The list of the address; an unknown one is the first."""
    return next((tab for tab in tabs if tab == wanted), tabs[0])


def _link(tab: Tab, search: str, counts: dict[Tab, int], *, current: bool) -> TabLink:
    query = {"tab": tab.value, **({"q": search} if search else {})}
    return TabLink(label=_LABELS[tab], url="?" + urlencode(query), count=counts[tab], current=current)


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

"""批量处理: preview what will happen and what is left out, one confirmation, then watch it being done."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.models import BulkRun
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.casework.queries.queue import for_bulk
from kaosheng.casework.services import bulk
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.numbers import whole_number
from kaosheng.web.reviewer.views.queue import wanted_of
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 100
"""Of those left out so many stand on a page; the reasons count all of them."""
_ACTS = {BulkRun.Act.FORWARD.value: gettext_lazy("建议通过"), BulkRun.Act.DECIDE.value: gettext_lazy("通过")}


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def begin(request: HttpRequest) -> HttpResponseBase:
    """Look at the filtered list and keep what would happen; nothing is done yet."""
    staff = staff_member(request)
    areas = staff.area_ids(Permission.DOSSIER_TAKE)
    act = BulkRun.Act.DECIDE if areas else BulkRun.Act.FORWARD
    dossiers = for_bulk(act, staff, wanted_of(request.POST), most=bulk.LOOKED_AT)
    return redirect("reviewer:bulk", bulk.preview(staff=staff, act=act, dossiers=dossiers).pk)


@require_safe
@for_staff(Permission.DOSSIER_TAKE)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The preview; after the confirmation the progress."""
    return _page(request, bulk.own_run(run_id, staff_member(request)))


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def confirm(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Begin, when the typed number is right."""
    staff = staff_member(request)
    own = bulk.own_run(run_id, staff)
    typed = request.POST.get("counted", "").strip()
    try:
        bulk.confirm(run=own, staff=staff, counted=whole_number(typed, most=bulk.AT_MOST) or 0)
    except Refusal as refusal:
        return _page(request, own, problem=sentence_of(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("reviewer:bulk", own.pk)


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def resume(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """继续 what stands still."""
    staff = staff_member(request)
    own = bulk.own_run(run_id, staff)
    try:
        bulk.resume(run=own, staff=staff)
    except Refusal as refusal:
        return _page(request, own, problem=sentence_of(refusal), status=status_of(refusal))
    return redirect("reviewer:bulk", own.pk)


def _page(
    request: HttpRequest, own: BulkRun, *, problem: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    items = own.items.select_related("dossier__registration", "dossier__site")
    chosen = list(items.filter(excluded=""))
    excluded = items.exclude(excluded="")
    counts = Counter(dict(excluded.order_by().values_list("excluded").annotate(Count("pk"))))
    named = excluded.filter(without_conflict(staff_member(request), "dossier__registration"))
    page = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
    waiting = [item for item in chosen if item.done_at is None]
    total = len(chosen) + counts.total()
    context: dict[str, Any] = {
        "run": own,
        "act": _ACTS[own.act],
        "problem": problem,
        "waiting": waiting,
        "done": [item for item in chosen if item.done_at is not None],
        "left_out": [(item, _why(item.excluded)) for item in page],
        "left_out_count": counts.total(),
        "page_of_rows": page,
        "reasons": [(_why(code), count) for code, count in counts.most_common()],
        "total": total,
        "at_most": bulk.AT_MOST if len(chosen) == bulk.AT_MOST else 0,
        "looked_at": bulk.LOOKED_AT if total >= bulk.LOOKED_AT and len(chosen) < bulk.AT_MOST else 0,
        "stands_still": bulk.stands_still(own),
        "running": own.confirmed_at is not None and bool(waiting),
    }
    return render(request, "reviewer/bulk.html", context, status=status)


def _why(code: str) -> str:
    """The rule that left a dossier out, in its own words."""
    if code == "pictures_unmarked":
        return _("有图片没有标记，须先看过并标记。")
    return sentence_of(Refusal(code))

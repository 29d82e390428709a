"""One 考点 in one intake: its closing, what stands before it, its history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries import progress as queries
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.casework.services import closing
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Phase
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.web.access import for_staff, staff_member, staff_site
from kaosheng.web.office.forms import CountForm
from kaosheng.web.reviewer import words
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import Contact

_CLOSERS: Final = (Permission.SITE_CLOSE_OWN, Permission.SITE_CLOSE_ANY)
PER_PAGE: Final = 100


@require_safe
@for_staff(Permission.PROGRESS_VIEW)
def site(request: HttpRequest, intake_id: int, site_id: int) -> HttpResponse:
    """State, blockers and history."""
    intake, place = staff_site(request, intake_id, site_id, Permission.PROGRESS_VIEW)
    return _show(request, intake, place)


def _show(
    request: HttpRequest, intake: Intake, place: ExamSite, *, problem: str = "", status: int = 200
) -> HttpResponse:
    staff = staff_member(request)
    now = timezone.now()
    sees_area = place.area_id in staff.area_ids(Permission.PROGRESS_VIEW)
    reviews = queries.reviews_of(intake, place)
    part = queries.progress_of_site(intake, place, reviews, sees_area=sees_area)
    number, page = _blockers(request, closing.closing_blockers(intake=intake, site=place, now=now))
    passing = closing.passed_by_closing(intake=intake, site=place).count()
    context = {
        "passing": passing,
        "form": CountForm(label=_("输入将看到“考点通过”的份数 %(count)s") % {"count": passing}),
        "intake": intake,
        "intake_name": pick(intake.name_zh, intake.name_en),
        "site": place,
        "name": pick(place.name_zh, place.name_en),
        "contact": _contact(place),
        "part": part,
        "counts": part.counts,
        "sees_area": sees_area,
        "page_of_rows": page,
        "blockers": [_blocker(dossier) for dossier in page],
        "blocking": number,
        "more": number - page.paginator.count,
        "window_open": now < intake.closes_at,
        "reviews": reviews,
        "may_close": part.closed_at is None
        and not number
        and now >= intake.closes_at
        and not intake.has_one_stage,
        "may_set": Permission.SITE_SET in staff.permissions,
        "problem": problem,
    }
    return render(request, "office/site.html", context, status=status)


def _blockers(request: HttpRequest, found: QuerySet[Dossier]) -> tuple[int, Page[Dossier]]:
    """How many there are, and the page of those this reader is named; both counted in one query."""
    named = without_conflict(staff_member(request))
    counts = found.aggregate(all=Count("pk"), named=Count("pk", filter=named))
    listed = Paginator(found.filter(named), PER_PAGE)
    listed.count = counts["named"]
    return counts["all"], listed.get_page(request.GET.get("page"))


def _contact(place: ExamSite) -> Contact:
    return Contact(
        name=pick(place.name_zh, place.name_en),
        telephone=place.telephone,
        hours=pick(place.hours_zh, place.hours_en),
        address=pick(place.address_zh, place.address_en),
    )


def _blocker(dossier: Dossier) -> dict[str, Any]:
    chip, state = words.STATES[Phase(dossier.state)]
    return {"dossier": dossier, "chip": chip, "state": state}


@require_POST
@for_staff(*_CLOSERS)
def close(request: HttpRequest, intake_id: int, site_id: int) -> HttpResponseBase:
    """考点审核结束."""
    intake, place = staff_site(request, intake_id, site_id, *_CLOSERS)
    form = CountForm(request.POST)
    if not form.is_valid():
        return _show(request, intake, place, problem=form.problem, status=422)
    run = partial(closing.close_site, counted=form.cleaned_data["counted"])
    return _change(request, intake, place, run, _("考点审核已结束，建议通过的考生将看到“考点通过”。"))


@require_POST
@for_staff(*_CLOSERS)
def reopen(request: HttpRequest, intake_id: int, site_id: int) -> HttpResponseBase:
    """Reopen a closed site."""
    intake, place = staff_site(request, intake_id, site_id, *_CLOSERS)
    return _change(request, intake, place, closing.reopen_site, _("考点审核已重新开放，已显示的状态不收回。"))


def _change(
    request: HttpRequest, intake: Intake, place: ExamSite, run: Callable[..., object], done: str
) -> HttpResponseBase:
    try:
        run(intake=intake, site=place, staff=staff_member(request))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, intake, place, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, done)
    return redirect("office:site", intake.pk, place.pk)

"""每日进度: an intake day by day, its burn-down with a forecast, and the load of its reviewers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaosheng.accounts.models import User
from kaosheng.casework.queries import days as queries
from kaosheng.casework.queries.progress import intakes_of, sites_of
from kaosheng.casework.queries.unreached import by_day, unreached_of
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamSite
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.reviewer.presenting import pick


@require_safe
@for_staff(Permission.PROGRESS_VIEW)
def days(request: HttpRequest, intake_id: int) -> HttpResponse:
    """All sites in reach together, or one of them."""
    staff = staff_member(request)
    intake = intakes_of(staff, Permission.PROGRESS_VIEW).filter(pk=intake_id).first()
    if intake is None:
        raise Refusal("not_found")
    reached = sites_of(staff, intake, Permission.PROGRESS_VIEW)
    chosen = _chosen(request, reached)
    sees_area = intake.area_id in staff.area_ids(Permission.PROGRESS_VIEW)
    now = timezone.now()
    sites = [chosen] if chosen else reached
    moves = queries.moves_of(intake, sites)
    rows = queries.days_of(
        moves,
        sees_area=sees_area,
        until=now.astimezone(HOUSE_TIME).date(),
        unreached=by_day(unreached_of(intake, sites)),
    )
    loads = queries.loads_of(moves, intake=intake, sites=sites, sees_area=sees_area, now=now)
    names = dict(User.objects.filter(pk__in=[load.user_id for load in loads]).values_list("pk", "name"))
    goal = intake.release_expected_by if sees_area else intake.review_expected_by
    ahead = queries.forecast(rows, sees_area=sees_area)
    context = {
        "intake": intake,
        "name": pick(intake.name_zh, intake.name_en),
        "sees_area": sees_area,
        "choices": [(site.pk, pick(site.name_zh, site.name_en)) for site in reached],
        "chosen": chosen,
        "days": rows,
        "newest_first": rows[::-1],
        "outlook": _outlook(ahead, goal),
        "burn": queries.burn_down(rows, ahead, goal=goal)[::-1],
        "loads": [{"load": load, "name": names.get(load.user_id, "")} for load in loads],
    }
    return render(request, "office/days.html", context)


def _chosen(request: HttpRequest, reached: list[ExamSite]) -> ExamSite | None:
    """The site of the address; one out of reach is as good as none that exists. Raises Refusal `not_found`."""
    wanted = request.GET.get("site", "")
    if not wanted:
        return None
    found = next((site for site in reached if str(site.pk) == wanted), None)
    if found is None:
        raise Refusal("not_found")
    return found


def _outlook(ahead: queries.Forecast, goal: date | None) -> dict[str, Any]:
    """The forecast beside the day candidates were told."""
    late = ahead.until is not None and goal is not None and ahead.until > goal
    return {
        "open": ahead.open,
        "pace": round(ahead.pace),
        "until": ahead.until,
        "goal": goal,
        "tone": "change" if late else "accepted",
        "verdict": "" if goal is None or ahead.until is None else _("将晚于预计") if late else _("早于预计"),
    }

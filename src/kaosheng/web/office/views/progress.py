"""Progress by 考点."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries import progress as queries
from kaosheng.casework.queries.progress import SiteProgress
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.components import Bar


@require_safe
@for_staff(Permission.PROGRESS_VIEW)
def progress(request: HttpRequest) -> HttpResponse:
    """Every intake in scope with its sites."""
    staff = staff_member(request)
    intakes = queries.intakes_of(staff, Permission.PROGRESS_VIEW)
    context = {"intakes": [_of_intake(intake, staff) for intake in intakes], "now": timezone.now()}
    return render(request, "office/progress.html", context)


def _of_intake(intake: Intake, staff: Staff) -> dict[str, Any]:
    sees_area = intake.area_id in staff.area_ids(Permission.PROGRESS_VIEW)
    sites = queries.sites_of(staff, intake, Permission.PROGRESS_VIEW)
    parts = queries.progress(intake, sites, sees_area=sees_area)
    total = queries.total_of(parts)
    return {
        "intake": intake,
        "name": pick(intake.name_zh, intake.name_en),
        "area": pick(intake.area.name_zh, intake.area.name_en),
        "sees_area": sees_area,
        "may_export": Permission.DOSSIER_EXPORT in staff.permissions,
        "may_read_messages": Permission.MESSAGE_VIEW in staff.permissions,
        "parts": [_line(intake, part) for part in parts],
        "total": total,
        "everybody": sum(total.values()),
        "bars": [_bar(intake, part) for part in parts],
    }


def _line(intake: Intake, part: SiteProgress) -> dict[str, Any]:
    return {
        "name": pick(part.site.name_zh, part.site.name_en),
        "url": reverse("office:site", args=[intake.pk, part.site.pk]),
        "part": part,
        "counts": part.counts,
    }


def _bar(intake: Intake, part: SiteProgress) -> Bar:
    done, total = part.forwarded, part.submitted
    return Bar(
        label=pick(part.site.name_zh, part.site.name_en),
        done=done,
        total=total,
        tone="accepted" if total and done == total else "",
        url=reverse("office:site", args=[intake.pk, part.site.pk]),
    )

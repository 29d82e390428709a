"""退回原因: what reviewers choose from by number, kind by kind, with the sentence the candidate reads."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaosheng.accounts.scope import Staff
from kaosheng.audit.recording import By
from kaosheng.catalogue.queries import load_catalogue, newest_version_id
from kaosheng.catalogue.reasons import Reason, area_reasons, keep_reasons, reasons_of
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Kind
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamArea, Intake
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.reviewer.presenting import pick

MOST: Final = 9
"""As many as there are number keys."""
_LONGEST_ZH, _LONGEST_EN = 200, 300


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.REASONS_EDIT)
def reasons(request: HttpRequest) -> HttpResponseBase:
    """The reasons of one kind, to read and to change."""
    staff = staff_member(request)
    area, kinds = _area_and_kinds(staff)
    asked = request.POST if request.method == "POST" else request.GET
    kind = next((one for one in kinds if one.code == asked.get("kind")), kinds[0])
    if request.method == "POST":
        keep_reasons(area=area, kind=kind.code, reasons=_given(request.POST), by=By("staff", staff.id))
        messages.success(request, _("已保存，立即生效；已标记的说明不变。"))
        return redirect(reverse("office:reasons") + f"?kind={kind.code}")
    return _page(request, area, kinds, kind)


def _page(request: HttpRequest, area: ExamArea, kinds: tuple[Kind, ...], kind: Kind) -> HttpResponse:
    kept = area_reasons(area.pk)
    rows = [*reasons_of(kind, kept), *(Reason("", "", "") for _ in range(MOST))][:MOST]
    context = {
        "kinds": [(one.code, pick(one.name_zh, one.name_en), one.code in kept) for one in kinds],
        "kind": kind,
        "kind_name": pick(kind.name_zh, kind.name_en),
        "is_own": kind.code in kept,
        "rows": [(number, row) for number, row in enumerate(rows, start=1)],
    }
    return render(request, "office/reasons.html", context)


def _area_and_kinds(staff: Staff) -> tuple[ExamArea, tuple[Kind, ...]]:
    """His 考区 and the kinds of its newest intake. Raises Refusal `not_found` for an 考区 without an intake."""
    areas = staff.area_ids(Permission.REASONS_EDIT)
    intake = Intake.objects.filter(area_id__in=areas).select_related("area").order_by("-opens_at").first()
    if intake is None:
        raise Refusal("not_found")
    return intake.area, load_catalogue(newest_version_id(intake.pk)).kinds


def _given(data: QueryDict) -> list[Reason]:
    """The rows of the form; those without any words are left out, new ones get a code of their own."""
    found: list[Reason] = []
    for number in range(1, MOST + 1):
        zh = data.get(f"zh{number}", "").strip()[:_LONGEST_ZH]
        en = data.get(f"en{number}", "").strip()[:_LONGEST_EN]
        if not zh and not en:
            continue
        taken = {reason.code for reason in found}
        code = data.get(f"code{number}", "")[:40]
        if not code or code in taken:
            code = next(name for n in range(1, 100) if (name := f"own{n}") not in taken | _codes(data))
        found.append(Reason(code, zh, en))
    return found


def _codes(data: QueryDict) -> set[str]:
    return {data.get(f"code{number}", "") for number in range(1, MOST + 1)}

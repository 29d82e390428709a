"""退回原因: what reviewers choose from by number, kind by kind, with the sentence the candidate reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaosheng.accounts.scope import Staff
from kaosheng.casework.services.remarks import keep_area_reasons
from kaosheng.catalogue.queries import kinds_of_area
from kaosheng.catalogue.reasons import Reason, area_reasons, reasons_digest, reasons_of
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Kind
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamArea, Intake
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

NUMBER_KEYS: Final = 9
MOST: Final = 40
"""Reasons of one kind; behind the ninth a reviewer clicks."""
_LONGEST_ZH, _LONGEST_EN = 200, 300
_SHOWN_HERE: Final = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT)
"""What is refused with these is said above the form, and the words stay in it."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.REASONS_EDIT)
def reasons(request: HttpRequest) -> HttpResponseBase:
    """The reasons of one kind, to read and to change."""
    staff = staff_member(request)
    asked = request.POST if request.method == "POST" else request.GET
    areas = _areas(staff)
    area = next((one for one in areas if one.code == asked.get("area")), areas[0])
    kinds = kinds_of_area(area.pk)
    kind = next((one for one in kinds if one.code == asked.get("kind")), kinds[0])
    desk = _Desk(areas, area, kinds, kind)
    if request.method != "POST":
        shown = reasons_of(kind, area_reasons(area.pk))
        return _page(request, desk, shown, seen=reasons_digest(shown))
    given, seen = _given(request.POST), request.POST.get("seen", "")
    try:
        keep_area_reasons(staff=staff, area=area, kind=kind.code, seen=seen, reasons=given)
    except Refusal as refusal:
        if status_of(refusal) not in _SHOWN_HERE:
            raise
        return _page(request, desk, given, seen=seen, refusal=refusal)
    messages.success(request, _("已保存，立即生效；已标记的说明不变。"))
    return redirect(f"{reverse('office:reasons')}?{urlencode({'area': area.code, 'kind': kind.code})}")


@dataclass(frozen=True, slots=True)
class _Desk:
    """The 考区 somebody may choose from, the chosen one, its kinds and the chosen one of them."""

    areas: list[ExamArea]
    area: ExamArea
    kinds: tuple[Kind, ...]
    kind: Kind


def _page(
    request: HttpRequest, desk: _Desk, shown: Sequence[Reason], *, seen: str, refusal: Refusal | None = None
) -> HttpResponse:
    kept = area_reasons(desk.area.pk)
    empty = max(NUMBER_KEYS - len(shown), 1 if len(shown) < MOST else 0)
    rows = [*shown, *(Reason("", "", "") for _ in range(empty))]
    context = {
        "areas": [(one.code, pick(one.name_zh, one.name_en)) for one in desk.areas],
        "area": desk.area,
        "kinds": [(one.code, pick(one.name_zh, one.name_en), one.code in kept) for one in desk.kinds],
        "kind": desk.kind,
        "kind_name": pick(desk.kind.name_zh, desk.kind.name_en),
        "is_own": desk.kind.code in kept,
        "rows": [(number, row, number <= NUMBER_KEYS) for number, row in enumerate(rows, start=1)],
        "seen": seen,
        "problem": sentence_of(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "office/reasons.html", context, status=status)


def _areas(staff: Staff) -> list[ExamArea]:
    """His 考区 with an intake, by code. Raises Refusal `not_found` when there is none."""
    reached = ExamArea.objects.filter(pk__in=staff.area_ids(Permission.REASONS_EDIT))
    areas = list(reached.filter(Exists(Intake.objects.filter(area=OuterRef("pk")))).order_by("code"))
    if not areas:
        raise Refusal("not_found")
    return areas


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

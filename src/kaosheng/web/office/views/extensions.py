"""延期申请: asked for by the 考点, answered by the 考区."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.models import ExtensionRequest
from kaosheng.casework.services import counter
from kaosheng.casework.services.actors import of_staff
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.office.lists import EXTENSIONS, back_to, page_of
from kaosheng.web.office.words import extension_state
from kaosheng.web.reviewer.presenting import pick


@require_safe
@for_staff(*EXTENSIONS.permissions)
def extensions(request: HttpRequest) -> HttpResponse:
    """Open requests first."""
    staff = staff_member(request)
    page, context = page_of(request, EXTENSIONS)
    areas = staff.area_ids(Permission.EXTENSION_GRANT)
    context["rows"] = [_line(row, may_answer=row.dossier.intake.area_id in areas) for row in page]
    context["may_ask"] = bool(staff.site_ids(Permission.EXTENSION_REQUEST))
    return render(request, "office/extensions.html", context)


def _line(row: ExtensionRequest, *, may_answer: bool) -> dict[str, Any]:
    site = row.dossier.site
    chip, state = extension_state(row)
    return {
        "row": row,
        "site": pick(site.name_zh, site.name_en),
        "chip": chip,
        "state": state,
        "closes_at": row.dossier.deadline or row.dossier.intake.closes_at,
        "may_answer": may_answer and row.answered_at is None,
    }


@require_POST
@for_staff(Permission.EXTENSION_GRANT)
def refuse(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """不同意延期."""
    staff_dossier(request, dossier_id, Permission.EXTENSION_GRANT)
    counter.refuse_extension(dossier_id=dossier_id, actor=of_staff(staff_member(request)))
    messages.success(request, _("已答复：不同意延期。"))
    return back_to(request, EXTENSIONS)

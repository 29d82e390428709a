"""证件号码不一致: people who logged in for an imported registration with another ID number."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.queries.binding import claim_digest, conflicts_of, difference_of
from kaosheng.casework.services import conflicts
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.registration.models import BindingConflict
from kaosheng.web.access import for_staff, staff_conflict, staff_member
from kaosheng.web.office.registration_tabs import tabs_for
from kaosheng.web.office.words import BINDING_OUTCOMES
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 20
_FIELDS: Final = (gettext_lazy("姓名"), gettext_lazy("证件类型"), gettext_lazy("证件号码"))
_ANSWERS: Final = {"claim": conflicts.adopt_claim, "import": conflicts.keep_import}


@require_safe
@for_staff(Permission.REGISTRATION_IMPORT)
def bindings(request: HttpRequest) -> HttpResponse:
    """Open ones first."""
    return _show(request)


def _show(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    staff = staff_member(request)
    page = Paginator(conflicts_of(staff), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs_for(staff, current="bindings"),
        "page_of_rows": page,
        "rows": [_line(conflict) for conflict in page],
        "problem": problem,
    }
    return render(request, "office/bindings.html", context, status=status)


def _line(conflict: BindingConflict) -> dict[str, Any]:
    """Both tellings field by field, with what differs marked: numbers of 18 digits are hard to compare by eye."""
    difference, site = difference_of(conflict), conflict.registration.site
    both = list(zip(_FIELDS, difference.imported, difference.claimed, strict=True))
    return {
        "conflict": conflict,
        "seen": claim_digest(conflict),
        "imported": [(label, differing(imported, claimed)) for label, imported, claimed in both],
        "claimed": [(label, differing(claimed, imported)) for label, imported, claimed in both],
        "site": pick(site.name_zh, site.name_en),
        "outcome": BINDING_OUTCOMES.get(conflict.outcome, ""),
    }


def differing(told: str, other: str) -> list[tuple[str, bool]]:
    """A text in parts, each with whether the other lacks it there."""
    if len(told) == len(other):
        pairs = groupby(zip(told, other, strict=True), key=lambda pair: pair[0] != pair[1])
        return [("".join(own for own, _other in part), differs) for differs, part in pairs]
    steps = SequenceMatcher(None, told, other, autojunk=False).get_opcodes()
    return [(told[start:end], tag != "equal") for tag, start, end, _from, _to in steps if end > start]


@require_POST
@for_staff(Permission.REGISTRATION_IMPORT)
def settle(request: HttpRequest, conflict_id: int) -> HttpResponseBase:
    """Take one side, with a reason."""
    conflict: BindingConflict = staff_conflict(request, conflict_id)
    answer = _ANSWERS.get(request.POST.get("answer", ""))
    if answer is None:
        raise Refusal("form_incomplete", field="answer")
    try:
        answer(
            conflict=conflict,
            staff=staff_member(request),
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", ""),
        )
    except Refusal as refusal:
        return _show(request, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("已处理，考生再次登录时生效。"))
    return redirect("office:bindings")

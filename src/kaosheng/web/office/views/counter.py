"""窗口: help for a candidate who stands there, and what was asked for at the counter or by telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.models import AskedPlace, Dossier, Mark
from kaosheng.casework.queries import progress as queries
from kaosheng.casework.queries.candidate import CandidateView, KindView, Place, candidate_view
from kaosheng.casework.queries.queue import matching
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.domain.deadlines import effective_deadline
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import CHANGEABLE, Manner
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import State
from kaosheng.registration.words import masked_id_number
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.candidate.views import upload as uploading
from kaosheng.web.candidate.words import kind_name, place_label
from kaosheng.web.office.forms import HelpForm, in_words
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.reviewer.answers import shows_present_state
from kaosheng.web.reviewer.forms import ReasonForm

PER_PAGE: Final = 30
_HELPING: Final = "counter_help"
"""Session key: whose candidate stands at this counter now (dossier id), and why he is helped."""


@require_safe
@for_staff(Permission.COUNTER_UPLOAD)
def counter(request: HttpRequest) -> HttpResponse:
    """Who is expected at the counter; a search finds everybody who can be helped there."""
    staff = staff_member(request)
    search = request.GET.get("q", "").strip()[:80]
    found = queries.helped_at_counter(staff) if search else queries.at_counter(staff)
    page = Paginator(found.filter(matching(search)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "dossier": dossier,
            "masked_id": masked_id_number(dossier.registration.id_number),
            "returned": dossier.state == State.RETURNED,
            "deadline": effective_deadline(own=dossier.deadline, intake_closes=dossier.intake.closes_at),
        }
        for dossier in page
    ]
    return render(request, "office/counter.html", {"rows": rows, "page_of_rows": page, "search": search})


@require_safe
@for_staff(Permission.COUNTER_UPLOAD)
def dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Upload for the person who stands there, and 现场收到 of what was asked for."""
    return _show(request, staff_dossier(request, dossier_id, Permission.COUNTER_UPLOAD), HelpForm())


@require_POST
@for_staff(Permission.COUNTER_UPLOAD)
def begin(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The candidate is present, and this is why he doesn't upload himself; from here on it counts for every picture."""
    found = staff_dossier(request, dossier_id, Permission.COUNTER_UPLOAD)
    form = HelpForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    request.session[_HELPING] = [str(found.pk), form.said()]
    return redirect("office:counter-dossier", dossier_id)


def _show(request: HttpRequest, found: Dossier, help_form: HelpForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    case = DossierAround(found, arrived_at=now, now=now)
    if found.state not in CHANGEABLE:
        raise Refusal("nothing_to_receive")
    returned = found.state == State.RETURNED
    asked = case.still_asked
    sent = {(mark.kind, mark.position): mark for mark in found.marks.filter(sent=True).order_by("pk")}
    view = candidate_view(found, now=now, at_counter=True)
    context = {
        "dossier": found,
        "registration": found.registration,
        "masked_id": masked_id_number(found.registration.id_number),
        "returned": returned,
        "places": [_asked(case, row, sent) for row in asked if row.manner != Manner.ONLINE],
        "online": sum(1 for row in asked if row.manner == Manner.ONLINE),
        "reason": in_words(_reason(request, found)),
        "offers": _offers(view, first=True),
        "further": _offers(view, first=False),
        "deadline": case.deadline,
        "form": ReasonForm(initial={"revision": found.revision}),
        "help_form": help_form,
    }
    return render(request, "office/counter_dossier.html", context, status=status)


def _asked(
    case: DossierAround, row: AskedPlace, sent: Mapping[tuple[str, int | None], Mark]
) -> dict[str, Any]:
    kind, mark = case.item(row.kind).kind, sent.get((row.kind, row.position))
    return {
        "name": presenting.place_name(kind, row.position),
        "manner": words.MANNERS[row.manner],
        "remark": presenting.mark_words(mark) if mark else "",
    }


def _reason(request: HttpRequest, found: Dossier) -> str:
    """Why this candidate is helped, as long as he stands there; empty before that was said."""
    helped, reason = request.session.get(_HELPING, ["", ""])
    return str(reason) if helped == str(found.pk) else ""


def _offers(view: CandidateView, *, first: bool) -> list[dict[str, Any]]:
    """Kinds with open places: first those he must give or was asked for, then the others."""
    return [
        {
            "name": kind_name(kind.item.kind),
            "count": kind.count,
            "maximum": max(kind.item.maximum, kind.count),
            "places": _places(view, kind),
        }
        for kind in view.kinds
        if any(place.is_open for place in kind.places)
        and first == (kind.item.is_asked or any(True for _remark in kind.remarks))
    ]


def _places(view: CandidateView, kind: KindView) -> list[dict[str, Any]]:
    free = kind.free_position
    return [
        {
            "label": place_label(kind.item.kind, place.position) or kind_name(kind.item.kind),
            "filled": place.picture is not None,
            "by_staff": place.picture is not None and place.picture.added_by_staff_id is not None,
            "url": f"{_address(view.dossier, kind)}?position={place.position}",
        }
        for place in kind.places
        if place.is_open and (_is_worth_showing(kind, place) or place.position == free)
    ]


def _is_worth_showing(kind: KindView, place: Place) -> bool:
    """Filled places, and empty ones with a name or below the minimum; of 30 equal empty ones the first does."""
    named = place.position <= max(kind.item.minimum, len(kind.item.kind.labels_zh))
    return place.picture is not None or named


def _address(dossier: Dossier, kind: KindView) -> str:
    return reverse("office:counter-upload", args=[dossier.pk, kind.code])


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.COUNTER_UPLOAD)
@shows_present_state
def upload(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponseBase:
    """Put one picture into a place, by the candidates' own form; what stood there before is set aside."""
    found = staff_dossier(request, dossier_id, Permission.COUNTER_UPLOAD)
    reason, refusal = _reason(request, found), None
    if request.method == "POST":
        try:
            uploading.receive(
                request,
                found.pk,
                of_staff(staff_member(request)),
                kind=code,
                position=uploading.position_in(request),
                reason=reason,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("图片已上传。"))
            return redirect("office:counter-dossier", dossier_id)
    elif not reason:
        return redirect("office:counter-dossier", dossier_id)
    view = candidate_view(found, now=timezone.now(), at_counter=True)
    kind = uploading.require_kind(view, code)
    context = {
        **uploading.form_context(request, view, kind, refusal),
        "registration": found.registration,
        "reason": in_words(reason),
        "replaces": _replaces(request, kind),
        "back": reverse("office:counter-dossier", args=[found.pk]),
        "card_id": "card-of-this-counter",
    }
    return uploading.answer_form(request, "office/counter_upload.html", context, refusal)


def _replaces(request: HttpRequest, kind: KindView) -> bool:
    position = uploading.position_in(request)
    return any(place.position == position and place.picture is not None for place in kind.places)

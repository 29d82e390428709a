"""窗口收件: what was asked for at the counter or by telephone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries import progress as queries
from kaosheng.casework.queries.queue import matching
from kaosheng.casework.services import pictures
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.case import Case
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.roles import Permission
from kaosheng.pictures.checks import examine
from kaosheng.registration.words import masked_id_number
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.reviewer.answers import shows_present_state
from kaosheng.web.reviewer.forms import ReasonForm
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 30


class UploadForm(forms.Form):
    """One picture for one place of the counter."""

    kind = forms.CharField(max_length=10, widget=forms.HiddenInput)
    position = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    picture = forms.FileField(label=gettext_lazy("选取文件"))


@require_safe
@for_staff(Permission.COUNTER_UPLOAD)
def counter(request: HttpRequest) -> HttpResponse:
    """Who is expected at the counter."""
    staff = staff_member(request)
    search = request.GET.get("q", "").strip()[:80]
    found = queries.at_counter(staff).filter(matching(search))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"dossier": dossier, "masked_id": masked_id_number(dossier.registration.id_number)}
        for dossier in page
    ]
    return render(request, "office/counter.html", {"rows": rows, "page_of_rows": page, "search": search})


@require_safe
@for_staff(Permission.COUNTER_UPLOAD)
def dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """What is asked for there, uploads for it, and 现场收到."""
    return _show(request, staff_dossier(request, dossier_id, Permission.COUNTER_UPLOAD))


def _show(request: HttpRequest, found: Dossier, *, problem: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    case = Case(found, arrived_at=now, now=now)
    places = [_place(case, row) for row in case.asked_rows if row.manner != Manner.ONLINE]
    if found.state != "returned" or not places:
        raise Refusal("nothing_to_receive")
    context = {
        "dossier": found,
        "registration": found.registration,
        "masked_id": masked_id_number(found.registration.id_number),
        "places": places,
        "uploads": [_upload(case, opened) for opened in case.opened if opened.counter_only],
        "deadline": case.deadline,
        "in_time": case.in_time,
        "online": sum(1 for row in case.asked_rows if row.manner == Manner.ONLINE),
        "form": ReasonForm(initial={"revision": found.revision}),
        "problem": problem,
    }
    return render(request, "office/counter_dossier.html", context, status=status)


def _place(case: Case, row: Any) -> dict[str, Any]:
    kind = case.item(row.kind).kind
    sent = case.dossier.marks.filter(kind=row.kind, position=row.position, sent=True).order_by("-pk").first()
    return {
        "name": presenting.place_name(kind, row.position),
        "manner": words.MANNERS[row.manner],
        "remark": presenting.mark_words(sent) if sent else "",
    }


def _upload(case: Case, opened: Any) -> dict[str, Any]:
    slot = opened.slot
    there = next((p for p in case.pictures if (p.kind, p.position) == (slot.kind, slot.position)), None)
    replaced = there is not None and there.pk in case.submitted_ids
    return {
        "name": presenting.place_name(case.item(slot.kind).kind, slot.position),
        "there": there,
        "replaced": replaced,
        "form": UploadForm(
            initial={"kind": slot.kind, "position": slot.position, "key": str(uuid4())},
            auto_id=f"id_{slot.kind}_{slot.position}_%s",
        ),
    }


@require_POST
@for_staff(Permission.COUNTER_UPLOAD)
@shows_present_state
def upload(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Put one picture into a place of the counter; what stood there before is set aside."""
    found = staff_dossier(request, dossier_id, Permission.COUNTER_UPLOAD)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        code = "file_missing" if "picture" in form.errors else "form_incomplete"
        refusal = Refusal(code, field=next(iter(form.errors)))
        return _show(request, found, problem=sentence_of(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _put(request, found, form)
    except Refusal as refusal:
        if status_of(refusal) in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN}:
            raise
        return _show(request, found, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("图片已上传。"))
    return redirect("office:counter-dossier", dossier_id)


def _put(request: HttpRequest, found: Dossier, form: UploadForm) -> None:
    given, actor = form.cleaned_data, of_staff(staff_member(request))
    data = given["picture"].read()
    examine(data)  # a picture that is refused must not cost the one that stands there
    there = found.pictures.filter(kind=given["kind"], position=given["position"], hidden_at=None).first()
    if there is not None and there.idempotency_key != given["key"]:
        pictures.delete_picture(dossier_id=found.pk, picture_id=there.pk, actor=actor)
    pictures.add_picture(
        dossier_id=found.pk,
        actor=actor,
        kind=given["kind"],
        position=given["position"],
        data=data,
        idempotency_key=given["key"],
    )

"""Take, give back, mark, clear a mark."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kaosheng.casework.models import Dossier, Mark
from kaosheng.casework.queries.workbench import next_unmarked, workbench
from kaosheng.casework.services import reviewing
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.reviewing import Note
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer.answers import read, shows_present_state
from kaosheng.web.reviewer.forms import MarkForm, PlaceForm
from kaosheng.web.reviewer.views.dossier import show


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
@shows_present_state
def take(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """领取 this dossier."""
    staff_dossier(request, dossier_id, Permission.DOSSIER_TAKE)
    reviewing.take(dossier_id=dossier_id, actor=of_staff(staff_member(request)))
    return redirect("reviewer:dossier", dossier_id)


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def give_back(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """交还; the marks stay for the next pair of hands."""
    staff_dossier(request, dossier_id, Permission.DOSSIER_TAKE)
    reviewing.give_back(dossier_id=dossier_id, actor=of_staff(staff_member(request)))
    messages.success(request, _("已交还，标记已保留。"))
    return redirect("reviewer:queue")


@require_POST
@for_staff(Permission.DOSSIER_MARK)
@shows_present_state
def mark(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Note 合格, 需更换 or 缺少, and go to the next picture that waits."""
    dossier = staff_dossier(request, dossier_id, Permission.DOSSIER_MARK)
    form = read(MarkForm(request.POST))
    try:
        made = reviewing.set_mark(
            dossier_id=dossier_id,
            actor=of_staff(staff_member(request)),
            seen_revision=form.cleaned_data["revision"],
            note=_note(form),
        )
    except Refusal as refusal:
        if refusal.code != "reason_needed":
            raise
        return show(request, dossier, problem=_("请选择原因，或填写说明。"), status=422)
    return redirect(_after(request, dossier, made))


def _note(form: MarkForm) -> Note:
    given = form.cleaned_data
    return Note(
        kind=given["kind"],
        position=given["position"],
        verdict=Mark.Verdict(given["verdict"]),
        reason_code=given["reason_code"],
        text=given["text"],
        box=form.box(),
        manner=Manner(given["manner"] or Manner.ONLINE),
        opens_free_positions=not given["only_this"],
    )


def _after(request: HttpRequest, dossier: Dossier, made: Mark) -> str:
    """The next picture without a note; once there is none, the one just marked."""
    page = reverse("reviewer:dossier", args=[dossier.pk])
    bench = workbench(dossier, staff_member(request), now=timezone.now())
    waits = next_unmarked(bench, after=made.picture_id)
    if waits is not None:
        return f"{page}?picture={waits.picture.pk}"
    return f"{page}?picture={made.picture_id}" if made.picture_id else f"{page}?kind={made.kind}"


@require_POST
@for_staff(Permission.DOSSIER_MARK)
@shows_present_state
def clear_mark(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Take a note back."""
    dossier = staff_dossier(request, dossier_id, Permission.DOSSIER_MARK)
    place = read(PlaceForm(request.POST)).cleaned_data
    reviewing.clear_mark(
        dossier_id=dossier_id,
        actor=of_staff(staff_member(request)),
        seen_revision=place["revision"],
        kind=place["kind"],
        position=place["position"],
    )
    page = reverse("reviewer:dossier", args=[dossier.pk])
    here = dossier.pictures.filter(kind=place["kind"], position=place["position"], hidden_at=None).first()
    return redirect(f"{page}?picture={here.pk}" if here else f"{page}?kind={place['kind']}")

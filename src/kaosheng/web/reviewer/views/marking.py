"""Take, give back, mark, clear a mark."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kaosheng.casework.models import Dossier, Mark
from kaosheng.casework.queries.workbench import next_unmarked, workbench
from kaosheng.casework.services import handling, reviewing
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.reviewing import Note
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer.answers import by_script, read, shows_present_state
from kaosheng.web.reviewer.forms import MarkForm, PlaceForm, SeenForm
from kaosheng.web.reviewer.views.dossier import bench_context, record_opening, show


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
def open_ahead(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """The dossier loaded ahead is on the screen now: it is in his hands, and he has seen it.

    What happened to it since it was loaded is answered by the parts as they are now.
    """
    dossier = staff_dossier(request, dossier_id, Permission.DOSSIER_TAKE)
    staff = staff_member(request)
    loaded = read(SeenForm(request.POST)).cleaned_data["revision"]
    reviewing.take(dossier_id=dossier_id, actor=of_staff(staff))
    look = handling.note_look(dossier=dossier, staff=staff)
    shown = dossier.pictures.filter(hidden_at=None).values_list("pk", flat=True)
    record_opening(request, staff, dossier, [str(pk) for pk in shown])
    if loaded == dossier.revision:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    bench = workbench(dossier, staff, now=timezone.now(), look=look)
    return render(request, "reviewer/parts/present.html", bench_context(request, bench))


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
def renew(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Asked by the open page every few minutes: the lease goes on."""
    staff_dossier(request, dossier_id, Permission.DOSSIER_TAKE)
    reviewing.renew(dossier_id=dossier_id, actor=of_staff(staff_member(request)))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


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
        if refusal.code != "reason_needed" or by_script(request):
            raise
        return show(request, dossier, problem=_("请选择原因，或填写说明。"), status=422)
    if by_script(request):
        return _changed(request, dossier, [(made.kind, made.position)])
    return redirect(_after(request, dossier, made))


@require_POST
@for_staff(Permission.DOSSIER_MARK)
@shows_present_state
def accept_rest(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """其余全部合格."""
    dossier = staff_dossier(request, dossier_id, Permission.DOSSIER_MARK)
    made = reviewing.accept_rest(
        dossier_id=dossier_id,
        actor=of_staff(staff_member(request)),
        seen_revision=read(SeenForm(request.POST)).cleaned_data["revision"],
    )
    if by_script(request):
        return _changed(request, dossier, [(one.kind, one.position) for one in made])
    return redirect("reviewer:dossier", dossier.pk)


def _changed(
    request: HttpRequest, dossier: Dossier, places: list[tuple[str, int | None]]
) -> HttpResponseBase:
    """What the marks changed: the bar, the left pane and the panels of these places."""
    bench = workbench(dossier, staff_member(request), now=timezone.now())
    context = bench_context(request, bench)
    context["panels"] = [
        panel
        for panel in context["panels"]
        if (panel.kind.code, panel.picture.picture.position if panel.picture else None) in places
        or (panel.kind.code, None) in places
    ]
    return render(request, "reviewer/parts/changed.html", context)


@require_POST
@for_staff(Permission.DOSSIER_MARK)
@shows_present_state
def note(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Add an internal note."""
    staff_dossier(request, dossier_id, Permission.DOSSIER_MARK)
    handling.add_note(
        dossier_id=dossier_id,
        actor=of_staff(staff_member(request)),
        text=request.POST.get("text", "")[:1000],
    )
    return redirect(reverse("reviewer:dossier", args=[dossier_id]) + "#handling")


@require_POST
@for_staff(Permission.DOSSIER_TAKE)
@shows_present_state
def end_hold(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """The dossier waits in its line again."""
    staff_dossier(request, dossier_id, Permission.DOSSIER_TAKE)
    handling.end_hold(dossier_id=dossier_id, actor=of_staff(staff_member(request)))
    return redirect("reviewer:dossier", dossier_id)


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
    if by_script(request):
        return _changed(request, dossier, [(place["kind"], place["position"])])
    page = reverse("reviewer:dossier", args=[dossier.pk])
    here = dossier.pictures.filter(kind=place["kind"], position=place["position"], hidden_at=None).first()
    return redirect(f"{page}?picture={here.pk}" if here else f"{page}?kind={place['kind']}")

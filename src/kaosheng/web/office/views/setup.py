"""审核设置: windows, notes, share of second looks, what candidates see of it, and who changed what."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.models import Submission
from kaosheng.casework.queries import settings as queries
from kaosheng.casework.queries.progress import intakes_of
from kaosheng.casework.services import intakes as services
from kaosheng.casework.services.intakes import Window
from kaosheng.casework.services.telling import Telling, change_telling
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake
from kaosheng.web.access import for_staff, staff_intake, staff_member
from kaosheng.web.office import setup_words as words
from kaosheng.web.office.preview import preview_context
from kaosheng.web.office.setup_forms import TellingForm, WindowForm
from kaosheng.web.office.setup_tabs import tabs_for
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of


@require_safe
@for_staff(Permission.INTAKE_SET)
def intakes(request: HttpRequest) -> HttpResponseBase:
    """The intakes of the area; straight to the only one."""
    found = list(intakes_of(staff_member(request), Permission.INTAKE_SET))
    if len(found) == 1:
        return redirect("office:setup", found[0].pk)
    rows = [(intake, pick(intake.name_zh, intake.name_en)) for intake in found]
    return render(request, "office/setup_intakes.html", {"rows": rows})


@require_safe
@for_staff(Permission.INTAKE_SET)
def setup(request: HttpRequest, intake_id: int) -> HttpResponse:
    """The settings as they are, and what contradicts itself."""
    return _show(request, staff_intake(request, intake_id, Permission.INTAKE_SET))


def _show(
    request: HttpRequest,
    intake: Intake,
    *,
    window: WindowForm | None = None,
    telling: TellingForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    window = window or WindowForm.begin(Window.of(intake))
    stages_fixed = Submission.objects.filter(dossier__intake=intake).exists()
    window.fields["stages"].disabled = stages_fixed
    window.initial.setdefault("stages", intake.stages)
    context = {
        "intake": intake,
        "name": pick(intake.name_zh, intake.name_en),
        "tabs": tabs_for(intake, current="setup"),
        "warnings": [words.warning_in_words(one) for one in queries.warnings_of(intake, now=timezone.now())],
        "window": window,
        "stages_fixed": stages_fixed,
        "stages": words.value_in_words("stages", str(intake.stages)),
        "telling": telling or TellingForm.begin(Telling.of(intake)),
        "history": [
            (version, words.changes_in_words(version.changes), words.version_in_words(version))
            for version in queries.history_of(intake)
        ],
        "problem": problem,
    }
    return render(request, "office/setup.html", context, status=status)


@require_POST
@for_staff(Permission.INTAKE_SET)
def window(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """时间与级次: first what it would mean, then done."""
    intake = staff_intake(request, intake_id, Permission.INTAKE_SET)
    form = WindowForm(request.POST)
    if Submission.objects.filter(dossier__intake=intake).exists():
        form.fields["stages"].disabled, form.initial["stages"] = True, intake.stages
    if not form.is_valid():
        return _show(request, intake, window=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    seen, wanted = form.seen_window(), form.wanted()
    if seen == wanted:
        messages.info(request, _("没有改动。"))
        return redirect("office:setup", intake_id)
    if "confirmed" not in request.POST:
        return _ask_about_window(request, intake, form, wanted)
    try:
        services.move_window(intake_id=intake_id, staff=staff_member(request), seen=seen, wanted=wanted)
    except Refusal as refusal:
        return _show(request, intake, window=form, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("已保存。"))
    return redirect("office:setup", intake_id)


def _ask_about_window(request: HttpRequest, intake: Intake, form: WindowForm, wanted: Window) -> HttpResponse:
    before = Window.of(intake)
    for name, value in asdict(wanted).items():
        setattr(intake, name, value)
    context = {
        "intake": intake,
        "form": form,
        "changes": words.difference_in_words(before, wanted),
        "told": queries.waiting_drafts(intake) if wanted.closes_at != before.closes_at else 0,
        "earlier": wanted.closes_at < before.closes_at,
        "warnings": [words.warning_in_words(one) for one in queries.warnings_of(intake, now=timezone.now())],
    }
    return render(request, "office/setup_window.html", context)


@require_POST
@for_staff(Permission.INTAKE_SET)
def telling(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """说明、承诺与复核."""
    intake = staff_intake(request, intake_id, Permission.INTAKE_SET)
    form = TellingForm(request.POST)
    if not form.is_valid():
        return _show(request, intake, telling=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        change_telling(
            intake_id=intake_id,
            staff=staff_member(request),
            seen=form.seen_telling(),
            wanted=form.wanted(),
        )
    except Refusal as refusal:
        return _show(request, intake, telling=form, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("已保存。"))
    return redirect("office:setup", intake_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.INTAKE_SET)
def preview(request: HttpRequest, intake_id: int) -> HttpResponse:
    """What candidates see of it, in both languages; posted with the form of the notes: as they would see it."""
    intake = staff_intake(request, intake_id, Permission.INTAKE_SET)
    form = TellingForm(request.POST) if request.method == "POST" else None
    if form is not None:
        if not form.is_valid():
            return _show(request, intake, telling=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        for name, value in asdict(form.wanted()).items():
            setattr(intake, name, value)
    wanted = (request.POST if form is not None else request.GET).get("sample", "")
    context = {
        "intake": intake,
        "unsaved": form,
        **preview_context(request, intake, wanted=wanted),
    }
    return render(request, "office/setup_preview.html", context)

"""报名信息导入: upload, check, report, apply."""

from __future__ import annotations

import tempfile
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.queries import imports as queries
from kaosheng.casework.services import importing
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.registration.models import RegistrationImport
from kaosheng.registration.reports import write_blank_form, write_report
from kaosheng.web.access import for_staff, staff_import, staff_member
from kaosheng.web.office.answers import workbook_answer
from kaosheng.web.office.registration_tabs import tabs_for
from kaosheng.web.office.words import IMPORT_PHASES, ROW_OUTCOMES
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import wants_fragment

PER_PAGE: Final = 20
Phase = RegistrationImport.Phase


class UploadForm(forms.Form):
    """The sheet and the intake it is for."""

    intake = forms.TypedChoiceField(label=gettext_lazy("审核批次"), coerce=int)
    sheet = forms.FileField(
        label=gettext_lazy("xlsx 文件"),
        error_messages={
            "required": gettext_lazy("请选取文件。"),
            "empty": gettext_lazy("文件是空的，没有导入任何内容。"),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args: Any, intakes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["intake"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = intakes


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.REGISTRATION_IMPORT)
def imports(request: HttpRequest) -> HttpResponseBase:
    """Earlier imports, and the form for the next."""
    staff = staff_member(request)
    intakes = [
        (intake.pk, pick(intake.name_zh, intake.name_en)) for intake in queries.intakes_to_import(staff)
    ]
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, intakes=intakes)
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["sheet"]
        try:
            imported = importing.upload(
                content=sheet.read(),
                file_name=sheet.name,
                intake_id=form.cleaned_data["intake"],
                staff=staff,
            )
        except Refusal as refusal:
            form.add_error("sheet", sentence_of(refusal))
        else:
            return redirect("office:import", imported.pk)
    page = Paginator(queries.imports_of(staff), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs_for(staff, current="imports"),
        "form": form,
        "page_of_rows": page,
        "rows": [{"imported": one, "phase": IMPORT_PHASES[Phase(one.phase)]} for one in page],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "office/imports.html", context, status=status)


@require_safe
@for_staff(Permission.REGISTRATION_IMPORT)
def form_to_fill(_request: HttpRequest) -> FileResponse:
    """The blank form with what may stand in every column."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_blank_form(target)
    return workbook_answer(target, _("报名信息导入模板"))


@require_safe
@for_staff(Permission.REGISTRATION_IMPORT)
def one_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How far it is, what it would do or did; while it runs the page asks for its middle part again."""
    return _show(request, staff_import(request, import_id))


def _show(
    request: HttpRequest, imported: RegistrationImport, *, problem: str = "", status: int = 200
) -> HttpResponse:
    state = queries.state_of(imported)
    context = {
        "imported": imported,
        "intake_name": pick(imported.intake.name_zh, imported.intake.name_en),
        "state": state,
        "phase": IMPORT_PHASES[Phase(imported.phase)],
        "tiles": [(ROW_OUTCOMES[outcome], number) for outcome, number in state.counts.items() if number],
        "refusal": sentence_of(state.refusal) if state.refusal else "",
        "problem": problem,
    }
    template = "office/parts/import_state.html" if wants_fragment(request) else "office/import.html"
    return render(request, template, context, status=status)


@require_POST
@for_staff(Permission.REGISTRATION_IMPORT)
def apply(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """确认导入."""
    imported = staff_import(request, import_id)
    try:
        importing.confirm(
            import_id=import_id,
            staff=staff_member(request),
            in_spite_of_errors=request.POST.get("in_spite_of_errors") == "on",
        )
    except Refusal as refusal:
        return _show(request, imported, problem=sentence_of(refusal), status=status_of(refusal))
    return redirect("office:import", import_id)


@require_POST
@for_staff(Permission.REGISTRATION_IMPORT)
def discard(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """不导入."""
    imported = staff_import(request, import_id)
    try:
        importing.discard(import_id=import_id, staff=staff_member(request))
    except Refusal as refusal:
        return _show(request, imported, problem=sentence_of(refusal), status=status_of(refusal))
    messages.success(request, _("已放弃这次导入，没有导入任何内容，上传的文件已删除。"))
    return redirect("office:imports")


@require_safe
@for_staff(Permission.REGISTRATION_IMPORT)
def report(request: HttpRequest, import_id: UUID) -> FileResponse:
    """Every row with its outcome, as a sheet."""
    imported = staff_import(request, import_id)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_report(imported, target)
    return workbook_answer(target, _("导入结果"))

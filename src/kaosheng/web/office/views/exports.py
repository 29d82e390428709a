"""导出: lists, pictures, progress and the printable sheet of a dossier, each with a reason."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries import exports as queries
from kaosheng.casework.queries.workbench import workbench
from kaosheng.casework.services import exporting
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.registration.workbooks import write_table
from kaosheng.web.access import for_staff, staff_dossier, staff_intake_within, staff_member
from kaosheng.web.office import export_rows
from kaosheng.web.office.answers import workbook_answer
from kaosheng.web.office.list_exports import list_to_export
from kaosheng.web.office.sheet import sheet_context
from kaosheng.web.reviewer import presenting
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.zip_stream import ZipEntry, zip_stream

Text = str | Promise
TABLE, PICTURES, SHEET = "table", "pictures", "sheet"
_WHAT: Final[dict[str, Text]] = {
    TABLE: gettext_lazy("列表（xlsx）"),
    PICTURES: gettext_lazy("全部图片（zip）"),
    SHEET: gettext_lazy("材料单（打印）"),
}


class ExportForm(forms.Form):
    """What to take away, and why."""

    what = forms.ChoiceField(label=gettext_lazy("导出内容"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请填写理由。")},
    )

    def __init__(self, *args: Any, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["what"] = choices[0]
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(choice, _WHAT[choice]) for choice in choices]
        if len(choices) == 1:
            field.widget = forms.HiddenInput()


Answer = Callable[[str, str], HttpResponseBase]
"""What was chosen and the reason -> the file."""


def _asked(
    request: HttpRequest, choices: tuple[str, ...], answer: Answer, context: dict[str, Any]
) -> HttpResponseBase:
    """The form, or what it asks for; a refusal stands on the form."""
    form = ExportForm(request.POST if request.method == "POST" else None, choices=choices)
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                return answer(form.cleaned_data["what"], form.cleaned_data["reason"])
            except Refusal as refusal:
                status = status_of(refusal)
                form.add_error(None, sentence_of(refusal))
    shown = {**context, "form": form, "single": len(choices) == 1}
    return render(request, "office/export.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOSSIER_EXPORT)
def queue_list(request: HttpRequest) -> HttpResponseBase:
    """The list of the page it was opened from, by the same address."""
    staff, now = staff_member(request), timezone.now()
    chosen = export_rows.chosen_list(request.GET, staff, now)
    dossiers = queries.dossiers_to_export(staff, chosen.condition)
    submitted = queries.with_pictures(dossiers)

    def answer(what: str, reason: str) -> HttpResponseBase:
        ids = list((submitted if what == PICTURES else dossiers).values_list("pk", flat=True))
        if what == PICTURES:
            exporting.export_pictures(staff=staff, dossiers=ids, filters=chosen.filters, reason=reason)
            return _archive(ids, _("报名材料"))
        exporting.export_list(
            staff=staff,
            what="queue",
            filters=chosen.filters,
            count=len(ids),
            reason=reason,
            area=_area(staff),
        )
        rows = (export_rows.cells(row) for row in queries.lines_to_export(ids, staff, now=now))
        return _table(_("材料列表"), export_rows.heading(), rows, export_rows.WIDTHS)

    context = {
        "heading": _("导出材料列表"),
        "filters": chosen.words,
        "count": dossiers.count(),
        "with_pictures": submitted.count(),
        "back": f"{export_rows.queue_address()}?{request.GET.urlencode()}",
    }
    return _asked(request, (TABLE, PICTURES), answer, context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOSSIER_EXPORT)
def office_list(request: HttpRequest, name: str) -> HttpResponseBase:
    """A list of the office, as its page narrows it by the same address."""
    staff = staff_member(request)
    listed = list_to_export(name, request)
    chosen = listed.choose(request)

    def answer(_what: str, reason: str) -> HttpResponseBase:
        ids = list(chosen.rows.values_list("pk", flat=True))
        exporting.export_list(
            staff=staff, what=name, filters=chosen.filters, count=len(ids), reason=reason, area=_area(staff)
        )
        return _table(str(listed.title), listed.heading(), listed.lines(chosen, ids), listed.widths())

    count = chosen.rows.count()
    context = {
        "heading": _("导出：%(list)s") % {"list": listed.title},
        "filters": [*chosen.words, ngettext("%(count)s 行", "%(count)s 行", count) % {"count": count}],
        "back": chosen.back,
    }
    return _asked(request, (TABLE,), answer, context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOSSIER_EXPORT)
def progress(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """The progress of an intake by 考点, as the reader sees it on the page."""
    staff = staff_member(request)
    intake = staff_intake_within(request, intake_id, Permission.DOSSIER_EXPORT)

    def answer(_what: str, reason: str) -> HttpResponseBase:
        heading, rows = export_rows.progress_table(intake, staff)
        exporting.export_list(
            staff=staff, what="progress", filters={"intake": intake.code}, count=len(rows), reason=reason,
            area=intake.area.code,
        )  # fmt: skip
        return _table(_("进度"), heading, rows, [18] + [12] * (len(heading) - 1))

    context = {
        "heading": _("导出进度"),
        "filters": [presenting.pick(intake.name_zh, intake.name_en)],
        "back": export_rows.progress_address(),
    }
    return _asked(request, (TABLE,), answer, context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOSSIER_EXPORT)
def dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """One dossier: its pictures, or a sheet to print."""
    staff = staff_member(request)
    found = staff_dossier(request, dossier_id, Permission.DOSSIER_EXPORT)
    was_submitted = found.submissions.exists()

    def answer(what: str, reason: str) -> HttpResponseBase:
        if what == PICTURES:
            exporting.export_pictures(staff=staff, dossiers=[found.pk], filters={}, reason=reason)
            return _archive([found.pk], found.registration.number)
        exporting.export_sheet(staff=staff, dossier=found, reason=reason)
        return _sheet(request, found)

    context = {
        "heading": _("导出材料"),
        "filters": [f"{found.registration.name} {found.registration.number}"],
        "back": export_rows.dossier_address(found),
    }
    return _asked(request, (SHEET, PICTURES) if was_submitted else (SHEET,), answer, context)


def _sheet(request: HttpRequest, found: Dossier) -> HttpResponse:
    bench = workbench(found, staff_member(request), now=timezone.now())
    return render(request, "office/dossier_sheet.html", sheet_context(bench))


def _table(name: str, heading: list[str], rows: Any, widths: Any) -> HttpResponseBase:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_table(target, name=name, heading=heading, rows=rows, widths=widths)
    return workbook_answer(target, name)


def _archive(ids: list[UUID], name: str) -> StreamingHttpResponse:
    entries = queries.pictures_of(
        ids,
        site_name=lambda found: presenting.pick(found.site.name_zh, found.site.name_en),
        place_name=lambda kind, position: (
            presenting.position_label(kind, position) if position else presenting.kind_name(kind)
        ),
    )
    packed = zip_stream(ZipEntry(*entry) for entry in entries)
    answer = StreamingHttpResponse(packed, content_type="application/zip")
    answer.headers["Content-Disposition"] = export_rows.attachment(
        f"{name}-{timezone.localdate():%Y%m%d}.zip"
    )
    return answer


def _area(staff: Any) -> str:
    return next((grant.area.code for grant in staff.grants if grant.area), "")

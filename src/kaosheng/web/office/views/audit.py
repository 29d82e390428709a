"""审计: searched, read and exported by the 审计员; every search and export is an event itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from kaosheng.accounts.models import User
from kaosheng.accounts.services import asleep_for
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.audit.sealing import verify
from kaosheng.casework.queries.trail import events_found, noted
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.office.words import EVENTS
from kaosheng.web.reviewer.forms import ISO_DAY

PER_PAGE: Final = 50
_COLUMNS: Final = (
    "id", "at", "name", "actor_kind", "actor", "object_kind", "object", "area", "site", "details",
)  # fmt: skip


class SearchForm(forms.Form):
    """What to look for; all fields may be empty."""

    actor = forms.CharField(
        label=_("操作人（用户名、姓名、考生报名号或编号）"), max_length=80, required=False
    )
    about = forms.CharField(label=_("对象（报名号、用户名或编号）"), max_length=80, required=False)
    name = forms.ChoiceField(label=_("事件"), required=False)
    since = forms.DateField(
        label=_("自"),
        required=False,
        input_formats=[ISO_DAY],
        widget=forms.DateInput({"type": "date"}, format=ISO_DAY),
    )
    until = forms.DateField(
        label=_("至"),
        required=False,
        input_formats=[ISO_DAY],
        widget=forms.DateInput({"type": "date"}, format=ISO_DAY),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = [(name.value, EVENTS[name]) for name in AuditName]
        self.fields["name"].choices = [("", _("全部")), *events]  # type: ignore[attr-defined]  # a ChoiceField


@require_safe
@for_staff(Permission.AUDIT_READ)
def audit(request: HttpRequest) -> HttpResponse:
    """Events, newest first, and whether the chain holds."""
    form = SearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    page = Paginator(events_found(**given), PER_PAGE).get_page(request.GET.get("page"))
    events = list(page.object_list)
    people = _people(events)
    if any(given.values()):
        _record(request, AuditName.AUDIT_SEARCHED, given)
    context = {
        "form": form,
        "page_of_rows": page,
        "rows": [_line(event, people) for event in events],
        "chain": verify() if request.GET.get("verify") else None,
        "asleep": asleep_for(staff_member(request)),
    }
    return render(request, "office/audit.html", context, status=200 if form.is_valid() else 422)


def _people(events: list[AuditEvent]) -> dict[str, str]:
    """Names of the staff on this page, in one query."""
    ids = {event.actor for event in events if event.actor_kind == "staff" and event.actor.isdigit()}
    return {str(user.pk): f"{user.name}（{user.username}）" for user in User.objects.filter(pk__in=ids)}


def _line(event: AuditEvent, people: dict[str, str]) -> dict[str, Any]:
    return {
        "event": event,
        "what": EVENTS.get(event.name, event.name),
        "who": people.get(event.actor, f"{event.actor_kind} {event.actor}"),
        "details": json.dumps(event.details, ensure_ascii=False, indent=1) if event.details else "",
    }


def _record(request: HttpRequest, name: AuditName, given: dict[str, Any], **details: Any) -> None:
    staff = staff_member(request)
    searched = {
        field: noted(value) if field in {"actor", "about"} else str(value)
        for field, value in given.items()
        if value
    }
    with transaction.atomic():
        record(name, by=By("staff", staff.id), about=("audit", "events"), searched=searched, **details)


@require_POST
@for_staff(Permission.AUDIT_READ)
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything a search finds as a CSV file, for a reason; the export is an event with that reason.

    Rows are streamed, so that memory doesn't grow with the trail.
    """
    form, reason = SearchForm(request.POST), request.POST.get("reason", "").strip()
    if not form.is_valid() or not reason:
        raise Refusal("form_incomplete", field="reason" if form.is_valid() else next(iter(form.errors)))
    found = events_found(**form.cleaned_data)
    _record(request, AuditName.AUDIT_EXPORTED, form.cleaned_data, reason=reason[:200], count=found.count())
    answer = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y%m%d}.csv"'
    return answer


class _Echo:
    """What csv.writer writes to: hands each line straight on."""

    def write(self, line: str) -> str:
        return line


def _csv(found: QuerySet[AuditEvent]) -> Iterator[str]:
    """Lines of the file; the mark in front lets spreadsheets read it as UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_COLUMNS)
    for event in found.iterator(chunk_size=2000):
        details = json.dumps(event.details, ensure_ascii=False, sort_keys=True)
        values = [getattr(event, column) for column in _COLUMNS[2:-1]]
        row = [str(event.pk), event.at.isoformat(), *values, details]
        yield writer.writerow([_as_text(value) for value in row])


def _as_text(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value

"""审计: searched and read by the 审计员; every search is an event itself."""

from __future__ import annotations

import json
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.audit.sealing import verify
from kaosheng.casework.models import Dossier
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.office.words import EVENTS
from kaosheng.web.reviewer.forms import ISO_DAY

PER_PAGE: Final = 50


class SearchForm(forms.Form):
    """What to look for; all fields may be empty."""

    actor = forms.CharField(label=_("操作人（用户名或编号）"), max_length=80, required=False)
    about = forms.CharField(label=_("对象（报名号或编号）"), max_length=80, required=False)
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
    page = Paginator(_found(given), PER_PAGE).get_page(request.GET.get("page"))
    events = list(page.object_list)
    people = _people(events)
    if any(given.values()):
        _record_search(request, given)
    context = {
        "form": form,
        "page_of_rows": page,
        "rows": [_line(event, people) for event in events],
        "chain": verify() if request.GET.get("verify") else None,
    }
    return render(request, "office/audit.html", context, status=200 if form.is_valid() else 422)


def _found(given: dict[str, Any]) -> QuerySet[AuditEvent]:
    found = AuditEvent.objects.order_by("-pk")
    if actor := given.get("actor"):
        account = (
            User.objects.filter(Q(username__iexact=actor) | Q(name=actor))
            .values_list("pk", flat=True)
            .first()
        )
        found = found.filter(actor=str(account) if account else actor)
    if about := given.get("about"):
        dossier = Dossier.objects.filter(registration__number=about).values_list("pk", flat=True).first()
        found = found.filter(object=str(dossier) if dossier else about)
    if name := given.get("name"):
        found = found.filter(name=name)
    if since := given.get("since"):
        found = found.filter(at__date__gte=since)
    if until := given.get("until"):
        found = found.filter(at__date__lte=until)
    return found


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


def _record_search(request: HttpRequest, given: dict[str, Any]) -> None:
    staff = staff_member(request)
    record(
        AuditName.AUDIT_SEARCHED,
        by=By("staff", staff.id),
        about=("audit", "events"),
        searched={field: str(value) for field, value in given.items() if value},
    )

"""公布结果: what blocks, prepare, preview, typed count, publish."""

from __future__ import annotations

from datetime import datetime
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
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.models import Dossier, Release
from kaosheng.casework.queries import progress as queries
from kaosheng.casework.services import releasing
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake
from kaosheng.web.access import for_staff, staff_intake, staff_member
from kaosheng.web.office.forms import CountForm
from kaosheng.web.office.words import blocker_state
from kaosheng.web.reviewer import words
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 100
_LATE: Final = "late-"
_ALL_THE_REST: Final = "late_rest"


@require_safe
@for_staff(Permission.RELEASE_PUBLISH)
def releases(request: HttpRequest) -> HttpResponseBase:
    """The intakes of the area; straight to the only one."""
    intakes = list(queries.intakes_of(staff_member(request), Permission.RELEASE_PUBLISH))
    if len(intakes) == 1:
        return redirect("office:release", intakes[0].pk)
    rows = [{"intake": intake, "name": pick(intake.name_zh, intake.name_en)} for intake in intakes]
    return render(request, "office/releases.html", {"rows": rows})


@require_safe
@for_staff(Permission.RELEASE_PUBLISH)
def release(request: HttpRequest, intake_id: int) -> HttpResponse:
    """What is ready, what blocks, the batch in preparation, earlier batches, corrections."""
    return _show(request, staff_intake(request, intake_id, Permission.RELEASE_PUBLISH))


def _show(
    request: HttpRequest,
    intake: Intake,
    *,
    problem: str = "",
    status: int = 200,
    typed: dict[UUID, str] | None = None,
) -> HttpResponse:
    now, staff = timezone.now(), staff_member(request)
    batches = list(queries.releases_of(intake))
    blocking, unnamed = queries.blocking(intake, now=now)
    blockers = queries.blockers_with_reasons(intake, staff, now=now)
    page = Paginator(blockers, PER_PAGE).get_page(request.GET.get("page"))
    ready = queries.ready(intake)
    context = {
        "intake": intake,
        "name": pick(intake.name_zh, intake.name_en),
        "page_of_rows": page,
        "blockers": [_blocker(dossier, typed or {}) for dossier in page],
        "blocking": blocking,
        "more": blocking - page.paginator.count,
        "ready": ready,
        "preview": [(words.VERDICTS[verdict], number) for verdict, number in ready.verdicts.items()],
        "preparing": next((batch for batch in batches if batch.published_at is None), None),
        "unnamed": unnamed,
        "published": [batch for batch in batches if batch.published_at is not None],
        "corrections": queries.pending_corrections(intake, staff),
        "form": CountForm(label=_("输入将公布的份数")),
        "problem": problem,
        "may_export": Permission.DOSSIER_EXPORT in staff.permissions,
        "rest_field": _ALL_THE_REST,
        "rest_reason": request.POST.get(_ALL_THE_REST, ""),
    }
    return render(request, "office/release.html", context, status=status)


def _blocker(dossier: Dossier, typed: dict[UUID, str]) -> dict[str, Any]:
    chip, state = blocker_state(dossier)
    named = dossier.late_reason or ""  # type: ignore[attr-defined]  # annotated
    return {
        "dossier": dossier,
        "chip": chip,
        "state": state,
        "site": pick(dossier.site.name_zh, dossier.site.name_en),
        "field": f"{_LATE}{dossier.pk}",
        "reason": typed.get(dossier.pk, named),
    }


@require_POST
@for_staff(Permission.RELEASE_PUBLISH)
def prepare(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """Name the late cases and attach what is decided; nothing becomes visible."""
    intake = staff_intake(request, intake_id, Permission.RELEASE_PUBLISH)
    typed, now = _typed(request), timezone.now()
    elsewhere = {pk: reason for pk, reason in queries.named_late(intake, now=now).items() if pk not in typed}
    named = {pk: reason for pk, reason in typed.items() if reason} | elsewhere
    late = named | _the_rest(request, intake, besides=named, now=now)
    try:
        releasing.prepare_release(intake=intake, staff=staff_member(request), late_cases=late)
    except Refusal as refusal:
        return _refused(request, intake, refusal, typed=typed | late)
    messages.success(request, _("本批已准备好，尚未公布。请核对后输入份数公布。"))
    given = request.GET.urlencode()
    address = reverse("office:release", args=[intake.pk])
    return redirect(f"{address}?{given}" if given else address)


def _typed(request: HttpRequest) -> dict[UUID, str]:
    """Reasons for the late cases of the page that was sent; lines left empty stay blockers."""
    typed = {}
    for name, value in request.POST.items():
        if name.startswith(_LATE):
            try:
                typed[UUID(name.removeprefix(_LATE))] = str(value).strip()
            except ValueError:
                raise Refusal("form_incomplete", field=name) from None
    return typed


def _the_rest(
    request: HttpRequest, intake: Intake, *, besides: dict[UUID, str], now: datetime
) -> dict[UUID, str]:
    """The one reason given for all blockers that got none of their own, listed on the page or not."""
    reason = request.POST.get(_ALL_THE_REST, "").strip()
    if not reason:
        return {}
    blockers = releasing.release_blockers(intake=intake, now=now)
    return {pk: reason for pk in blockers.values_list("pk", flat=True) if pk not in besides}


@require_POST
@for_staff(Permission.RELEASE_PUBLISH)
def publish(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """公布: from now on every candidate of the batch reads his result."""
    intake = staff_intake(request, intake_id, Permission.RELEASE_PUBLISH)
    form = CountForm(request.POST)
    if not form.is_valid():
        return _show(request, intake, problem=form.problem, status=422)
    batch = Release.objects.filter(intake=intake, published_at=None).first()
    if batch is None:
        return _refused(request, intake, Refusal("nothing_to_release"))
    try:
        published = releasing.publish_release(
            release=batch, staff=staff_member(request), counted=form.cleaned_data["counted"]
        )
    except Refusal as refusal:
        return _refused(request, intake, refusal)
    messages.success(request, _("第 %(batch)s 批结果已公布，考生将收到通知。") % {"batch": published.batch})
    return redirect("office:release", intake.pk)


def _refused(
    request: HttpRequest, intake: Intake, refusal: Refusal, *, typed: dict[UUID, str] | None = None
) -> HttpResponse:
    if refusal.code == "not_found":
        raise refusal
    return _show(request, intake, problem=sentence_of(refusal), status=status_of(refusal), typed=typed)

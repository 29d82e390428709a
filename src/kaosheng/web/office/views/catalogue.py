"""材料目录: the list, preparing a version, trying it, publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries import catalogues as queries
from kaosheng.casework.queries.intakes import catalogue_effect
from kaosheng.casework.services import catalogue_editing as editing
from kaosheng.casework.services.intakes import publish_catalogue
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue
from kaosheng.domain.roles import Permission
from kaosheng.pictures.sniff import browser_kind
from kaosheng.pictures.store import get_store
from kaosheng.regions.models import Intake
from kaosheng.registration.samples import SAMPLES
from kaosheng.registration.words import facts_in_words
from kaosheng.web.access import for_staff, staff_intake, staff_member
from kaosheng.web.image_answers import KEPT_BRIEFLY, image_answer
from kaosheng.web.office import catalogue_words as words
from kaosheng.web.office.setup_tabs import tabs_for
from kaosheng.web.reviewer.presenting import kind_name, pick
from kaosheng.web.ui.messages import sentence_of, status_of

PER_PAGE: Final = 50


def intake_of(request: HttpRequest, intake_id: int) -> Intake:
    """The intake whose catalogue he may edit. Raises Refusal `not_found`."""
    return staff_intake(request, intake_id, Permission.CATALOGUE_PUBLISH)


@require_safe
@for_staff(Permission.CATALOGUE_PUBLISH)
def catalogue(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Kinds in order with their rules; with a version in preparation they can be edited."""
    intake = intake_of(request, intake_id)
    desk = queries.desk_of(intake)
    context = {
        "intake": intake,
        "name": pick(intake.name_zh, intake.name_en),
        "tabs": tabs_for(intake, current="catalogue"),
        "desk": desk,
        "kinds": _kinds(desk.shown),
        "edited": queries.edited(desk) if desk.prepared else None,
    }
    return render(request, "office/catalogue.html", context)


def _kinds(shown: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "name": kind_name(kind),
            "requirement": pick(kind.requirement_zh, kind.requirement_en),
            "count": words.count_in_words(kind.minimum, kind.maximum),
            "rules": [
                words.rule_line(number, rule)
                for number, rule in enumerate(shown.rules)
                if rule.kind == kind.code
            ],
        }
        for kind in shown.kinds
    ]


@require_POST
@for_staff(Permission.CATALOGUE_PUBLISH)
def begin(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """开始修改: a copy of the published version, which nobody follows yet."""
    editing.begin(intake=intake_of(request, intake_id), staff=staff_member(request))
    return redirect("office:catalogue", intake_id)


@require_POST
@for_staff(Permission.CATALOGUE_PUBLISH)
def discard(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """放弃修改."""
    editing.discard(intake=intake_of(request, intake_id), staff=staff_member(request))
    messages.success(request, _("已放弃修改，已发布的目录不变。"))
    return redirect("office:catalogue", intake_id)


@require_POST
@for_staff(Permission.CATALOGUE_PUBLISH)
def move_kind(request: HttpRequest, intake_id: int, kind: str) -> HttpResponseBase:
    """上移, 下移."""
    editing.move_kind(
        intake=intake_of(request, intake_id),
        staff=staff_member(request),
        seen=request.POST.get("seen", ""),
        code=kind,
        by=1 if request.POST.get("to") == "down" else -1,
    )
    return redirect(f"{request.path.partition('kinds/')[0]}#kind-{kind}")


@require_POST
@for_staff(Permission.CATALOGUE_PUBLISH)
def remove_kind(request: HttpRequest, intake_id: int, kind: str) -> HttpResponseBase:
    """Take a kind and its rules out of the version in preparation."""
    editing.remove_kind(
        intake=intake_of(request, intake_id),
        staff=staff_member(request),
        seen=request.POST.get("seen", ""),
        code=kind,
    )
    messages.success(request, _("已从准备中的目录去掉。"))
    return redirect("office:catalogue", intake_id)


@require_POST
@for_staff(Permission.CATALOGUE_PUBLISH)
def remove_rule(request: HttpRequest, intake_id: int, number: int) -> HttpResponseBase:
    """Take a rule out of the version in preparation."""
    editing.remove_rule(
        intake=intake_of(request, intake_id),
        staff=staff_member(request),
        seen=request.POST.get("seen", ""),
        number=number,
    )
    messages.success(request, _("已从准备中的目录去掉。"))
    return redirect("office:catalogue", intake_id)


@require_safe
@for_staff(Permission.CATALOGUE_PUBLISH)
def sample(request: HttpRequest, intake_id: int, kind: str) -> HttpResponse:
    """The 示例 of a kind as the editor sees it."""
    found = queries.desk_of(intake_of(request, intake_id)).shown.kind(kind)
    if found is None or not found.sample:
        raise Refusal("not_found")
    data = get_store().read(found.sample)
    return image_answer(data, kind=browser_kind(data), name=f"sample-{kind}", cache=KEPT_BRIEFLY)


@require_safe
@for_staff(Permission.CATALOGUE_PUBLISH)
def trial(request: HttpRequest, intake_id: int) -> HttpResponse:
    """试算: the list of a sample or a real registration, and why; by the published and the prepared version."""
    intake, staff = intake_of(request, intake_id), staff_member(request)
    desk = queries.desk_of(intake)
    number = request.GET.get("number", "").strip()[:40]
    registration = queries.registration_to_try(intake, staff, number) if number else None
    chosen = next((one for one in SAMPLES if one.code == request.GET.get("sample")), None)
    facts = registration.facts if registration else chosen.facts if chosen else None
    lines = [] if facts is None else queries.try_on(desk, facts)
    context = {
        "intake": intake,
        "desk": desk,
        "samples": SAMPLES,
        "chosen": chosen if registration is None else None,
        "number": number,
        "registration": registration,
        "unknown": bool(number) and registration is None,
        "facts": facts_in_words(facts) if facts else [],
        "lines": [_tried(desk, line) for line in lines],
        "differing": sum(1 for line in lines if line.differs),
    }
    return render(request, "office/catalogue_trial.html", context)


def _tried(desk: queries.Desk, line: queries.Tried) -> dict[str, Any]:
    kind = desk.shown.kind(line.code) or desk.now.kind(line.code)
    return {
        "name": kind_name(kind) if kind else line.code,
        "now": words.item_line(line.now),
        "then": words.item_line(line.then),
        "differs": line.differs,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.CATALOGUE_PUBLISH)
def publish(request: HttpRequest, intake_id: int) -> HttpResponseBase:
    """核对并发布: what differs, which drafts change, how many submitted dossiers keep the old version."""
    intake = intake_of(request, intake_id)
    problem, status = "", 200
    desk = queries.desk_of(intake)
    if desk.prepared is None:
        raise Refusal("nothing_prepared")
    if request.method == "POST":
        try:
            version = publish_catalogue(
                version_id=desk.prepared.pk, staff=staff_member(request), seen=request.POST.get("seen", "")
            )
        except Refusal as refusal:
            problem, status = sentence_of(refusal), status_of(refusal)
        else:
            messages.success(request, _("材料目录第 %(number)s 版已发布。") % {"number": version.number})
            return redirect("office:catalogue", intake_id)
    effect = catalogue_effect(desk.prepared)
    context = {
        "intake": intake,
        "desk": desk,
        "effect": effect,
        "edited": _edited(desk),
        "now_asked": _named(desk, effect.now_asked),
        "no_longer": _named(desk, effect.no_longer_asked),
        "problem": problem,
        **_changed_drafts(request, effect.changed_drafts),
    }
    return render(request, "office/catalogue_publish.html", context, status=status)


def _changed_drafts(request: HttpRequest, ids: Sequence[UUID]) -> dict[str, Any]:
    """A page of the drafts that are asked for something else."""
    page = Paginator(ids, PER_PAGE).get_page(request.GET.get("page"))
    drafts = Dossier.objects.select_related("registration", "site").in_bulk(list(page.object_list))
    rows = [
        {"registration": draft.registration, "site": pick(draft.site.name_zh, draft.site.name_en)}
        for draft in (drafts[pk] for pk in page.object_list if pk in drafts)
    ]
    return {"page_of_rows": page, "changed_drafts": rows}


def _edited(desk: queries.Desk) -> list[tuple[str, list[str]]]:
    found = queries.edited(desk)
    parts = [
        (_("新增材料"), found.added),
        (_("去掉材料"), found.removed),
        (_("修改内容"), found.changed),
        (_("修改规则"), found.rules),
    ]
    shown = [(label, [_name(desk, code) for code in codes]) for label, codes in parts if codes]
    return [*shown, (_("顺序"), [_("有调整")])] if found.moved else shown


def _named(desk: queries.Desk, counts: Any) -> list[tuple[str, int]]:
    return [(_name(desk, code), count) for code, count in counts.items()]


def _name(desk: queries.Desk, code: str) -> str:
    kind = desk.shown.kind(code) or desk.now.kind(code)
    return f"{code} {kind_name(kind)}" if kind else code

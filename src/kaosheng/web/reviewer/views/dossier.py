"""The dossier page: three panes, plain links, plain forms."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.hands import loaded_ahead
from kaosheng.casework.queries.workbench import Workbench, workbench
from kaosheng.casework.services.actors import of_staff
from kaosheng.casework.services.handling import note_look
from kaosheng.casework.services.reviewing import take_loaded_ahead
from kaosheng.domain.dossier import ROWS
from kaosheng.domain.places import CHANGEABLE
from kaosheng.domain.roles import SITE_ROLES, Permission
from kaosheng.domain.states import Action, Verdict
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.reviewer.acts import acts
from kaosheng.web.reviewer.answers import by_script
from kaosheng.web.reviewer.panels import panels
from kaosheng.web.ui.components import FieldProblem

_OPENED_KEY: Final = "opened_dossier"
RESERVED_KEY: Final = "reserved_dossier"
"""The dossier loaded ahead: its pictures were listed when it was reserved, and may be fetched while it is."""


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def page(request: HttpRequest, dossier_id: Any) -> HttpResponse:
    """Open a dossier: one audit row that lists the pictures, whatever is clicked inside it afterwards."""
    dossier = staff_dossier(request, dossier_id)
    return show(request, dossier)


def show(request: HttpRequest, dossier: Dossier, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page, with a problem on top when an act was refused."""
    staff = staff_member(request)
    if _loaded_ahead(staff, dossier):
        take_loaded_ahead(dossier_id=dossier.pk, actor=of_staff(staff))
    look = note_look(dossier=dossier, staff=staff)
    bench = workbench(dossier, staff, now=timezone.now(), look=look)
    note_opening(request, staff, dossier, [str(entry.picture.pk) for entry in bench.pictures])
    context = bench_context(request, bench, problem=problem)
    template = "reviewer/parts/present.html" if by_script(request) else "reviewer/dossier.html"
    return render(request, template, context, status=status)


def bench_context(request: HttpRequest, bench: Workbench, *, problem: str = "") -> dict[str, Any]:
    """Everything the three panes show."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen = presenting.choose(bench, picture=asked.get("picture", ""), kind=asked.get("kind", ""))
    before, after = presenting.neighbours(bench, chosen)
    every_panel = panels(bench, chosen)
    return {
        **bar_context(bench),
        "chosen": chosen,
        "kinds": presenting.kind_rows(bench, chosen),
        "unneeded": presenting.unneeded(bench),
        "panels": every_panel,
        "panel": next((panel for panel in every_panel if panel.is_current), None),
        "box": presenting.box_of(chosen.picture.mark if chosen.picture else None),
        "manners": words.MANNERS.items(),
        "summary": presenting.summary_facts(bench),
        "facts": presenting.registration_facts(bench),
        "changes": presenting.change_rows(bench.changes),
        "history": presenting.history(bench),
        "recommendation": _recommendation(bench),
        "proposal": _proposal(bench),
        "previous_url": before,
        "next_url": after,
        "asks": asked.get("ask") == "1" or bool(problem),
        "problems": [FieldProblem(sentence=problem)] if problem else [],
    }


def bar_context(bench: Workbench) -> dict[str, Any]:
    """Who it is, in whose hands, and the buttons."""
    chip, state = presenting.state_of(bench)
    extendable = (bench.facts.phase, Action.EXTEND) in ROWS
    return {
        "bench": bench,
        "dossier": bench.dossier,
        "registration": bench.dossier.registration,
        "chip": chip,
        "state": state,
        "lease": presenting.lease_line(bench),
        "acts": acts(bench),
        "may_request": bench.may(Permission.EXTENSION_REQUEST) and extendable,
        "may_export": bench.may(Permission.DOSSIER_EXPORT),
        "may_upload": bench.may(Permission.COUNTER_UPLOAD) and bench.dossier.state in CHANGEABLE,
        "deadline": bench.case.deadline if extendable else None,
    }


def _recommendation(bench: Workbench) -> dict[str, Any] | None:
    step = bench.recommendation
    if step is None:
        return None
    verdict = Verdict(step.verdict)
    return {
        "words": words.RECOMMENDED[verdict],
        "by": step.actor.name if step.actor else "",
        "at": step.at,
        "reason": step.reason,
        "failed": verdict is Verdict.FAIL,
    }


def _proposal(bench: Workbench) -> dict[str, Any] | None:
    if bench.proposal is None:
        return None
    verdict = Verdict(bench.proposal.verdict)
    return {
        "words": words.PROPOSALS[verdict],
        "by": bench.proposal.by.name,
        "at": bench.proposal.at,
        "opinion": bench.proposal.opinion,
        "failed": verdict is Verdict.FAIL,
    }


def note_opening(request: HttpRequest, staff: Staff, dossier: Dossier, pictures: list[str]) -> None:
    """One DOSSIER_VIEWED row for an opening; moving about inside the same pictures makes no second one."""
    digest = hashlib.sha256("".join(sorted(pictures)).encode()).hexdigest()[:16]
    opening = [str(dossier.pk), digest]
    if request.session.get(_OPENED_KEY) == opening and (
        request.GET.get("picture") or request.GET.get("kind") or by_script(request)
    ):
        return
    if request.method != "POST":
        record_opening(request, staff, dossier, pictures)


def record_opening(request: HttpRequest, staff: Staff, dossier: Dossier, pictures: list[str]) -> None:
    """The row itself; from now on this dossier is the opened one."""
    digest = hashlib.sha256("".join(sorted(pictures)).encode()).hexdigest()[:16]
    with transaction.atomic():
        record(
            AuditName.DOSSIER_VIEWED,
            by=By("staff", staff.id),
            about=("dossier", str(dossier.pk)),
            area=dossier.intake.area.code,
            site=dossier.site.code,
            pictures=pictures,
            house=house_of(staff, dossier),
        )
    request.session[_OPENED_KEY] = [str(dossier.pk), digest]
    if request.session.get(RESERVED_KEY) == str(dossier.pk):
        del request.session[RESERVED_KEY]


def house_of(staff: Staff, dossier: Dossier) -> str:
    """Whether somebody looks as the 考点 or as the 考区: candidates may know of them at different times."""
    roles = staff.roles_for(area_id=dossier.intake.area_id, site_id=dossier.site_id)
    return "site" if roles and roles <= SITE_ROLES else "area"


def note_single(request: HttpRequest, dossier: Dossier, picture_id: str) -> None:
    """A picture opened by its address alone, without the page, is an opening of its own."""
    staff = staff_member(request)
    if request.session.get(RESERVED_KEY) == str(dossier.pk):
        if _loaded_ahead(staff, dossier):
            return
        del request.session[RESERVED_KEY]
    opened = request.session.get(_OPENED_KEY)
    if not opened or opened[0] != str(dossier.pk):
        note_opening(request, staff, dossier, [picture_id])


def _loaded_ahead(staff: Staff, dossier: Dossier) -> bool:
    return loaded_ahead(staff.user, now=timezone.now()).filter(dossier=dossier).exists()

"""考生看到的: an intake as the candidate page's own code shows it, to a real candidate of it or an invented one."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kaosheng.casework.queries.candidate import CandidateView
from kaosheng.casework.queries.catalogues import Desk, desk_of
from kaosheng.casework.queries.preview import (
    Example,
    first_site,
    views_of_candidates,
    views_of_example,
)
from kaosheng.domain.visibility import VisibleState
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.samples import SAMPLES, Sample
from kaosheng.web.candidate.cards import groups
from kaosheng.web.candidate.frame import said
from kaosheng.web.candidate.panel import status_panel

LANGUAGES: Final = (("zh-hans", "中文"), ("en", "English"))
REAL: Final = "real"
"""Stands for the candidates the intake has, where a sample's code would."""


def preview_context(request: HttpRequest, intake: Intake, *, wanted: str) -> dict[str, Any]:
    """What the page shows of `intake`, saved or not; `wanted` is the code of a sample, or `REAL`."""
    desk = desk_of(intake)
    chosen = next((one for one in SAMPLES if one.code == wanted), None)
    real = views_of_candidates(intake, now=timezone.now()) if desk.published else []
    if chosen is None and (wanted != REAL or not real):
        chosen = SAMPLES[0]
    views = real if chosen is None else _invented(intake, desk, chosen)
    site = views[0].dossier.site if views else first_site(intake)
    return {
        "desk": desk,
        "samples": SAMPLES,
        "chosen": chosen,
        "real": REAL if real else "",
        "shown": [(code, label, _in(code, request, intake, site, views)) for code, label in LANGUAGES],
    }


def _invented(intake: Intake, desk: Desk, sample: Sample) -> list[CandidateView]:
    """The page of a sample in each state; none without a catalogue, as candidates see none."""
    if desk.for_candidates is None:
        return []
    example = Example(site=first_site(intake), facts=sample.facts, catalogue=desk.for_candidates)
    return views_of_example(intake, example, now=timezone.now())


def _in(
    language: str, request: HttpRequest, intake: Intake, site: ExamSite, views: list[CandidateView]
) -> str:
    """Panels, list of materials, notes and declaration in one language."""
    draft = next((view for view in views if view.visible.state is VisibleState.DRAFT), None)
    with translation.override(language):
        notes = [
            (said(intake.area, "name"), said(intake, "notes")),
            (said(site, "name"), said(site, "notes")),
        ]
        context = {
            "panels": [status_panel(view) for view in views],
            "groups": groups(draft) if draft else [],
            "notes": [(name, text) for name, text in notes if text],
            "commitment": said(intake, "commitment"),
        }
        return render_to_string("office/parts/candidate_preview.html", context, request)

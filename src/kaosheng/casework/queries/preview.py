"""What candidates of an intake see, before there is one: the page of an invented registration, stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kaosheng.casework.models import Dossier, Step
from kaosheng.casework.queries.candidate import CandidateView, candidate_view, view_of
from kaosheng.casework.queries.candidate_rows import rows_of_nobody
from kaosheng.casework.queries.settings import somebody_at
from kaosheng.domain.materials import Catalogue
from kaosheng.domain.states import Action, State, Verdict
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.models import Registration

_SHOWN: Final = (State.DRAFT, State.AT_SITE, State.AT_AREA)
_NUMBER: Final = "00000000"


@dataclass(frozen=True, slots=True)
class Example:
    """An invented registration, the 考点 it would belong to, and the catalogue it would go by."""

    site: ExamSite
    facts: Mapping[str, Any]
    catalogue: Catalogue


def first_site(intake: Intake) -> ExamSite:
    """The 考点 an invented candidate belongs to; one without words while the 考区 has none."""
    found = ExamSite.objects.filter(area=intake.area_id).order_by("code").first()
    return found or ExamSite(area=intake.area)


def views_of_candidates(intake: Intake, *, now: datetime) -> list[CandidateView]:
    """The page of a real candidate in each state somebody is in, with the settings as `intake` has them."""
    views = []
    for state in _SHOWN:
        dossier = somebody_at(intake, state)
        if dossier is not None:
            dossier.intake = intake
            views.append(candidate_view(dossier, now=now))
    return views


def views_of_example(intake: Intake, example: Example, *, now: datetime) -> list[CandidateView]:
    """The same of an invented one: not submitted, submitted, and sent on by its 考点 where there are two stages."""
    states = (State.DRAFT, State.AT_AREA) if intake.has_one_stage else _SHOWN
    return [_view(intake, example, state, now=now) for state in states]


def _view(intake: Intake, example: Example, state: State, *, now: datetime) -> CandidateView:
    site = example.site
    registration = Registration(number=_NUMBER, intake=intake, site=site, facts=dict(example.facts))
    dossier = Dossier(registration=registration, intake=intake, site=site, state=state, created_at=now)
    way = {"at": now, "site_code": site.code}
    steps = []
    if state is not State.DRAFT:
        steps.append(Step(revision=1, action=Action.SUBMIT, state=State.AT_SITE, **way))
    if state is State.AT_AREA and not intake.has_one_stage:
        steps.append(Step(revision=2, action=Action.FORWARD, state=state, verdict=Verdict.PASS, **way))
    return view_of(rows_of_nobody(dossier, catalogue=example.catalogue, steps=steps, now=now))

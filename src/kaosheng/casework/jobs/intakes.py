"""Telling drafts what the 考区 changed for all of them: chunk by chunk, each job queueing the next."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.intakes import catalogue_before
from kaosheng.casework.words import deadline_words
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import load_catalogue
from kaosheng.domain import materials
from kaosheng.domain.materials import Catalogue
from kaosheng.domain.states import Action, State
from kaosheng.regions.models import Intake

CHUNK: Final = 500
_RETRY: Final = RetryStrategy(max_attempts=10, wait=30)


@app.task(queue="release", retry=_RETRY)
def announce_catalogue(*, version_id: int, after: str = "") -> None:
    """Tell the drafts whose checklist a published version changed; a repetition tells nobody twice."""
    version = CatalogueVersion.objects.get(pk=version_id)
    old, new = catalogue_before(version), load_catalogue(version_id)
    if not old.kinds or version.published_at is None:
        return
    drafts = Dossier.objects.filter(
        intake=version.intake_id, state=State.DRAFT, created_at__lt=version.published_at
    )
    rows = list(_chunk(drafts, after).values_list("pk", "registration__facts"))
    for dossier_id, facts in rows:
        if _changes(old, new, facts):
            _tell_catalogue(dossier_id, old, new, occasion=f"catalogue:{version_id}")
    if len(rows) == CHUNK:
        announce_catalogue.defer(version_id=version_id, after=str(rows[-1][0]))


def _chunk(dossiers: QuerySet[Dossier], after: str) -> QuerySet[Dossier]:
    return (dossiers.filter(pk__gt=after) if after else dossiers).order_by("pk")[:CHUNK]


def _changes(old: Catalogue, new: Catalogue, facts: materials.Facts) -> bool:
    return not materials.asks_the_same(materials.checklist(old, facts), materials.checklist(new, facts))


def _tell_catalogue(dossier_id: UUID, old: Catalogue, new: Catalogue, *, occasion: str) -> None:
    from kaosheng.casework.services.announcing import tell_candidate  # noqa: PLC0415 - services queue these jobs
    from kaosheng.casework.services.write_path import open_case  # noqa: PLC0415 - services queue these jobs

    with open_case(dossier_id) as case:
        if case.dossier.state == State.DRAFT and _changes(old, new, case.registration.facts):
            tell_candidate(case, "catalogue_changed", occasion=occasion)


@app.task(queue="release", retry=_RETRY)
def announce_window(*, intake_id: int, before: str, closes_at: str, changed_at: str, after: str = "") -> None:
    """Wake what had lapsed and tell everybody who still has to submit that the end of the window moved.

    An end that was moved again meanwhile is told by its own job only.
    """
    end = datetime.fromisoformat(closes_at)
    if Intake.objects.get(pk=intake_id).closes_at != end:
        return
    waiting = Dossier.objects.filter(
        intake=intake_id, state__in=[State.DRAFT, State.LAPSED], deadline=None, created_at__lt=changed_at
    )
    ids = list(_chunk(waiting, after).values_list("pk", flat=True))
    template = "deadline_extended" if end > datetime.fromisoformat(before) else "deadline_earlier"
    for dossier_id in ids:
        _wake_and_tell(dossier_id, template, occasion=f"window:{changed_at}")
    if len(ids) == CHUNK:
        announce_window.defer(
            intake_id=intake_id, before=before, closes_at=closes_at, changed_at=changed_at, after=str(ids[-1])
        )


def _wake_and_tell(dossier_id: UUID, template: str, *, occasion: str) -> None:
    from kaosheng.casework.services.actors import CLOCK  # noqa: PLC0415 - services queue these jobs
    from kaosheng.casework.services.announcing import reads_english, tell_candidate  # noqa: PLC0415 - services queue these jobs
    from kaosheng.casework.services.write_path import open_case  # noqa: PLC0415 - services queue these jobs

    with open_case(dossier_id) as case:
        if case.dossier.state == State.LAPSED and case.in_time:
            case.step(Action.WINDOW_EXTENDED, CLOCK)
        if case.dossier.state == State.DRAFT and case.dossier.deadline is None:
            words = deadline_words(case.deadline, english=reads_english(case))
            tell_candidate(case, template, occasion=occasion, deadline=words)

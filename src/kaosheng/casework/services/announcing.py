"""Telling the outside: status reports when the visible state changed, and messages to the candidate."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kaosheng.casework.jobs.status import push_status
from kaosheng.casework.models import Dossier, StatusPush
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.services.addressing import language_of, letters_to
from kaosheng.casework.words import state_in_both
from kaosheng.domain.states import State
from kaosheng.domain.visibility import Visible, VisibleState
from kaosheng.notices.services import post

if TYPE_CHECKING:
    from kaosheng.casework.services.case import Case


def announce_visible_change(case: Case) -> None:
    """Queue a status report if, and only if, what the candidate may know differs from the last report.

    Hidden steps make none, so that neither content nor timing of a report tells of them.
    """
    last = StatusPush.objects.filter(dossier=case.dossier).order_by("-serial").first()
    report = next_report(case.dossier, visible_now(case.dossier, now=case.now), last, now=case.now)
    if report is not None:
        report.save()
        push_status.defer(push_id=report.pk)


def next_report(
    dossier: Dossier, visible: Visible, last: StatusPush | None, *, now: datetime
) -> StatusPush | None:
    """The report that must follow the last one, not saved yet; None when it would say the same."""
    words = state_in_both(visible)
    if last is None and visible.state is VisibleState.DRAFT:
        return None
    corrected_at = visible.published.corrected_at if visible.published else None
    shown = (visible.state.value, words.zh, corrected_at)
    if last is not None and (last.status, last.text_zh, last.corrected_at) == shown:
        return None
    return StatusPush(
        dossier=dossier,
        serial=last.serial + 1 if last else 1,
        status=visible.state.value,
        text_zh=words.zh,
        text_en=words.en,
        corrected_at=corrected_at,
        created_at=now,
    )


def tell_candidate(case: Case, template: str, *, occasion: str = "", **variables: str) -> None:
    """Queue a message to the candidate of this dossier, once an occasion (by default: this revision)."""
    deadline = case.deadline if case.dossier.state in {State.DRAFT, State.RETURNED} else None
    post(
        letters_to(
            [case.dossier],
            template,
            occasion=occasion or str(case.dossier.revision),
            variables=lambda _dossier, _english: variables,
            deadline=lambda _dossier: deadline,
        ),
        now=case.now,
    )


def reads_english(case: Case) -> bool:
    """Whether messages to this candidate are in English."""
    return language_of(case.registration).startswith("en")

"""Telling the outside: status reports when the visible state changed, and messages to the candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaosheng.casework.jobs.status import push_status
from kaosheng.casework.models import StatusPush
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.words import state_in_both
from kaosheng.domain.visibility import VisibleState
from kaosheng.notices.services import queue_notice

if TYPE_CHECKING:
    from kaosheng.casework.services.case import Case


def announce_visible_change(case: Case) -> None:
    """Queue a status report if, and only if, what the candidate may know differs from the last report.

    Hidden steps make none, so that neither content nor timing of a report tells of them.
    """
    visible = visible_now(case.dossier, now=case.now)
    words = state_in_both(visible)
    last = StatusPush.objects.filter(dossier=case.dossier).order_by("-serial").first()
    if last is None and visible.state is VisibleState.DRAFT:
        return
    if last is not None and (last.status, last.text_zh) == (visible.state.value, words.zh):
        return
    report = StatusPush.objects.create(
        dossier=case.dossier,
        serial=last.serial + 1 if last else 1,
        status=visible.state.value,
        text_zh=words.zh,
        text_en=words.en,
        created_at=case.now,
    )
    push_status.defer(push_id=report.pk)


def tell_candidate(case: Case, template: str, *, occasion: str = "", **variables: str) -> None:
    """Queue a message to the candidate of this dossier, once an occasion (by default: this revision)."""
    candidate = case.registration.candidate
    queue_notice(
        template=template,
        recipient=case.registration.phone,
        language=candidate.language if candidate else "zh-hans",
        about=f"dossier:{case.dossier.pk}",
        area=case.intake.area.code,
        dedup=occasion or str(case.dossier.revision),
        variables=variables,
    )


def reads_english(case: Case) -> bool:
    """Whether messages to this candidate are in English; somebody who never logged in gets Chinese."""
    candidate = case.registration.candidate
    return candidate is not None and candidate.language.startswith("en")

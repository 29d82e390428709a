"""The 经过 of a dossier as its candidate may read it: visible things only, newest first (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kaosheng.casework.queries.candidate_rows import CandidateRows
from kaosheng.casework.queries.visible import forwards_of
from kaosheng.domain.states import Action, State
from kaosheng.domain.visibility import Closing, Visible, was_passed_at


class Event(StrEnum):
    """What the 经过 may tell; hidden steps have no name here."""

    RECEIVED = "registration_received"
    SUBMITTED = "submitted"
    RESUBMITTED = "resubmitted"
    RETURNED = "returned"
    TAKEN_IN = "taken_in"
    OVERDUE = "overdue"
    IN_REVIEW = "in_review"
    SITE_PASSED = "site_passed"
    RELEASED = "released"
    CORRECTED = "corrected"
    RECHECK_ASKED = "recheck_asked"
    RECHECK_ANSWERED = "recheck_answered"
    LAPSED = "lapsed"
    EXTENDED = "extended"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RESTORED = "restored"


_TOLD: Final[dict[str, Event]] = {
    Action.OVERDUE: Event.OVERDUE,
    Action.RETURN: Event.RETURNED,
    Action.LAPSE: Event.LAPSED,
    Action.EXTEND: Event.EXTENDED,
    Action.WINDOW_EXTENDED: Event.EXTENDED,
    Action.REGISTRATION_CHANGED: Event.CHANGED,
    Action.REGISTRATION_CANCELLED: Event.CANCELLED,
    Action.REGISTRATION_RESTORED: Event.RESTORED,
}
"""Steps that are told as they happen. 提交 and 上报 have rules of their own; every other step is hidden."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the 经过; `count` are the places a return asked for."""

    event: Event
    at: datetime
    count: int = 0
    submission: int | None = None


def what_is_told(rows: CandidateRows, visible: Visible) -> tuple[Told, ...]:
    """The lines of the 经过, newest first."""
    told = [Told(Event.RECEIVED, rows.case.dossier.created_at)]
    asked = {entry.pk: 0 for entry in rows.returns}
    for place in rows.asked:
        asked[place.returned_id] += 1
    counts = {entry.revision: asked[entry.pk] for entry in rows.returns}
    submitted = 0
    for step in rows.steps:
        if step.action == Action.RECEIVE and step.state == State.RETURNED:
            told.append(Told(Event.TAKEN_IN, step.at))
        elif step.action in {Action.SUBMIT, Action.RECEIVE}:
            submitted += 1
            resubmitted = Event.TAKEN_IN if step.action == Action.RECEIVE else Event.RESUBMITTED
            event = Event.SUBMITTED if submitted == 1 else resubmitted
            told.append(Told(event, step.at, submission=submitted))
        elif step.action in _TOLD:
            told.append(Told(_TOLD[step.action], step.at, count=counts.get(step.revision, 0)))
    told += _reached(rows, visible)
    return tuple(sorted(told, key=lambda entry: entry.at, reverse=True))


def _reached(rows: CandidateRows, visible: Visible) -> Iterator[Told]:
    """Stages that became visible: the first 上报, the first closing that showed 考点通过, the release."""
    forwards = forwards_of(rows.steps)
    if forwards:
        yield Told(Event.IN_REVIEW, forwards[0].at)
    shown = next((closing for closing in rows.closings if _shows(closing, rows)), None)
    if shown is not None:
        yield Told(Event.SITE_PASSED, shown.at)
    if visible.published is not None:
        yield Told(Event.RELEASED, visible.published.published_at)
        if visible.published.corrected_at is not None:
            yield Told(Event.CORRECTED, visible.published.corrected_at)
    if visible.recheck is not None:
        yield Told(Event.RECHECK_ASKED, visible.recheck.asked_at)
        if visible.recheck.answered_at is not None:
            yield Told(Event.RECHECK_ANSWERED, visible.recheck.answered_at)


def _shows(closing: Closing, rows: CandidateRows) -> bool:
    return closing.at <= rows.case.now and was_passed_at(closing, forwards_of(rows.steps))

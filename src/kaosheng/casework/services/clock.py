"""What time alone does: drafts lapse, unanswered returns go back, a moved window wakes lapsed drafts, promises come due."""

from __future__ import annotations

from uuid import UUID

from kaosheng.casework.models import Dossier
from kaosheng.casework.services.actors import CLOCK
from kaosheng.casework.services.announcing import tell_candidate
from kaosheng.casework.services.lining import place_in_line
from kaosheng.casework.services.submitting import set_unsent_aside
from kaosheng.casework.services.write_path import open_case
from kaosheng.domain.states import Action


def lapse(*, dossier_id: UUID) -> Dossier:
    """逾期未提交. Only a draft lapses. Raises Refusal when it isn't time."""
    with open_case(dossier_id) as case:
        case.step(Action.LAPSE, CLOCK)
        case.dossier.deadline = None
        return case.dossier


def wake(*, dossier_id: UUID) -> Dossier:
    """The intake's window was moved on: a lapsed dossier is a draft again. Raises Refusal otherwise."""
    with open_case(dossier_id) as case:
        case.step(Action.WINDOW_EXTENDED, CLOCK)
        return case.dossier


def overdue(*, dossier_id: UUID) -> Dossier:
    """逾期未补充: back to the stage that returned it, as last submitted; a person decides.

    Replacements that were not sent are set aside, deleted submitted pictures stand in their places again.
    """
    with open_case(dossier_id) as case:
        set_unsent_aside(case)
        case.step(Action.OVERDUE, CLOCK)
        tell_candidate(case, "supplement_overdue")
        return case.dossier


def line_up_anew(*, dossier_id: UUID) -> Dossier:
    """The date of a promise has come, or advice: the dossier moves in its line. Raises Refusal `not_found`."""
    with open_case(dossier_id) as case:
        place_in_line(case)
        case.dossier.save(update_fields=["line", "priority"])
        return case.dossier

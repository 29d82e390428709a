"""At the counter and by telephone: receiving what was asked for elsewhere, and more time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import AskedPlace, Dossier, ExtensionRequest
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.announcing import reads_english, tell_candidate
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.submitting import freeze, set_unsent_aside
from kaosheng.casework.services.write_path import open_as_seen, open_case
from kaosheng.casework.words import deadline_words
from kaosheng.domain.dossier import ROWS, require_reach
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.reasons import short_reason
from kaosheng.domain.roles import Permission, permissions_of
from kaosheng.domain.states import Action, State


def receive(*, dossier_id: UUID, actor: Actor, seen_revision: int, reason: str) -> Dossier:
    """现场收到: what was asked for 现场提交 or 电话联系 is there; the dossier goes on. Raises Refusal.

    While something is asked of the candidate online, it stays with him, and what was received isn't asked any more.
    Otherwise what stands is frozen like a submission, without the candidate's declaration: so his own unsent
    replacements are set aside, and only what staff put there counts as new.
    """
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        elsewhere = [row.pk for row in case.still_asked if row.manner != Manner.ONLINE]
        outcome = case.step(Action.RECEIVE, actor, reason=reason.strip())
        AskedPlace.objects.filter(pk__in=elsewhere).update(received_at=case.now)
        if outcome.state is not State.RETURNED:
            set_unsent_aside(case, keep_counter_pictures=True)
            freeze(case, commitment="")
        return case.dossier


def request_extension(*, dossier_id: UUID, actor: Actor, until: datetime, reason: str) -> ExtensionRequest:
    """An 考点 manager asks the 考区 for more time for one dossier. Raises Refusal."""
    with open_case(dossier_id) as case:
        roles = case.roles_of(actor)
        require_reach(case.phase, roles)
        if Permission.EXTENSION_REQUEST not in permissions_of(roles):
            raise Refusal("not_your_role", action="extend")
        _require_extendable(case, until)
        why = short_reason(reason)
        if case.dossier.extension_requests.filter(answered_at=None).exists():
            raise Refusal("extension_asked_already")
        case.record(AuditName.EXTENSION_REQUESTED, actor, until=until.isoformat())
        return ExtensionRequest.objects.create(
            dossier=case.dossier,
            until=until,
            reason=why,
            requested_by=actor.person,
            requested_at=case.now,
        )


def extend(*, dossier_id: UUID, actor: Actor, seen_revision: int, until: datetime, reason: str) -> Dossier:
    """延期: a deadline of its own for one dossier; a lapsed one is a draft again. Answers an open request."""
    with open_as_seen(dossier_id, actor=actor, seen_revision=seen_revision) as case:
        _require_extendable(case, until)
        case.step(Action.EXTEND, actor, reason=reason.strip())
        case.dossier.deadline = until
        case.dossier.extension_requests.filter(answered_at=None).update(
            answered_at=case.now, answered_by=actor.user, granted=True
        )
        words = deadline_words(until, english=reads_english(case))
        tell_candidate(case, "deadline_extended", deadline=words)
        return case.dossier


def refuse_extension(*, dossier_id: UUID, actor: Actor) -> None:
    """不同意延期. Raises Refusal."""
    with open_case(dossier_id) as case:
        if Permission.EXTENSION_GRANT not in permissions_of(case.roles_of(actor)):
            raise Refusal("not_your_role", action="extend")
        answered = case.dossier.extension_requests.filter(answered_at=None).update(
            answered_at=case.now, answered_by=actor.user, granted=False
        )
        if answered:
            case.record(AuditName.EXTENSION_REFUSED, actor)


def _require_extendable(case: Case, until: datetime) -> None:
    if (case.phase, Action.EXTEND) not in ROWS:
        raise Refusal("action_not_possible", phase=case.phase.value, action=Action.EXTEND.value)
    if until <= case.now or until <= case.deadline:
        raise Refusal("deadline_not_later", until=until, deadline=case.deadline)

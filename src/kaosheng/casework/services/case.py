"""The step that changes a locked dossier, and what ends with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from kaosheng.accounts.models import User
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import record
from kaosheng.casework.models import Dossier, Lease, Proposal, Step
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.advice_log import log_outcomes
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.casework.services.facts import facts_of
from kaosheng.domain.dossier import Outcome, Request, decide
from kaosheng.domain.states import Action, Verdict

LEASE_FOR: Final = timedelta(minutes=15)
"""So long a dossier stays in the hands of whoever took it and does nothing."""


class Case(DossierAround):
    """A locked dossier that can be changed; `has_stepped` tells the write path whether it was."""

    def __init__(self, dossier: Dossier, *, arrived_at: datetime, now: datetime) -> None:
        """Wrap a dossier that is already locked."""
        super().__init__(dossier, arrived_at=arrived_at, now=now)
        self.has_stepped = False

    def step(
        self,
        action: Action,
        actor: Actor,
        *,
        reason: str = "",
        verdict: Verdict | None = None,
        places_asked: int = 0,
        waiver: str = "",
    ) -> Outcome:
        """Decide and, if allowed, change the dossier: state, revision, Step, audit row, and what ends with it."""
        request = Request(
            actor=str(actor.user.pk) if actor.user else "",
            roles=self.roles_of(actor),
            holds_lease=self.holds_lease(actor),
            reason=reason,
            verdict=verdict,
            places=places_asked,
            waiver=waiver,
        )
        outcome = decide(facts_of(self), action, request)
        self.has_stepped = True
        self._store(outcome)
        self._end_what_ends(action, actor, outcome)
        self._write_down(action, actor, outcome, verdict=verdict, reason=reason)
        return outcome

    def _write_down(
        self, action: Action, actor: Actor, outcome: Outcome, *, verdict: Verdict | None, reason: str
    ) -> None:
        """What was done, for the history of the dossier and for the trail."""
        revision = self.dossier.revision
        Step.objects.create(
            dossier=self.dossier,
            revision=revision,
            action=action,
            state=outcome.state,
            at=self.now,
            actor_kind=actor.by.kind,
            actor=actor.user,
            verdict=verdict or "",
            site_code=self.dossier.site.code,
            reason=reason,
        )
        self.record(
            AuditName.DOSSIER_STEP, actor, action=action.value, state=outcome.state.value, revision=revision
        )

    def _store(self, outcome: Outcome) -> None:
        if self.dossier.state != outcome.state:
            self.dossier.state_since = self.now
        self.dossier.state = outcome.state
        self.dossier.revision += 1

    def _end_what_ends(self, action: Action, actor: Actor, outcome: Outcome) -> None:
        if outcome.freezes_marks:
            log_outcomes(self)
            self.dossier.marks.filter(frozen_at=None).update(frozen_at=self.now, sent=action is Action.RETURN)
        if outcome.voids_proposal and self.proposal is not None:
            end = {
                Action.REJECT_PROPOSAL: Proposal.Outcome.REJECTED,
                Action.WITHDRAW_PROPOSAL: Proposal.Outcome.WITHDRAWN,
            }.get(action, Proposal.Outcome.VOID)
            Proposal.objects.filter(pk=self.proposal.pk).update(
                outcome=end, answered_by=actor.user, answered_at=self.now
            )
            self.__dict__.pop("proposal", None)
        if outcome.drops_lease:
            self.drop_lease()
        if action is not Action.REGISTRATION_CHANGED:
            self.dossier.holds.filter(ended_at=None).update(ended_at=self.now)

    def put_in_hands_of(self, person: User) -> Lease:
        """It is this person's for `LEASE_FOR` from now on, and not only loaded ahead, whoever had it before."""
        self.lease, _created = Lease.objects.update_or_create(
            dossier=self.dossier,
            defaults={"holder": person, "until": self.now + LEASE_FOR, "reserved": False},
        )
        return self.lease

    def drop_lease(self) -> None:
        """Free the dossier for the next pair of hands."""
        Lease.objects.filter(dossier=self.dossier).delete()
        self.__dict__.pop("lease", None)

    def record(self, name: AuditName, actor: Actor, **details: object) -> None:
        """One audit row about this dossier."""
        record(
            name,
            by=actor.by,
            about=("dossier", str(self.dossier.pk)),
            area=self.intake.area.code,
            site=self.dossier.site.code,
            **details,
        )

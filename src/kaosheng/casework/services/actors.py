"""Who asks for something, and which roles reach a dossier."""

from __future__ import annotations

from dataclasses import dataclass

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.audit.recording import By
from kaosheng.casework.models import Dossier, Handover
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role
from kaosheng.registration.models import Candidate


@dataclass(frozen=True, slots=True)
class Actor:
    """One of: a candidate, a staff member, the clock, the gateway, the device of a handover.

    A handover reaches no dossier as a whole: only adding and deleting pictures ask for it.
    """

    by: By
    candidate: Candidate | None = None
    staff: Staff | None = None
    machine: Role | None = None
    handover: Handover | None = None

    @property
    def user(self) -> User | None:
        """The staff account, if one acts."""
        return self.staff.user if self.staff else None

    @property
    def person(self) -> User:
        """The staff account that answers for the act. Raises Refusal `not_your_role` when none acts."""
        if self.staff is None:
            raise Refusal("not_your_role", action="")
        return self.staff.user

    def roles_for(self, dossier: Dossier) -> frozenset[Role]:
        """The roles that reach this dossier, asked after its lock was taken; empty for a stranger."""
        if self.machine is not None:
            return frozenset({self.machine})
        if self.candidate is not None:
            owns = dossier.registration.candidate_id == self.candidate.pk
            return frozenset({Role.CANDIDATE}) if owns else frozenset()
        if self.staff is not None:
            return self.staff.roles_for(area_id=dossier.intake.area_id, site_id=dossier.site_id)
        return frozenset()


def of_candidate(candidate: Candidate) -> Actor:
    """A candidate acting for himself."""
    return Actor(by=By("candidate", str(candidate.pk)), candidate=candidate)


def of_staff(staff: Staff) -> Actor:
    """A staff member with his grants."""
    return Actor(by=By("staff", staff.id), staff=staff)


def of_handover(handover: Handover) -> Actor:
    """The device a candidate handed one kind over to."""
    return Actor(by=By("handover", str(handover.pk)), handover=handover)


CLOCK = Actor(by=By("clock", "clock"), machine=Role.CLOCK)
GATEWAY = Actor(by=By("gateway", "registration"), machine=Role.GATEWAY)

"""Dossiers that are only looked at, many at once: what the rules read of them is asked for once a page, not once a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from django.db.models import prefetch_related_objects

from kaosheng.casework.models import (
    AskedPlace,
    Correction,
    Decision,
    Dossier,
    Lease,
    Mark,
    Proposal,
    Return,
    Step,
)
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.domain.states import Action

_AROUND: Final = (
    "lease", "holds", "marks", "pictures", "promises", "explanations", "returns__asked", "proposals", "decisions",
    "corrections", "steps", "registration__declared_conflicts",
)  # fmt: skip


class SurveyedDossier(DossierAround):
    """Everything comes from the rows of the page; nothing is locked, and nothing may be changed by it."""

    @cached_property
    def lease(self) -> Lease | None:
        """The lease that still runs."""
        lease: Lease | None = getattr(self.dossier, "lease", None)
        return lease if lease is not None and lease.until > self.now else None

    @cached_property
    def proposal(self) -> Proposal | None:
        """The pending proposal."""
        pending = (row for row in self.dossier.proposals.all() if row.outcome == Proposal.Outcome.PENDING)
        return next(pending, None)

    @cached_property
    def decision(self) -> Decision | None:
        """The decision in force."""
        return next((row for row in self.dossier.decisions.all() if row.voided_at is None), None)

    @cached_property
    def correction(self) -> Correction | None:
        """The correction that waits for its second person."""
        rows = self.dossier.corrections.all()
        return next((row for row in rows if row.confirmed_at is None and row.replaced_at is None), None)

    @cached_property
    def returned(self) -> Return | None:
        """The newest return."""
        return max(self.dossier.returns.all(), key=lambda row: row.revision, default=None)

    @cached_property
    def asked_rows(self) -> list[AskedPlace]:
        """Places the newest return still asks for."""
        return [row for row in self.returned.asked.all() if row.dropped_at is None] if self.returned else []

    @cached_property
    def in_conflict(self) -> frozenset[int]:
        """The staff members who declared a conflict of interest."""
        rows = self.registration.declared_conflicts.all()
        return frozenset(row.by_id for row in rows if row.withdrawn_at is None)

    def stage_marks(self) -> list[Mark]:
        """The notes of the present stage."""
        return [row for row in self.dossier.marks.all() if row.stage == self.stage]

    @property
    def is_held(self) -> bool:
        """Whether it is on hold."""
        return any(row.ended_at is None for row in self.dossier.holds.all())

    @property
    def brought_here(self) -> Step | None:
        """The step that brought it to where it lies."""
        rows = (row for row in self.dossier.steps.all() if row.action != Action.REGISTRATION_CHANGED)
        return max(rows, key=lambda row: row.revision, default=None)


def survey(dossiers: Sequence[Dossier], *, now: datetime) -> list[SurveyedDossier]:
    """The dossiers of a page with what stands around them; as many statements for one as for hundreds."""
    prefetch_related_objects(list(dossiers), *_AROUND)
    return [SurveyedDossier(dossier, arrived_at=now, now=now) for dossier in dossiers]

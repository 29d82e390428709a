"""Imports of registrations as their manager sees them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet, Sum

from kaosheng.accounts.scope import Staff
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake
from kaosheng.registration.importing import Outcome
from kaosheng.registration.models import ImportChunk, RegistrationImport
from kaosheng.registration.reports import lines_of
from kaosheng.registration.row_words import problem_in_words

Phase = RegistrationImport.Phase
SHOWN: Final = 50
"""Rows with errors shown on the page; the report has them all."""


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far an import is: rows done of rows, outcomes, the first rows with errors (row, number, sentence)."""

    done: int
    total: int
    running: bool
    counts: dict[Outcome, int]
    errors: list[tuple[int, str, str]]
    refusal: Refusal | None

    @property
    def wrong(self) -> int:
        """Rows that aren't imported because of an error."""
        return self.counts[Outcome.ERROR]

    @property
    def useful(self) -> int:
        """Rows that would change something."""
        return self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED]


def intakes_to_import(staff: Staff) -> QuerySet[Intake]:
    """Intakes of his areas, the newest first."""
    areas = staff.area_ids(Permission.REGISTRATION_IMPORT)
    return Intake.objects.filter(area__in=areas).order_by("-opens_at", "code")


def imports_of(staff: Staff) -> QuerySet[RegistrationImport]:
    """Imports into his areas, the newest first."""
    areas = staff.area_ids(Permission.REGISTRATION_IMPORT)
    return (
        RegistrationImport.objects.filter(intake__area__in=areas)
        .select_related("intake", "by")
        .order_by("-uploaded_at", "-pk")
    )


def counts_of(imported: RegistrationImport, of_pass: ImportChunk.Pass) -> Counter[str]:
    """Rows by outcome, of the chunks done so far."""
    total: Counter[str] = Counter()
    for counts in imported.chunks.filter(of_pass=of_pass).values_list("counts", flat=True):
        total.update(counts)
    return total


def state_of(imported: RegistrationImport) -> ImportState:
    """How far it is; of the import itself once it was confirmed, before that of the check."""
    passes, running = ImportChunk.Pass, imported.phase in {Phase.CHECKING, Phase.APPLYING}
    of_pass = passes.APPLY if imported.phase in {Phase.APPLYING, Phase.DONE} else passes.CHECK
    found = counts_of(imported, of_pass)
    counts = {outcome: found[outcome] for outcome in Outcome}
    done = imported.chunks.filter(of_pass=of_pass).aggregate(n=Sum("rows"))["n"] or 0
    refusal = imported.refusal
    return ImportState(
        done=done,
        total=max(done, imported.rows),
        running=running,
        counts=counts,
        errors=[] if running or not counts[Outcome.ERROR] else _errors(imported),
        refusal=Refusal(refusal["code"], **refusal["params"]) if refusal else None,
    )


def _errors(imported: RegistrationImport) -> list[tuple[int, str, str]]:
    wrong: Any = (line for line in lines_of(imported) if line[2] == Outcome.ERROR)
    return [
        (row, number, "；".join(problem_in_words(code, params) for code, params in problems))
        for row, number, _outcome, problems in islice(wrong, SHOWN)
    ]

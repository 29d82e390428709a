"""Judging rows of a sheet against what is known: what an import would do, row by row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kaosheng.domain.source_versions import number_to_apply
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.gateway import Received
from kaosheng.registration.models import Registration
from kaosheng.registration.rows import Problem, Row


class Outcome(StrEnum):
    """What a row does, or did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    VERSION_KNOWN = "version_known"
    """The same or a higher version is here, with other content: it stays."""
    GATEWAY_KNOWN = "gateway_known"
    """The registration system's own data are here, the row has no version: they stay."""
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row, its outcome, and what is wrong with it; `received` is what would be applied."""

    line: int
    number: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    received: Received | None = None


class Judge:
    """Judges the rows of one intake."""

    def __init__(self, intake: Intake) -> None:
        """Read the intake's sites once."""
        self.intake = intake
        self.sites: dict[str, ExamSite] = {
            site.code: site for site in ExamSite.objects.filter(area=intake.area_id)
        }

    def judge(self, rows: Sequence[Row]) -> list[Judgement]:
        """What each row would do now, in one query whatever their number."""
        found = Registration.objects.filter(number__in=[row.number for row in rows]).select_related("site")
        known = {registration.number: registration for registration in found}
        return [self._one(row, known.get(row.number)) for row in rows]

    def _one(self, row: Row, known: Registration | None) -> Judgement:
        if row.site not in self.sites:
            return _error(row, Problem("row_site_unknown", {"value": row.site}))
        if known is not None and known.intake_id != self.intake.pk:
            return _error(row, Problem("row_other_intake"))
        number = number_to_apply(row.source_version, known=known.source_version if known else None)
        same = known is not None and _says_the_same(row, known)
        if same and (number is None or row.source_version is None):
            return Judgement(row.line, row.number, Outcome.SAME)
        if number is None:
            kept = Outcome.GATEWAY_KNOWN if row.source_version is None else Outcome.VERSION_KNOWN
            return Judgement(row.line, row.number, kept)
        outcome = Outcome.NEW if known is None else Outcome.CHANGED
        return Judgement(row.line, row.number, outcome, received=self._received(row, number))

    def _received(self, row: Row, number: int) -> Received:
        whole = {
            "number": row.number, "source_version": row.source_version, "exam_batch": self.intake.code,
            "area": self.intake.area.code, "site": row.site, "cancelled": row.is_cancelled, "name": row.name,
            "id_type": row.id_type, "id_number": row.id_number, "phone": row.phone, "facts": row.facts,
        }  # fmt: skip
        return Received(
            number=row.number,
            source_version=number,
            subject="",
            exam_batch=self.intake.code,
            area=self.intake.area.code,
            site=row.site,
            is_cancelled=row.is_cancelled,
            name=row.name,
            id_type=row.id_type,
            id_number=row.id_number,
            phone=row.phone,
            facts=row.facts,
            raw=json.dumps(whole, ensure_ascii=False, sort_keys=True),
        )


def _error(row: Row, problem: Problem) -> Judgement:
    return Judgement(row.line, row.number, Outcome.ERROR, (problem,))


def _says_the_same(row: Row, known: Registration) -> bool:
    now = (known.site.code, known.name, known.id_type, known.id_number, known.phone, known.is_cancelled)
    return (now, known.facts) == (
        (row.site, row.name, row.id_type, row.id_number, row.phone, row.is_cancelled),
        row.facts,
    )

"""报名信息导入: a sheet is checked first, and applied when somebody has seen what it would do.

Both passes read the sealed sheet from its first row and work in chunks, each a transaction of its own that also
stores what became of its rows: a pass that was interrupted goes on behind its last chunk.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.queries.imports import counts_of
from kaosheng.casework.services import locks
from kaosheng.casework.services.actors import CLOCK
from kaosheng.casework.services.registrations import apply_received, create_dossiers, lock_numbers
from kaosheng.domain.errors import Refusal
from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.roles import Permission
from kaosheng.registration import gateway
from kaosheng.registration.importing import Judge, Judgement, Outcome
from kaosheng.registration.models import ImportChunk, RegistrationImport, RegistrationVersion
from kaosheng.registration.rows import Problem, Row, is_blank, read_heading, read_row
from kaosheng.registration.sheets import read_sheet
from kaosheng.registration.uploads import drop_sheet, keep_sheet, sheet_of

CHUNK: Final = 500
"""Rows a transaction: as many advisory locks at the most, well below what PostgreSQL has room for."""
Phase = RegistrationImport.Phase
Pass = ImportChunk.Pass


@dataclass(frozen=True, slots=True)
class _Read:
    """One row of the sheet: understood, or wrong."""

    line: int
    number: str
    content: Row | tuple[Problem, ...]


def upload(*, content: bytes, file_name: str, intake_id: int, staff: Staff) -> RegistrationImport:
    """Keep a sheet, sealed, and queue its check. Raises Refusal `not_found`, `import_not_xlsx`."""
    from kaosheng.casework.jobs.importing import check_import  # noqa: PLC0415 - the job calls this module

    with transaction.atomic(durable=True):
        imported = keep_sheet(content=content, file_name=file_name, intake_id=intake_id, by=staff.user)
        _require_importer(staff, imported)
        _record(AuditName.IMPORT_UPLOADED, imported, By("staff", staff.id), digest=imported.file_digest)
        check_import.configure(lock=f"import:{imported.intake_id}").defer(import_id=str(imported.pk))
    return imported


def confirm(*, import_id: UUID, staff: Staff, in_spite_of_errors: bool) -> None:
    """Let a checked import be applied.

    Raises Refusal `not_found`, `import_not_checked`, `import_has_errors` (count) unless told to leave those rows out.
    """
    from kaosheng.casework.jobs.importing import apply_import  # noqa: PLC0415 - the job calls this module

    with transaction.atomic(durable=True):
        imported = _locked(import_id)
        _require_importer(staff, imported)
        if imported.phase != Phase.CHECKED:
            raise Refusal("import_not_checked")
        counts = counts_of(imported, Pass.CHECK)
        if counts[Outcome.ERROR] and not in_spite_of_errors:
            raise Refusal("import_has_errors", count=counts[Outcome.ERROR])
        imported.phase = Phase.APPLYING
        imported.save(update_fields=["phase"])
        _record(AuditName.IMPORT_CONFIRMED, imported, By("staff", staff.id), counts=dict(counts))
        apply_import.configure(lock=f"import:{imported.intake_id}").defer(import_id=str(imported.pk))


def discard(*, import_id: UUID, staff: Staff) -> None:
    """Give an import up that hasn't been confirmed. Raises Refusal `not_found`, `import_not_checked`."""
    with transaction.atomic(durable=True):
        imported = _locked(import_id)
        _require_importer(staff, imported)
        if imported.phase not in {Phase.CHECKING, Phase.CHECKED}:
            raise Refusal("import_not_checked")
        _end(imported, Phase.DISCARDED, By("staff", staff.id))


def give_up(import_id: UUID) -> None:
    """The clock's discard: nobody came back for it."""
    with transaction.atomic(durable=True):
        imported = _locked(import_id)
        if imported.phase in {Phase.CHECKING, Phase.CHECKED}:
            _end(imported, Phase.DISCARDED, CLOCK.by)


# --- the passes, run by jobs --------------------------------------------------------------------------------------
def run_check(import_id: UUID) -> None:
    """Judge every row; nothing of a registration changes."""
    _run(import_id, Phase.CHECKING, Pass.CHECK)


def run_apply(import_id: UUID) -> None:
    """Judge every row again, as things are now, and apply it."""
    _run(import_id, Phase.APPLYING, Pass.APPLY)


def _run(import_id: UUID, phase: str, of_pass: ImportChunk.Pass) -> None:
    imported = RegistrationImport.objects.select_related("intake__area").get(pk=import_id)
    if imported.phase != phase:
        return
    judge = Judge(imported.intake)
    done = set(imported.chunks.filter(of_pass=of_pass).values_list("number", flat=True))
    try:
        for number, chunk in enumerate(in_pieces(_rows(imported), CHUNK)):
            if number not in done and not _work_off(imported, judge, of_pass, number, chunk):
                return
    except Refusal as refusal:
        imported.refusal = {"code": refusal.code, "params": refusal.params}
        _finish(imported, phase, Phase.REFUSED)
        return
    _finish(imported, phase, Phase.CHECKED if of_pass is Pass.CHECK else Phase.DONE)


def _rows(imported: RegistrationImport) -> Iterator[_Read]:
    """The rows below the heading; a registration number named twice is wrong the second time."""
    sheet = read_sheet(sheet_of(imported))
    lines = (line for line in sheet.lines if not is_blank(line))
    first = next(lines, None)
    if first is None:
        raise Refusal("import_empty")
    heading = read_heading(first)
    RegistrationImport.objects.filter(pk=imported.pk).update(rows=max(0, sheet.rows - first.number))
    where = next((position for position, name in heading.items() if name == "number"), 0)
    seen: dict[str, int] = {}
    is_empty = True
    for line in lines:
        is_empty = False
        content = read_row(line, heading)
        number = content.number if isinstance(content, Row) else str(line.cells[where])[:40]
        if isinstance(content, Row) and seen.setdefault(number, line.number) != line.number:
            content = (Problem("row_number_twice", {"row": seen[number]}),)
        yield _Read(line.number, number, content)
    if is_empty:
        raise Refusal("import_empty")


def _work_off(
    imported: RegistrationImport, judge: Judge, of_pass: ImportChunk.Pass, number: int, chunk: list[_Read]
) -> bool:
    """One chunk; False when the import was given up meanwhile."""
    right = [row.content for row in chunk if isinstance(row.content, Row)]
    wrong = [
        Judgement(row.line, row.number, Outcome.ERROR, row.content)
        for row in chunk
        if not isinstance(row.content, Row)
    ]
    judged = judge.judge(right)
    if of_pass is Pass.APPLY:
        _apply_changes(judged, judge)
    with transaction.atomic(durable=True):
        if of_pass is Pass.APPLY:
            _create([one for one in judged if one.outcome is Outcome.NEW], judge)
        if _locked(imported.pk).phase != imported.phase:
            return False
        lines = sorted([*judged, *wrong], key=lambda one: one.line)
        imported.chunks.create(
            of_pass=of_pass,
            number=number,
            rows=len(chunk),
            counts=Counter(one.outcome.value for one in lines),
            lines=json.dumps([_line(one) for one in lines], ensure_ascii=False),
        )
    return True


def _apply_changes(judged: list[Judgement], judge: Judge) -> None:
    """Changed registrations, each in its own transaction: their dossiers may be in somebody's hands."""
    for one in judged:
        if one.outcome is Outcome.CHANGED and one.received is not None:
            apply_received(
                one.received,
                intake=judge.intake,
                site=judge.sites[one.received.site],
                way=RegistrationVersion.Way.IMPORT,
            )


def _create(judged: list[Judgement], judge: Judge) -> None:
    """New registrations with their dossiers, all at once; one that arrived meanwhile stays as it came."""
    locks.share_intake(judge.intake.pk)
    lock_numbers([one.number for one in judged])
    arrived = gateway.known_numbers([one.number for one in judged])
    create_dossiers(
        gateway.store_all_new(
            [one.received for one in judged if one.received and one.number not in arrived],
            intake=judge.intake,
            sites=judge.sites,
            way=RegistrationVersion.Way.IMPORT,
        )
    )


def _line(one: Judgement) -> list[Any]:
    problems = [[problem.code, problem.params] for problem in one.problems]
    return [one.line, one.number, one.outcome.value, problems]


def _finish(imported: RegistrationImport, before: str, after: str) -> None:
    with transaction.atomic(durable=True):
        now = _locked(imported.pk)
        if now.phase != before:
            return
        now.refusal = imported.refusal
        if after == Phase.CHECKED:
            now.phase = after
            now.save(update_fields=["phase"])
        else:
            _end(now, after, By("staff", str(now.by_id)))


def _end(imported: RegistrationImport, phase: str, by: By) -> None:
    """The end of an import; its sheet goes."""
    imported.phase = phase
    imported.ended_at = timezone.now()
    imported.save(update_fields=["phase", "refusal", "ended_at"])
    drop_sheet(imported)
    _record(
        AuditName.IMPORT_ENDED, imported, by, phase=str(phase), counts=dict(counts_of(imported, Pass.APPLY))
    )


def _locked(import_id: UUID) -> RegistrationImport:
    found = (
        RegistrationImport.objects.select_for_update(of=("self",))
        .select_related("intake__area")
        .filter(pk=import_id)
    )
    imported = found.first()
    if imported is None:
        raise Refusal("not_found")
    return imported


def _require_importer(staff: Staff, imported: RegistrationImport) -> None:
    if imported.intake.area_id not in staff.area_ids(Permission.REGISTRATION_IMPORT):
        raise Refusal("not_found")


def _record(name: AuditName, imported: RegistrationImport, by: By, **details: Any) -> None:
    intake = imported.intake
    record(
        name, by=by, about=("import", str(imported.pk)), area=intake.area.code, intake=intake.code, **details
    )

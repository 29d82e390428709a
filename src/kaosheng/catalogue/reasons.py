"""The standard reasons of a 考区, by kind: kept beside the catalogue, so that they can change during a campaign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.catalogue.models import AreaReason
from kaosheng.crypto.digests import digest
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Kind
from kaosheng.regions.models import ExamArea


@dataclass(frozen=True, slots=True)
class Reason:
    """One standard reason; the sentences are what the candidate reads."""

    code: str
    zh: str
    en: str


def area_reasons(area_id: int) -> dict[str, list[Reason]]:
    """The reasons an 考区 keeps itself, by kind; a kind without its own is not among them. One query."""
    found: dict[str, list[Reason]] = {}
    for row in AreaReason.objects.filter(area=area_id):
        found.setdefault(row.kind, []).append(Reason(row.code, row.text_zh, row.text_en))
    return found


def reasons_of(kind: Kind, kept: dict[str, list[Reason]]) -> list[Reason]:
    """The 考区's own reasons for a kind, else those its catalogue was published with."""
    if kind.code in kept:
        return kept[kind.code]
    return [Reason(code, zh, en) for code, zh, en in kind.reasons]


def reasons_digest(reasons: Iterable[Reason]) -> str:
    """What somebody saw when he began."""
    return digest(repr([(reason.code, reason.zh, reason.en) for reason in reasons]).encode())


@transaction.atomic
def keep_reasons(*, area: ExamArea, kind: str, reasons: Iterable[Reason], by: By) -> None:
    """Let a kind have exactly these reasons, in the order of the number keys; none: the catalogue's again.

    Marks that were set keep their sentence. Raises Refusal `reason_without_sentence` when one has no Chinese.
    """
    rows = [
        AreaReason(area=area, kind=kind, code=reason.code, order=order, text_zh=reason.zh, text_en=reason.en)
        for order, reason in enumerate(reasons, start=1)
    ]
    if any(not row.text_zh for row in rows):
        raise Refusal("reason_without_sentence")
    AreaReason.objects.filter(area=area, kind=kind).delete()
    AreaReason.objects.bulk_create(rows)
    record(
        AuditName.REASONS_CHANGED,
        by=by,
        about=("kind", kind),
        area=area.code,
        reasons=[[row.code, row.text_zh, row.text_en] for row in rows],
    )

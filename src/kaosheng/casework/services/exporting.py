"""导出: every one asks for a reason and stands in the trail, before its first byte goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, event_of, record_all
from kaosheng.casework.models import Dossier
from kaosheng.domain.errors import Refusal

MOST_WITH_PICTURES: Final = 3_000
"""Dossiers in one archive of pictures: some seven gigabytes, and a directory of 36,000 names in memory."""
MOST_ROWS: Final = 100_000


def export_list(
    *, staff: Staff, what: str, filters: Mapping[str, str], count: int, reason: str, area: str
) -> None:
    """Note that somebody takes a list away. Raises Refusal `reason_needed`, `export_too_many` (count, limit)."""
    _require(reason, count, MOST_ROWS)
    event = event_of(
        AuditName.LIST_EXPORTED, by=By("staff", staff.id), about=("list", what), area=area, count=count,
        filters=dict(filters), reason=reason.strip(),
    )  # fmt: skip
    with transaction.atomic():
        record_all([event])


def export_pictures(
    *, staff: Staff, dossiers: Sequence[UUID], filters: Mapping[str, str], reason: str
) -> None:
    """Note for every dossier that its pictures are taken away. Raises Refusal as `export_list`."""
    _require(reason, len(dossiers), MOST_WITH_PICTURES)
    _record_each(AuditName.PICTURES_EXPORTED, staff, dossiers, filters=dict(filters), reason=reason.strip())


def export_sheet(*, staff: Staff, dossier: Dossier, reason: str) -> None:
    """Note that a dossier is printed. Raises Refusal `reason_needed`."""
    _require(reason, 1, 1)
    _record_each(AuditName.SHEET_EXPORTED, staff, [dossier.pk], reason=reason.strip())


def _require(reason: str, count: int, limit: int) -> None:
    if not reason.strip():
        raise Refusal("reason_needed")
    if count > limit:
        raise Refusal("export_too_many", count=count, limit=limit)


def _record_each(name: AuditName, staff: Staff, dossiers: Sequence[UUID], **details: object) -> None:
    places = Dossier.objects.filter(pk__in=dossiers).values_list("pk", "intake__area__code", "site__code")
    with transaction.atomic():
        record_all(
            [
                event_of(
                    name,
                    by=By("staff", staff.id),
                    about=("dossier", str(pk)),
                    area=area,
                    site=site,
                    **details,
                )
                for pk, area, site in places
            ]
        )

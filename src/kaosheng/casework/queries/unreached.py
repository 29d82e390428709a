"""未送达: messages about dossiers that arrived by no way, counted by 考点 and day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from kaosheng.casework.queries.messages import DOSSIER
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.regions.models import ExamSite, Intake

_LOST: Final = """
    WITH lost AS MATERIALIZED (
        SELECT substr(message.about, length(%(kind)s) + 1)::uuid AS dossier_id,
               (message.unreached_at AT TIME ZONE %(zone)s)::date AS day,
               message.phoned_at IS NULL AS is_open
        FROM notices_message AS message
        WHERE message.area = %(area)s AND message.unreached_at IS NOT NULL AND starts_with(message.about, %(kind)s)
    )
    SELECT dossier.site_id, lost.day, lost.is_open, count(*)
    FROM lost JOIN casework_dossier AS dossier ON dossier.id = lost.dossier_id
    WHERE dossier.intake_id = %(intake)s AND dossier.site_id = ANY(%(sites)s)
    GROUP BY dossier.site_id, lost.day, lost.is_open
"""
"""The messages first: they are few, and what they are about is a code without an index."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """So many messages to one site's candidates failed on one day; `is_open`: nobody has telephoned since."""

    site_id: int
    day: date
    is_open: bool
    count: int


def unreached_of(intake: Intake, sites: Sequence[ExamSite]) -> list[Unreached]:
    """All of these sites, in one query."""
    asked: dict[str, Any] = {
        "kind": DOSSIER,
        "zone": HOUSE_TIME.key,
        "area": intake.area.code,
        "intake": intake.pk,
        "sites": [site.pk for site in sites],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOST, asked)
        return [Unreached(*row) for row in cursor.fetchall()]


def by_day(found: Iterable[Unreached]) -> dict[date, int]:
    """How many failed on each day, telephoned since or not."""
    days: dict[date, int] = {}
    for one in found:
        days[one.day] = days.get(one.day, 0) + one.count
    return days


def open_by_site(found: Iterable[Unreached]) -> dict[int, int]:
    """For how many somebody still has to telephone."""
    sites: dict[int, int] = {}
    for one in found:
        if one.is_open:
            sites[one.site_id] = sites.get(one.site_id, 0) + one.count
    return sites

"""复核 as the 考区 works them: who asked, since when, and whether this reader may answer."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Correction, Decision, Recheck
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.domain.roles import Permission


def rechecks_of(staff: Staff) -> QuerySet[Recheck]:
    """Every 复核 of the areas in reach, the open ones first, the oldest on top.

    Whoever declared a conflict of interest with somebody doesn't see what that person asks.
    `decided_by_reader` is annotated: who had a part in the verdict doesn't answer.
    """
    of_this = {"dossier": OuterRef("dossier_id")}
    reader = staff.user.pk
    decided = Decision.objects.filter(Q(proposed_by=reader) | Q(decided_by=reader), **of_this, voided_at=None)
    corrected = Correction.objects.filter(
        Q(proposed_by=reader) | Q(confirmed_by=reader), **of_this, confirmed_at__isnull=False
    )
    reach = Q(dossier__intake__area__in=staff.area_ids(Permission.RECHECK_ANSWER))
    return (
        Recheck.objects.filter(reach, without_conflict(staff, "dossier__registration"))
        .select_related("dossier__registration", "dossier__site", "answered_by")
        .annotate(decided_by_reader=Exists(decided) | Exists(corrected))
        .order_by(F("answered_at").desc(nulls_first=True), "asked_at", "pk")
    )

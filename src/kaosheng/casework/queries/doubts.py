"""What candidates say is wrong with their registrations, for those who answer it."""

from __future__ import annotations

from django.db.models import F, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import RegistrationDoubt
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.casework.queries.narrowing import about_dossiers_within
from kaosheng.domain.roles import Permission


def doubts_of(staff: Staff) -> QuerySet[RegistrationDoubt]:
    """Those of his 考点 or 考区: open ones first, the oldest on top; then the answered ones, the newest first.

    Whoever declared a conflict of interest with somebody doesn't see what that person wrote.
    """
    reach = about_dossiers_within(staff, Permission.DOUBT_ANSWER)
    return (
        RegistrationDoubt.objects.filter(reach, without_conflict(staff, "dossier__registration"))
        .select_related("dossier__registration", "dossier__site", "answered_by")
        .order_by(F("answered_at").desc(nulls_first=True), "told_at", "pk")
    )

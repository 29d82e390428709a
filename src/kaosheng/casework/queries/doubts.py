"""What candidates say is wrong with their registrations, for those who answer it."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Conflict, RegistrationDoubt
from kaosheng.domain.roles import Permission


def doubts_of(staff: Staff) -> QuerySet[RegistrationDoubt]:
    """Those of his 考点 or 考区: open ones first, the oldest on top; then the answered ones, the newest first.

    Whoever declared a conflict of interest with somebody doesn't see what that person wrote.
    """
    sites = staff.site_ids(Permission.DOUBT_ANSWER)
    areas = staff.area_ids(Permission.DOUBT_ANSWER)
    of_this = {"registration": OuterRef("dossier__registration")}
    declared = Conflict.objects.standing().filter(by=staff.user, **of_this)
    return (
        RegistrationDoubt.objects.filter(Q(dossier__site__in=sites) | Q(dossier__intake__area__in=areas))
        .exclude(Exists(declared))
        .select_related("dossier__registration", "dossier__site", "answered_by")
        .order_by(F("answered_at").desc(nulls_first=True), "told_at", "pk")
    )

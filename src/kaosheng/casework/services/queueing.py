"""领取下一份: the next dossier nobody holds, never the same for two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.queries.queue import Tab, next_in_line
from kaosheng.casework.services import locks
from kaosheng.casework.services.reviewing import LEASE_FOR
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake


def take_next(*, staff: Staff, tab: Tab = Tab.WAITING) -> Dossier | None:
    """Take the next dossier of a list into one's hands; None when nothing waits.

    Two people who ask at once get two dossiers: the row one has locked is skipped by the other. The intakes are
    held before the row, in the order of all locks; nothing waits for a dossier here.
    """
    with transaction.atomic(durable=True):
        for intake_id in _intakes_of(staff):
            locks.share_intake(intake_id)
        now = timezone.now()
        dossier = _lock_next(tab, staff, now)
        if dossier is None:
            return None
        Lease.objects.update_or_create(
            dossier=dossier, defaults={"holder": staff.user, "until": now + LEASE_FOR}
        )
        record(
            AuditName.DOSSIER_TAKEN,
            by=By("staff", staff.id),
            about=("dossier", str(dossier.pk)),
            area=dossier.intake.area.code,
            site=dossier.site.code,
        )
        return dossier


def _lock_next(tab: Tab, staff: Staff, now: datetime) -> Dossier | None:
    """Lock the first free dossier, and ask again once it is locked.

    Somebody may have taken it between the look and the lock: his lease isn't part of the row that was locked.
    """
    while True:
        line = next_in_line(tab, staff, now=now)
        dossier = (
            line.select_for_update(of=("self",), skip_locked=True)
            .select_related("intake__area", "site")
            .first()
        )
        if dossier is None or line.filter(pk=dossier.pk).exists():
            return dossier


def _intakes_of(staff: Staff) -> list[int]:
    sites, areas = staff.site_ids(Permission.DOSSIER_TAKE), staff.area_ids(Permission.DOSSIER_TAKE)
    reached = Intake.objects.filter(Q(area_id__in=areas) | Q(area__sites__in=sites))
    return list(reached.order_by("pk").values_list("pk", flat=True).distinct())

"""领取下一份: the next dossier nobody holds, never the same for two people; and one loaded ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.queries.hands import loaded_ahead
from kaosheng.casework.queries.lines import Tab, best_first, lines_of, next_in_line
from kaosheng.casework.services import locks
from kaosheng.casework.services.case import LEASE_FOR
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake


def take_next(*, staff: Staff, tab: Tab = Tab.WAITING, reserve: bool = False) -> Dossier | None:
    """Take the next dossier of a list into one's hands; None when nothing waits.

    With `reserve` it is only loaded ahead: kept for 15 minutes, one a person, and it is the next one he takes. One
    from another list that was loaded ahead before is given back.
    Two people who ask at once get two dossiers: the row one has locked is skipped by the other. The intakes are
    held before the row, in the order of all locks; nothing waits for a dossier here but for the one loaded ahead.
    Two tabs of one person ask one after the other: what one loaded ahead the other gets too.
    """
    with transaction.atomic(durable=True):
        locks.lock_person(staff.user.pk)
        for intake_id in _intakes_of(staff):
            locks.share_intake(intake_id)
        now = timezone.now()
        ahead = _lock_ahead(staff, now)
        dossier = ahead if ahead and _stands_in(tab, staff, ahead) else _lock_next(tab, staff, now)
        if dossier is None:
            return None
        if reserve:
            _give_back_others(staff, ahead, dossier)
        Lease.objects.update_or_create(
            dossier=dossier, defaults={"holder": staff.user, "until": now + LEASE_FOR, "reserved": reserve}
        )
        if reserve:
            _record(AuditName.DOSSIER_RESERVED, staff, dossier, pictures=_pictures(dossier))
        else:
            _record(AuditName.DOSSIER_TAKEN, staff, dossier)
        return dossier


def _record(name: AuditName, staff: Staff, dossier: Dossier, **details: Any) -> None:
    record(
        name,
        by=By("staff", staff.id),
        about=("dossier", str(dossier.pk)),
        area=dossier.intake.area.code,
        site=dossier.site.code,
        **details,
    )


def _pictures(dossier: Dossier) -> list[str]:
    """The pictures that are loaded ahead with it."""
    return [str(pk) for pk in dossier.pictures.filter(hidden_at=None).values_list("pk", flat=True)]


def _lock_ahead(staff: Staff, now: datetime) -> Dossier | None:
    """The one he loaded ahead, locked before any other: the next in line is looked for among those nobody has locked.

    Asked again once it is locked: while he waited it may have been handed over, or given back and taken.
    """
    ahead = loaded_ahead(staff.user, now=now)
    found = ahead.values_list("dossier_id", flat=True).first()
    if found is None:
        return None
    dossier = locks.lock_dossier(found)
    return dossier if ahead.filter(dossier=dossier).exists() else None


def _stands_in(tab: Tab, staff: Staff, dossier: Dossier) -> bool:
    """Whether it stands in a line of this list."""
    anywhere = reduce(or_, lines_of(tab, staff), Q(pk__in=[]))
    return Dossier.objects.filter(anywhere, pk=dossier.pk).exists()


def _give_back_others(staff: Staff, ahead: Dossier | None, kept: Dossier) -> None:
    """Make room for the one he keeps now: a person has one. One whose 15 minutes are over had ended by itself."""
    Lease.objects.filter(holder=staff.user, reserved=True).exclude(dossier=kept).delete()
    if ahead is not None and ahead != kept:
        _record(AuditName.DOSSIER_GIVEN_BACK, staff, ahead)


def _lock_next(tab: Tab, staff: Staff, now: datetime) -> Dossier | None:
    """Lock the first free dossier of the best line, and ask again once it is locked.

    Somebody may have taken it between the look and the lock: his lease isn't part of the row that was locked.
    """
    lines: Sequence[Q] = lines_of(tab, staff)
    if len(lines) > 1:
        lines = best_first(lines, staff, now=now)
    while lines:
        line = next_in_line(lines[0], staff, now=now)
        dossier = (
            line.select_for_update(of=("self",), skip_locked=True)
            .select_related("intake__area", "site")
            .first()
        )
        if dossier is not None and line.filter(pk=dossier.pk).exists():
            return dossier
        if dossier is None:
            lines = lines[1:]
    return None


def _intakes_of(staff: Staff) -> list[int]:
    sites, areas = staff.site_ids(Permission.DOSSIER_TAKE), staff.area_ids(Permission.DOSSIER_TAKE)
    reached = Intake.objects.filter(Q(area_id__in=areas) | Q(area__sites__in=sites))
    return list(reached.order_by("pk").values_list("pk", flat=True).distinct())

"""The locks, always in the order Intake, Registration, Dossier (docs/architecture.md, Locks).

The intake's lock is an advisory one: thousands of writers share it without touching the intake's row, and
release, closing and window changes take it alone. A member of the staff who asks twice at once stands before all of them.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from kaosheng.accounts.models import User
from kaosheng.casework.models import Dossier
from kaosheng.domain.errors import Refusal
from kaosheng.regions.models import ExamArea, ExamSite
from kaosheng.registration.models import Registration

_INTAKE: Final = 0x1A7E


def share_intake(intake_id: int) -> None:
    """Hold the intake together with other writers until the transaction ends."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", intake_id)


def share_intake_of(dossier_id: UUID) -> int:
    """The same for the intake of a dossier, in one statement; returns its registration's id. Raises Refusal `not_found`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registration_id, pg_advisory_xact_lock_shared(%s, intake_id::int) FROM casework_dossier WHERE id = %s",
            [_INTAKE, dossier_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refusal("not_found")
    return int(row[0])


def take_intake(intake_id: int) -> None:
    """Hold the intake alone until the transaction ends."""
    _execute("SELECT pg_advisory_xact_lock(%s, %s)", intake_id)


def _execute(statement: str, intake_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_INTAKE, intake_id])


def lock_registration(registration_id: int) -> Registration:
    """The registration, locked and read afresh."""
    return Registration.objects.select_for_update(of=("self",)).get(pk=registration_id)


def lock_dossier(dossier_id: UUID) -> Dossier:
    """The dossier, locked and read afresh."""
    return (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("intake__area", "site")
        .get(pk=dossier_id)
    )


def lock_person(user_id: int) -> User:
    """A member of the staff who asks twice at once, alone; whoever writes down that he did something isn't kept waiting."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def lock_site(site_id: int) -> ExamSite:
    """An 考点 whose details are being changed, alone; with its area."""
    return ExamSite.objects.select_for_update(of=("self",)).select_related("area").get(pk=site_id)


def lock_area(area_id: int) -> ExamArea:
    """An 考区 that gets another intake or other words of its own, alone."""
    return ExamArea.objects.select_for_update().get(pk=area_id)

"""Imported registrations somebody came for and didn't get: what the office has to settle."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import F, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.crypto.digests import digest
from kaosheng.domain.roles import Permission
from kaosheng.registration.models import BindingConflict, Registration


@dataclass(frozen=True, slots=True)
class Difference:
    """The two tellings of one person, side by side; ID numbers in full, for the office has to compare them."""

    conflict: BindingConflict
    imported: tuple[str, str, str]
    claimed: tuple[str, str, str]


def unbound_of(subject: str, *, number: str = "") -> Registration | None:
    """A registration this person came for and didn't get; of this number, or any."""
    found = BindingConflict.objects.filter(
        subject=subject, outcome__in=["", BindingConflict.Outcome.IMPORT], registration__subject=""
    ).select_related("registration__site")
    if number:
        found = found.filter(registration__number=number)
    conflict = found.order_by("-last_seen_at").first()
    return conflict.registration if conflict else None


def conflicts_of(staff: Staff) -> QuerySet[BindingConflict]:
    """Those of his areas, open ones first."""
    areas = staff.area_ids(Permission.REGISTRATION_IMPORT)
    return (
        BindingConflict.objects.filter(registration__intake__area__in=areas)
        .select_related("registration__site", "registration__intake__area", "resolved_by")
        .order_by(F("resolved_at").desc(nulls_first=True), "-last_seen_at", "-pk")
    )


def claim_digest(conflict: BindingConflict) -> str:
    """What somebody compared when he settles it; a newer log-in of the same person replaces the claim."""
    return digest(conflict.claim.encode())


def difference_of(conflict: BindingConflict) -> Difference:
    """Name, kind and number of the ID, as imported and as the registration system has them."""
    claim, registration = json.loads(conflict.claim), conflict.registration
    return Difference(
        conflict=conflict,
        imported=(registration.name, registration.id_type, registration.id_number),
        claimed=(claim["name"], claim["id_type"], claim["id_number"]),
    )

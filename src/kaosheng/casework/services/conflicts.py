"""The office's answer when somebody logs in for an imported registration with another ID number."""

from __future__ import annotations

import json

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By
from kaosheng.casework.queries.binding import claim_digest
from kaosheng.casework.services import locks
from kaosheng.casework.services.binding import record_conflict
from kaosheng.casework.services.registrations import change_registration
from kaosheng.domain.errors import Refusal
from kaosheng.domain.reasons import short_reason
from kaosheng.domain.roles import Permission
from kaosheng.registration import gateway
from kaosheng.registration.models import BindingConflict, RegistrationVersion


def adopt_claim(*, conflict: BindingConflict, staff: Staff, seen: str, reason: str) -> None:
    """以报名系统为准: the import had the ID number wrong; the claim is applied and the person bound.

    `seen` is the digest of the claim that was compared (`claim_digest`). Raises Refusal `not_found`, `reason_needed`,
    `reason_too_long`, `binding_settled`, `stale_revision`, and `claim_outdated` where the registration system itself
    has sent something newer since.
    """
    with transaction.atomic(durable=True):
        locks.share_intake(conflict.registration.intake_id)
        registration = locks.lock_registration(conflict.registration_id)
        current = _settle(conflict, staff, seen, reason, BindingConflict.Outcome.CLAIM)
        received = gateway.parse(json.loads(current.claim))
        _intake, site = gateway.find_place(received)
        if gateway.was_sent_newer(registration, received):
            raise Refusal("claim_outdated")
        change_registration(registration, received, site, RegistrationVersion.Way.CLAIMS)
        if not registration.subject:
            gateway.bind(registration, received)


def keep_import(*, conflict: BindingConflict, staff: Staff, seen: str, reason: str) -> None:
    """维持导入信息: whoever came isn't this registration's person, or has a wrong number over there.

    Raises Refusal `not_found`, `reason_needed`, `reason_too_long`, `binding_settled`, `stale_revision`.
    """
    with transaction.atomic(durable=True):
        _settle(conflict, staff, seen, reason, BindingConflict.Outcome.IMPORT)


def _settle(
    conflict: BindingConflict, staff: Staff, seen: str, reason: str, outcome: BindingConflict.Outcome
) -> BindingConflict:
    """The conflict as it is now, locked and settled: a newer log-in may have brought another claim since it was shown."""
    if conflict.registration.intake.area_id not in staff.area_ids(Permission.REGISTRATION_IMPORT):
        raise Refusal("not_found")
    why = short_reason(reason)
    current = (
        BindingConflict.objects.select_for_update(of=("self",))
        .select_related("registration__intake__area", "registration__site")
        .get(pk=conflict.pk)
    )
    if current.outcome:
        raise Refusal("binding_settled")
    if claim_digest(current) != seen:
        raise Refusal("stale_revision")
    current.outcome, current.reason = outcome, why
    current.resolved_by, current.resolved_at = staff.user, timezone.now()
    current.save(update_fields=["outcome", "reason", "resolved_by", "resolved_at"])
    record_conflict(
        AuditName.BINDING_SETTLED,
        current,
        By("staff", staff.id),
        outcome=outcome.value,
        reason=why,
    )
    return current

"""The office's answer when somebody logs in for an imported registration with another ID number."""

from __future__ import annotations

import json

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By
from kaosheng.casework.services import locks
from kaosheng.casework.services.binding import record_conflict
from kaosheng.casework.services.registrations import change_registration
from kaosheng.domain.errors import Refusal
from kaosheng.domain.reasons import short_reason
from kaosheng.domain.roles import Permission
from kaosheng.registration import gateway
from kaosheng.registration.models import BindingConflict, RegistrationVersion


def adopt_claim(*, conflict: BindingConflict, staff: Staff, reason: str) -> None:
    """以报名系统为准: the import had the ID number wrong; the claim is applied and the person bound.

    Raises Refusal `not_found`, `reason_needed`, `reason_too_long`, `binding_settled`.
    """
    received = gateway.parse(json.loads(conflict.claim))
    _intake, site = gateway.find_place(received)
    with transaction.atomic(durable=True):
        locks.share_intake(conflict.registration.intake_id)
        registration = locks.lock_registration(conflict.registration_id)
        _settle(conflict, staff, reason, BindingConflict.Outcome.CLAIM)
        change_registration(registration, received, site, RegistrationVersion.Way.CLAIMS)
        if not registration.subject:
            gateway.bind(registration, received)


def keep_import(*, conflict: BindingConflict, staff: Staff, reason: str) -> None:
    """维持导入信息: whoever came isn't this registration's person, or has a wrong number over there.

    Raises Refusal `not_found`, `reason_needed`, `reason_too_long`, `binding_settled`.
    """
    with transaction.atomic(durable=True):
        _settle(conflict, staff, reason, BindingConflict.Outcome.IMPORT)


def _settle(conflict: BindingConflict, staff: Staff, reason: str, outcome: BindingConflict.Outcome) -> None:
    if conflict.registration.intake.area_id not in staff.area_ids(Permission.REGISTRATION_IMPORT):
        raise Refusal("not_found")
    why = short_reason(reason)
    settled = BindingConflict.objects.filter(pk=conflict.pk, outcome="").update(
        outcome=outcome, reason=why, resolved_by=staff.user, resolved_at=timezone.now()
    )
    if not settled:
        raise Refusal("binding_settled")
    record_conflict(
        AuditName.BINDING_SETTLED,
        conflict,
        By("staff", staff.id),
        outcome=outcome.value,
        reason=why,
    )

"""The number messages go to: changed by the candidate himself, confirmed by a code sent to the new one."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import record
from kaosheng.casework.models import Dossier
from kaosheng.casework.services.actors import of_candidate
from kaosheng.casework.services.addressing import SMS, letters_to
from kaosheng.crypto.sealing import blind_index
from kaosheng.domain import phone_codes
from kaosheng.domain.errors import Refusal
from kaosheng.notices.services import Letter, post
from kaosheng.registration.models import Candidate, PhoneChange

_DIGITS: Final = 6


def send_code(*, candidate_id: int, dossier: Dossier, phone: str) -> PhoneChange:
    """Send a code to the new number. `dossier`, his own, names 考区 and exam in the message.

    Raises Refusal `phone_malformed`, `phone_unchanged`, `codes_too_many`.
    """
    number = phone_codes.mobile_number(phone)
    index = blind_index(number, label="phone_change.phone")
    with transaction.atomic(durable=True):
        candidate = Candidate.objects.select_for_update().get(pk=candidate_id)
        if number == (candidate.message_phone or dossier.registration.phone):
            raise Refusal("phone_unchanged")
        now = timezone.now()
        recent = PhoneChange.objects.filter(sent_at__gt=now - phone_codes.SENDINGS_WITHIN)
        for sent in (recent.filter(candidate=candidate), recent.filter(phone_index=index)):
            if sent.count() >= phone_codes.SENDINGS:
                raise Refusal("codes_too_many", limit=phone_codes.SENDINGS)
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        change = PhoneChange(candidate=candidate, phone=number, phone_index=index, sent_at=now)
        change.code_digest = _digest(change, code)
        change.save()
        # Not about the dossier: what is about it stands in its inbox, where the page could read its own code.
        letter = replace(_letter(dossier, "phone_code", number, change), about=f"phone:{change.pk}")
        post([replace(letter, secrets={"code": code})], now=now)
        _record(AuditName.PHONE_CODE_SENT, candidate, dossier)
    return change


def confirm(*, candidate_id: int, dossier: Dossier, change_id: UUID, code: str) -> None:
    """Take the number over and tell both numbers. Entering the code again changes nothing more.

    Raises Refusal `not_found`, `code_expired`, `code_spent`, `code_wrong` (the attempt is counted).
    """
    with transaction.atomic(durable=True):
        candidate = Candidate.objects.select_for_update().get(pk=candidate_id)
        change = candidate.phone_changes.filter(pk=change_id).first()
        if change is None:
            raise Refusal("not_found")
        if change.confirmed_at is not None:
            return
        now = timezone.now()
        phone_codes.require_usable(
            sent_at=change.sent_at,
            now=now,
            attempts=change.attempts,
            is_newest=not candidate.phone_changes.filter(sent_at__gt=change.sent_at).exists(),
        )
        right = hmac.compare_digest(_digest(change, code.strip()), change.code_digest)
        if right:
            change.confirmed_at = now
            _take_over(candidate, dossier, change)
        else:
            change.attempts += 1
        change.save(update_fields=["attempts", "confirmed_at"])
    if not right:
        raise Refusal("code_wrong", left=phone_codes.ATTEMPTS - change.attempts)


def _take_over(candidate: Candidate, dossier: Dossier, change: PhoneChange) -> None:
    registered = dossier.registration.phone
    before = candidate.message_phone or registered
    # Whoever confirms the registration's own number follows it from then on.
    candidate.message_phone = "" if change.phone == registered else change.phone
    candidate.save(update_fields=["message_phone"])
    numbers = {"old": before, "new": change.phone}
    post(
        [
            replace(_letter(dossier, "phone_changed", number, change), dedup=f"{change.pk}:{which}")
            for which, number in numbers.items()
            if number
        ]
    )
    _record(AuditName.PHONE_CHANGED, candidate, dossier)


def _letter(dossier: Dossier, template: str, number: str, change: PhoneChange) -> Letter:
    """A text message to one number alone: other ways of the person wouldn't confirm it."""
    (letter,) = letters_to([dossier], template, occasion=str(change.pk))
    return replace(letter, addresses={SMS: number})


def _digest(change: PhoneChange, code: str) -> str:
    return blind_index(code, label=f"phone_change.code.{change.pk}")


def _record(name: AuditName, candidate: Candidate, dossier: Dossier) -> None:
    record(
        name,
        by=of_candidate(candidate).by,
        about=("candidate", str(candidate.pk)),
        area=dossier.intake.area.code,
        site=dossier.site.code,
    )

"""Changes of registrations. Each one raises `source_version` and leaves a message for the service in the same transaction."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from registration_demo.models import OutboxMessage, Registration

CHANGED = "registration.changed"
CANCELLED = "registration.cancelled"
RESTORED = "registration.restored"
OWN_COLUMNS = ("phone", "site")


class StaleError(Exception):
    """The registration was changed after the form was opened."""


class NotAllowedError(Exception):
    """The registration's state doesn't allow this change; the text says why."""


def as_object(registration: Registration) -> dict[str, Any]:
    """The registration as the service receives it by every way: claim, push and pull."""
    return {
        "number": registration.number,
        "source_version": registration.source_version,
        "subject": registration.account.subject,
        "exam_batch": registration.exam_batch,
        "area": registration.area,
        "site": registration.site,
        "cancelled": registration.cancelled,
        "name": registration.name,
        "id_type": registration.id_type,
        "id_number": registration.id_number,
        "phone": registration.phone,
        "facts": registration.facts,
    }


@transaction.atomic
def change(*, number: str, seen_version: int, values: Mapping[str, Any]) -> Registration:
    """Store new values of `phone`, `site` and the facts. Values equal to the present ones make no new version.

    Raises StaleError when `seen_version` isn't the present one, NotAllowedError when the registration is cancelled.
    """
    registration = _locked(number)
    if registration.source_version != seen_version:
        raise StaleError
    if registration.cancelled:
        raise NotAllowedError("报名已取消，恢复报名后才能修改")
    before = as_object(registration)
    for column in OWN_COLUMNS:
        setattr(registration, column, values.get(column, getattr(registration, column)))
    registration.facts = {
        **registration.facts,
        **{fact: value for fact, value in values.items() if fact not in OWN_COLUMNS},
    }
    if as_object(registration) != before:
        _store(registration, CHANGED)
    return registration


@transaction.atomic
def cancel(*, number: str) -> Registration:
    """Cancel a registration (取消报名). Cancelling twice changes nothing."""
    return _set_cancelled(number, cancelled=True)


@transaction.atomic
def restore(*, number: str) -> Registration:
    """Undo a cancellation (恢复报名). Restoring twice changes nothing."""
    return _set_cancelled(number, cancelled=False)


def _set_cancelled(number: str, *, cancelled: bool) -> Registration:
    registration = _locked(number)
    if registration.cancelled != cancelled:
        registration.cancelled = cancelled
        _store(registration, CANCELLED if cancelled else RESTORED)
    return registration


def _locked(number: str) -> Registration:
    return Registration.objects.select_for_update(of=("self",)).select_related("account").get(number=number)


def _store(registration: Registration, kind: str) -> None:
    registration.source_version += 1
    registration.save()
    body = json.dumps({"type": kind, "registration": as_object(registration)}, ensure_ascii=False)
    OutboxMessage.objects.create(number=registration.number, body=body)

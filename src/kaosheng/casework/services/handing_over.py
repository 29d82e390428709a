"""手机扫码上传: a one-time secret lets one other device fill one kind of one dossier for ten minutes.

Secret and code are derived from the row's random id with the installation's key, so that the owner's page can
show them again although the database holds only what they are found by.
"""

from __future__ import annotations

import secrets
import uuid
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import Dossier, Handover
from kaosheng.casework.services.actors import Actor, of_handover
from kaosheng.casework.services.pictures import is_live, open_positions, require_changeable
from kaosheng.casework.services.write_path import open_case
from kaosheng.crypto.digests import digest
from kaosheng.crypto.sealing import blind_index
from kaosheng.domain.errors import Refusal
from kaosheng.domain.handover import LIFE

_CODES: Final = 10**8
"""Codes have eight digits: few enough to be guessed, so the page that takes them limits the tries."""


def secret_of(handover: Handover) -> str:
    """The 256-bit secret of a handover, as it stands in the address the QR code holds."""
    return urlsafe_b64encode(_derived("secret", handover.pk)).decode().rstrip("=")


def code_of(handover: Handover) -> str:
    """Its eight digits, for typing."""
    return _code(handover.pk)


def open_handover(
    *, dossier_id: UUID, actor: Actor, kind: str, arrived_at: datetime | None = None
) -> Handover:
    """Let another device fill this kind; whatever handover the dossier had is over. Raises Refusal.

    Refused where no place of the kind can change now: `slot_locked` and those of `require_changeable`.
    """
    with open_case(dossier_id, arrived_at=arrived_at) as case:
        case.roles_of(actor)
        require_changeable(case)
        if not open_positions(case, kind):
            raise Refusal("slot_locked", kind=kind)
        Handover.objects.filter(dossier=case.dossier).delete()
        row = Handover(pk=_free_id(), dossier=case.dossier, kind=kind, revision=case.dossier.revision)
        row.secret_digest = digest(secret_of(row).encode())
        row.code_index = _index(code_of(row))
        row.opened_at, row.expires_at = case.now, case.now + LIFE
        row.save(force_insert=True)
        case.record(AuditName.HANDOVER_OPENED, actor, handover=str(row.pk), kind=kind)
        return row


def redeem(*, secret: str = "", code: str = "", arrived_at: datetime | None = None) -> str:
    """Give a handover to the device that holds its secret or its code; return the key the device is known by.

    One device, once. Raises Refusal `handover_over` for whatever is unknown, used, expired or ended: the same
    answer for all of them.
    """
    found = _found(secret=secret, code=code)
    with open_case(found.dossier_id, arrived_at=arrived_at) as case:
        row = Handover.objects.filter(pk=found.pk, redeemed_at=None).first()
        if row is None or not is_live(row, revision=case.dossier.revision, at=case.arrived_at):
            raise Refusal("handover_over")
        key = secrets.token_urlsafe(32)
        row.device_digest, row.redeemed_at = digest(key.encode()), case.now
        row.save(update_fields=["device_digest", "redeemed_at"])
        case.record(AuditName.HANDOVER_REDEEMED, of_handover(row), kind=row.kind, by_code=bool(code))
        return key


def close_handover(*, dossier_id: UUID, actor: Actor) -> None:
    """结束手机上传: the other device is shut out at once; nothing happens where no handover is left."""
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        row = Handover.objects.filter(dossier=case.dossier).first()
        if row is not None:
            row.delete()
            case.record(AuditName.HANDOVER_CLOSED, actor, kind=row.kind)


def close_handovers_of(candidate_id: int) -> None:
    """End what a candidate who logs out left open; his session's audit row tells of it."""
    with transaction.atomic():
        Handover.objects.filter(dossier__registration__candidate=candidate_id).delete()


def own_handover(dossier: Dossier, *, kind: str) -> Handover | None:
    """What its owner opened for this kind, if it still lives."""
    return _living(Handover.objects.filter(dossier=dossier, kind=kind))


def device_handover(key: str) -> Handover | None:
    """What a device holds by its key, if it still lives."""
    return _living(Handover.objects.filter(device_digest=digest(key.encode())))


def _living(rows: QuerySet[Handover]) -> Handover | None:
    row = rows.select_related(
        "dossier__registration", "dossier__intake__area", "dossier__site", "dossier__release"
    ).first()
    at = timezone.now()
    return row if row is not None and is_live(row, revision=row.dossier.revision, at=at) else None


def _found(*, secret: str, code: str) -> Handover:
    digits = "".join(code.split())
    if secret:
        row = Handover.objects.filter(secret_digest=digest(secret.encode())).first()
    elif digits.isdecimal():
        row = Handover.objects.filter(code_index=_index(digits)).first()
    else:
        row = None
    if row is None:
        raise Refusal("handover_over")
    return row


def _free_id() -> UUID:
    """A random id whose code no other handover has."""
    while True:
        drawn = uuid.uuid4()
        if not Handover.objects.filter(code_index=_index(_code(drawn))).exists():
            return drawn


def _code(handover_id: UUID) -> str:
    return f"{int.from_bytes(_derived('code', handover_id)[:16]) % _CODES:08d}"


def _index(code: str) -> str:
    return blind_index(code, label="handover.code")


def _derived(purpose: str, handover_id: UUID) -> bytes:
    return salted_hmac(f"kaosheng.handover.{purpose}", handover_id.bytes, algorithm="sha256").digest()

"""Sealing settled events into a chain, and checking the chain (design §4, audit).

A chain inside each transaction would serialise every commit, so rows are written unchained and sealed in
blocks within seconds. Only rows of transactions below the oldest one still running are settled:
afterwards no row can appear among them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.crypto.digests import digest

BLOCK: Final = 5_000
_SEALER_LOCK: Final = 0x5EA1


@transaction.atomic(durable=True)
def seal_settled() -> int:
    """Seal up to one block of settled events that have no seal yet; how many it took.

    Two sealers can't work at once: the second finds the lock taken and seals nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (oldest_running,) = cursor.fetchone()
    last = AuditSeal.objects.order_by("-pk").first()
    since = last.settled_below if last else 0
    settled = AuditEvent.objects.filter(transaction__gte=since, transaction__lt=oldest_running)
    events = list(settled.order_by("transaction", "id")[: BLOCK + 1])
    if not events:
        return 0
    below = oldest_running
    if len(events) > BLOCK:
        events, below = _whole_transactions(events)
    before = last.digest if last else ""
    AuditSeal.objects.create(
        sealed_at=timezone.now(),
        event_ids=[event.pk for event in events],
        settled_below=below,
        digest_before=before,
        digest=block_digest(before, events),
    )
    return len(events)


def _whole_transactions(events: list[AuditEvent]) -> tuple[list[AuditEvent], int]:
    """Cut a block at a transaction's edge, so that `settled_below` splits no transaction."""
    edge = events[-1].transaction
    whole = [event for event in events if event.transaction != edge]
    if whole:
        return whole, edge
    rest = AuditEvent.objects.filter(transaction=edge).order_by("id")
    return list(rest), edge + 1


def block_digest(before: str, events: Sequence[AuditEvent]) -> str:
    """The digest of a block: the seal before it and every column of every event, in order."""
    lines = [before, *(_line(event) for event in events)]
    return digest("\n".join(lines).encode())


def _line(event: AuditEvent) -> str:
    values = [getattr(event, field.attname) for field in AuditEvent._meta.concrete_fields]
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=lambda value: value.isoformat())


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking found: counts, the number of the first broken seal and why, if any."""

    seals: int
    sealed: int
    unsealed: int
    broken_seal: int | None = None
    why: str = ""


def verify() -> Verification:
    """Recompute every seal in order; stop at the first that doesn't hold."""
    before, seals, sealed = "", 0, 0
    for seal in AuditSeal.objects.order_by("pk").iterator():
        rows = AuditEvent.objects.in_bulk(seal.event_ids)
        why = ""
        if seal.digest_before != before:
            why = "the seal before it was changed or removed"
        elif len(rows) != len(seal.event_ids):
            gone = [pk for pk in seal.event_ids if pk not in rows]
            why = f"events are gone: {gone[:5]}"
        elif block_digest(before, [rows[pk] for pk in seal.event_ids]) != seal.digest:
            why = "an event was changed"
        if why:
            return Verification(seals, sealed, _unsealed(), broken_seal=seal.pk, why=why)
        before, seals, sealed = seal.digest, seals + 1, sealed + len(seal.event_ids)
    smuggled = _settled_but_in_no_seal(sealed)
    if smuggled:
        return Verification(seals, sealed, _unsealed(), broken_seal=seals, why=f"{smuggled} events were added behind it")
    return Verification(seals, sealed, _unsealed())


def _last_settled_below() -> int:
    last = AuditSeal.objects.order_by("-pk").first()
    return last.settled_below if last else 0


def _unsealed() -> int:
    return AuditEvent.objects.filter(transaction__gte=_last_settled_below()).count()


def _settled_but_in_no_seal(sealed: int) -> int:
    return AuditEvent.objects.filter(transaction__lt=_last_settled_below()).count() - sealed

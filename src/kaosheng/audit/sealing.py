"""Sealing settled events into a chain, and checking the chain (docs/adr/0002-audit-sealing.md).

A chain inside each transaction would serialise every commit, so rows are written unchained and sealed in
blocks within seconds. Only rows of transactions below the oldest one still running are settled:
afterwards no row can appear among them. A block is therefore a range of transactions, and checking it means
reading that range again: what was changed, taken out or put in since shows in one comparison.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from psycopg import sql

from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.crypto.digests import digest

BLOCK: Final = 5_000
SEALED_COLUMNS: Final = (
    "id",
    "at",
    "transaction",
    "name",
    "actor_kind",
    "actor",
    "object_kind",
    "object",
    "area",
    "site",
    "details",
)
"""Named one by one: a column added later must not break the seals of earlier years."""
_SEALER_LOCK: Final = 0x5EA1


class TransactionsWentBackError(Exception):
    """The server counts transactions below the last seal: the data were loaded into a new cluster.

    `continue_numbers` is the cure.
    """


@transaction.atomic(durable=True)
def seal_settled() -> int:
    """Seal up to one block of settled events that have no seal yet; how many it took.

    Two sealers can't work at once: the second finds the lock taken and seals nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT audit_number_of(pg_snapshot_xmin(pg_current_snapshot()))")
        (oldest_running,) = cursor.fetchone()
    last = AuditSeal.objects.order_by("-pk").first()
    since = last.settled_below if last else 0
    if oldest_running < since:
        raise TransactionsWentBackError(f"transaction {oldest_running} runs, sealed is below {since}")
    events = list(_between(since, oldest_running)[: BLOCK + 1])
    if not events:
        return 0
    below = oldest_running
    if len(events) > BLOCK:
        events, below = _whole_transactions(events)
    seal = AuditSeal(
        sealed_at=timezone.now(),
        event_ids=[event.pk for event in events],
        settled_below=below,
        digest_before=last.digest if last else "",
    )
    seal.digest = block_digest(seal, events)
    seal.save(force_insert=True)
    return len(events)


@transaction.atomic(durable=True)
def continue_numbers() -> int:
    """Let transactions count on above everything the trail holds, after a dump was loaded into another cluster.

    Returns what is added to the server's own numbers from now on. Where the server counts above the trail anyway,
    as after a physical restore, nothing changes. Nobody may write meanwhile.
    """
    highest = max(
        AuditSeal.objects.aggregate(highest=Max("settled_below"))["highest"] or 0,
        AuditEvent.objects.aggregate(highest=Max("transaction"))["highest"] or 0,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(x)::text::bigint, audit_number_of(pg_snapshot_xmin(x)) FROM pg_current_snapshot() x"
        )
        own, counted = cursor.fetchone()
        if counted > highest:
            return int(counted - own)
        added = int(highest - own + 1)
        cursor.execute(
            sql.SQL(
                "CREATE OR REPLACE FUNCTION audit_number_of(transaction_id xid8) RETURNS bigint "
                "LANGUAGE sql STABLE PARALLEL SAFE AS {}"
            ).format(sql.Literal(f"SELECT transaction_id::text::bigint + {added}"))
        )
    return added


def _between(since: int, below: int) -> QuerySet[AuditEvent]:
    """The events of a range of transactions, in the order they are sealed in."""
    return AuditEvent.objects.filter(transaction__gte=since, transaction__lt=below).order_by(
        "transaction", "id"
    )


def _whole_transactions(events: list[AuditEvent]) -> tuple[list[AuditEvent], int]:
    """Cut a block at a transaction's edge, so that `settled_below` splits no transaction."""
    edge = events[-1].transaction
    whole = [event for event in events if event.transaction != edge]
    if whole:
        return whole, edge
    return list(_between(edge, edge + 1)), edge + 1


def block_digest(seal: AuditSeal, events: Sequence[AuditEvent]) -> str:
    """The digest of a block: the seal before it, its own columns, and every event's, in order."""
    head = [seal.digest_before, seal.sealed_at, seal.settled_below]
    lines = [head, *([getattr(event, column) for column in SEALED_COLUMNS] for event in events)]
    return digest("\n".join(_line(values) for values in lines).encode())


def _line(values: Sequence[object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_instant)


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a sealed event")


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking found: counts, the last seal that holds, and the first that doesn't with the reason.

    `digest` noted outside the database is what shows that somebody removed the newest seals and their events.
    """

    seals: int
    sealed: int
    unsealed: int
    digest: str
    broken_seal: int | None = None
    why: str = ""


def last_digest() -> str:
    """The digest of the newest seal; empty before the first."""
    return AuditSeal.objects.order_by("-pk").values_list("digest", flat=True).first() or ""


def verify() -> Verification:
    """Read every block again, in order; stop at the first that doesn't hold."""
    before, below, seals, sealed = "", 0, 0, 0
    for seal in AuditSeal.objects.order_by("pk").iterator(chunk_size=20):
        events = list(_between(below, seal.settled_below))
        if why := _why_broken(seal, before, events):
            return Verification(seals, sealed, _unsealed(), before, broken_seal=seal.pk, why=why)
        before, below = seal.digest, seal.settled_below
        seals, sealed = seals + 1, sealed + len(events)
    return Verification(seals, sealed, _unsealed(), before)


def _why_broken(seal: AuditSeal, before: str, events: Sequence[AuditEvent]) -> str:
    if seal.digest_before != before:
        return "the seal before it was changed or removed"
    there = [event.pk for event in events]
    if there != seal.event_ids:
        return _why_other_events(seal, there)
    if block_digest(seal, events) != seal.digest:
        return "an event or the seal itself was changed"
    return ""


def _why_other_events(seal: AuditSeal, there: Sequence[int]) -> str:
    """Taken out, put in, or moved by a change of a number: `there` are the ids found in the block's range."""
    listed = (
        {pk for pk in seal.event_ids if isinstance(pk, int)} if isinstance(seal.event_ids, list) else set()
    )
    gone = listed - set(AuditEvent.objects.filter(pk__in=listed).values_list("pk", flat=True))
    added = set(there) - listed
    if gone:
        return f"{len(gone)} events are gone, the first {min(gone)}"
    if added:
        return f"{len(added)} events were added, the first {min(added)}"
    return "an event or the seal itself was changed"


def _unsealed() -> int:
    last = AuditSeal.objects.order_by("-pk").first()
    return AuditEvent.objects.filter(transaction__gte=last.settled_below if last else 0).count()

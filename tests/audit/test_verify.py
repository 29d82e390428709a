"""What was done to the trail behind the triggers' back is found, and the block named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from kaosheng.audit import sealing
from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.audit.sealing import SEALED_COLUMNS, Verification, seal_settled, verify

Write = Callable[..., AuditEvent]
Settle = Callable[[], None]


def _behind_the_triggers(statement: str, *values: Any) -> None:
    """Change the trail as somebody with the database's highest rights could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount != 0
        cursor.execute("SET LOCAL session_replication_role = origin")


def _event(transaction: int) -> AuditEvent:
    return AuditEvent.objects.create(
        at=timezone.now(),
        transaction=transaction,
        name="dossier:viewed",
        actor_kind="staff",
        actor="7",
        object_kind="dossier",
        object=f"d-{transaction}",
        area="13",
        site="1301",
        details={"pages": ["样本", "b"], "count": 2},
    )


@pytest.fixture
def three_blocks(db: None, monkeypatch: pytest.MonkeyPatch) -> list[AuditSeal]:
    """Three seals of two events each, of transactions long settled: 10, 20 and 30."""
    monkeypatch.setattr(sealing, "BLOCK", 2)
    for transaction in (10, 10, 20, 20, 30, 30):
        _event(transaction)
    assert [seal_settled() for _ in range(4)] == [2, 2, 2, 0]
    return list(AuditSeal.objects.order_by("pk"))


def test_a_whole_trail_is_whole(three_blocks: list[AuditSeal]) -> None:
    assert verify() == Verification(seals=3, sealed=6, unsealed=0, digest=three_blocks[2].digest)


@pytest.mark.django_db
def test_an_empty_trail_is_whole() -> None:
    assert verify() == Verification(seals=0, sealed=0, unsealed=0, digest="")


def test_events_not_sealed_yet_are_counted_and_no_fault(three_blocks: list[AuditSeal], write: Write) -> None:
    write()
    assert verify() == Verification(seals=3, sealed=6, unsealed=1, digest=three_blocks[2].digest)


CHANGES = {
    "id": "id + 1000",
    "at": "at + interval '1 second'",
    "transaction": "transaction + 1",
    "name": "'dossier:step'",
    "actor_kind": "'candidate'",
    "actor": "'8'",
    "object_kind": "'picture'",
    "object": "'d-21'",
    "area": "'14'",
    "site": "''",
    "details": """'{"pages": ["样本"], "count": 2}'""",
}


def test_every_column_of_an_event_is_under_the_seal() -> None:
    assert (
        {field.attname for field in AuditEvent._meta.concrete_fields} == set(SEALED_COLUMNS) == set(CHANGES)
    )


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_event_is_found(three_blocks: list[AuditSeal], column: str) -> None:
    victim = three_blocks[1].event_ids[0]
    _behind_the_triggers(f"UPDATE audit_auditevent SET {column} = {CHANGES[column]} WHERE id = %s", victim)  # noqa: S608 - our own literals
    found = verify()
    assert (found.broken_seal, found.seals, found.sealed) == (three_blocks[1].pk, 1, 2)


def test_an_event_moved_into_another_block_is_found_where_it_was(three_blocks: list[AuditSeal]) -> None:
    victim = three_blocks[1].event_ids[0]
    _behind_the_triggers("UPDATE audit_auditevent SET transaction = 30 WHERE id = %s", victim)
    found = verify()
    assert (found.broken_seal, found.why) == (three_blocks[1].pk, "an event or the seal itself was changed")


def test_a_deleted_event_is_found(three_blocks: list[AuditSeal]) -> None:
    victim = three_blocks[0].event_ids[1]
    _behind_the_triggers("DELETE FROM audit_auditevent WHERE id = %s", victim)
    found = verify()
    assert (found.broken_seal, found.why) == (three_blocks[0].pk, f"1 events are gone, the first {victim}")
    assert (found.seals, found.digest) == (0, "")


@pytest.mark.parametrize(("transaction", "block"), [(5, 0), (10, 0), (15, 0), (20, 1), (30, 2), (31, 2)])
def test_an_event_added_behind_the_seals_is_found(
    three_blocks: list[AuditSeal], transaction: int, block: int
) -> None:
    smuggled = _event(transaction)
    found = verify()
    assert (found.broken_seal, found.why) == (
        three_blocks[block].pk,
        f"1 events were added, the first {smuggled.pk}",
    )


def test_an_event_exchanged_for_another_is_found(three_blocks: list[AuditSeal]) -> None:
    victim = three_blocks[1].event_ids[1]
    _behind_the_triggers("DELETE FROM audit_auditevent WHERE id = %s", victim)
    _event(20)
    found = verify()
    assert (found.broken_seal, found.why) == (three_blocks[1].pk, f"1 events are gone, the first {victim}")


SEAL_CHANGES = {
    "another time": ("sealed_at", "sealed_at - interval '1 day'"),
    "a border below no event": ("settled_below", "settled_below - 3"),
    "a border above events": ("settled_below", "settled_below + 3"),
    "another digest": ("digest", "'sha256:00'"),
    "another digest before": ("digest_before", "'sha256:00'"),
    "fewer ids": ("event_ids", "event_ids - 0"),
    "more ids": ("event_ids", "event_ids || '[4711]'"),
    "other order": ("event_ids", "jsonb_build_array(event_ids -> 1, event_ids -> 0)"),
    "no list": ("event_ids", "'{}'"),
}


@pytest.mark.parametrize("change", SEAL_CHANGES)
def test_a_changed_seal_is_found(three_blocks: list[AuditSeal], change: str) -> None:
    column, value = SEAL_CHANGES[change]
    _behind_the_triggers(
        f"UPDATE audit_auditseal SET {column} = {value} WHERE id = %s",  # noqa: S608 - our own literals
        three_blocks[1].pk,
    )
    assert verify().broken_seal == three_blocks[1].pk


def test_a_seal_made_to_fit_breaks_the_next(three_blocks: list[AuditSeal]) -> None:
    """Whoever changes an event and seals it anew must do so to every seal after it."""
    seal = three_blocks[0]
    _behind_the_triggers("UPDATE audit_auditevent SET actor = '8' WHERE id = %s", seal.event_ids[0])
    fitting = sealing.block_digest(
        seal, list(AuditEvent.objects.filter(pk__in=seal.event_ids).order_by("pk"))
    )
    _behind_the_triggers("UPDATE audit_auditseal SET digest = %s WHERE id = %s", fitting, seal.pk)
    found = verify()
    assert (found.broken_seal, found.why) == (three_blocks[1].pk, "the seal before it was changed or removed")
    _behind_the_triggers(
        "UPDATE audit_auditseal SET digest_before = %s WHERE id = %s", fitting, three_blocks[1].pk
    )
    found = verify()
    assert (found.broken_seal, found.why) == (three_blocks[1].pk, "an event or the seal itself was changed")


@pytest.mark.parametrize("removed", [0, 1])
def test_a_removed_seal_breaks_the_next(three_blocks: list[AuditSeal], removed: int) -> None:
    _behind_the_triggers("DELETE FROM audit_auditseal WHERE id = %s", three_blocks[removed].pk)
    found = verify()
    assert (found.broken_seal, found.why) == (
        three_blocks[removed + 1].pk,
        "the seal before it was changed or removed",
    )


def test_the_newest_seal_removed_shows_by_the_digest_noted_elsewhere(three_blocks: list[AuditSeal]) -> None:
    noted = verify().digest
    seal = three_blocks[2]
    _behind_the_triggers("DELETE FROM audit_auditseal WHERE id = %s", seal.pk)
    _behind_the_triggers("DELETE FROM audit_auditevent WHERE id = ANY(%s)", seal.event_ids)
    found = verify()
    assert found.why == ""
    assert found.digest != noted


def test_the_command_prints_the_counts(three_blocks: list[AuditSeal]) -> None:
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert out.getvalue().splitlines() == [
        "seals 3",
        "sealed events 6",
        "events not sealed yet 0",
        f"digest of the last good seal {three_blocks[2].digest}",
    ]


def test_the_command_names_the_first_broken_block(three_blocks: list[AuditSeal]) -> None:
    for seal in three_blocks[1:]:
        _behind_the_triggers("DELETE FROM audit_auditevent WHERE id = %s", seal.event_ids[0])
    with pytest.raises(CommandError) as caught:
        call_command("audit", "verify", stdout=StringIO())
    assert caught.value.returncode == 1
    assert str(caught.value).startswith(f"first broken block {three_blocks[1].pk}: 1 events are gone")


def _kaosheng(*arguments: str) -> subprocess.CompletedProcess[str]:
    info = connection.connection.info
    password = f":{quote(info.password)}" if info.password else ""
    address = f"postgresql://{info.user}{password}@/{info.dbname}?host={quote(info.host)}&port={info.port}"
    return subprocess.run(
        [sys.executable, "-c", "from kaosheng.ops.cli import main; main()", *arguments],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "kaosheng.settings.test", "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.django_db(transaction=True)
def test_the_programs_exit_code_tells(write: Write, settle: Settle) -> None:
    event = write()
    settle()
    seal_settled()
    whole = _kaosheng("audit", "verify")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "sealed events 1" in whole.stdout
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_auditevent SET actor = '8' WHERE id = %s", [event.pk])
        cursor.execute("RESET session_replication_role")
    broken = _kaosheng("audit", "verify")
    assert broken.returncode == 1
    assert (
        f"first broken block {AuditSeal.objects.get().pk}: an event or the seal itself was changed"
        in broken.stderr
    )
    assert "Traceback" not in broken.stderr

"""The trail only grows: the database itself refuses everything else."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, event_of, record, record_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail() -> AuditEvent:
    AuditSeal.objects.create(sealed_at=timezone.now(), event_ids=[], settled_below=1, digest="sha256:样本")
    return record(
        AuditName.DOSSIER_VIEWED, by=By("staff", "7"), about=("dossier", "d-1"), area="13", site="1301"
    )


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.usefixtures("trail")
def test_no_statement_changes_or_empties_it(table: str, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match=f"{table} is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert (AuditEvent.objects.count(), AuditSeal.objects.count()) == (1, 1)


def test_nor_do_the_models(trail: AuditEvent) -> None:
    trail.name = "样本"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        trail.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        trail.delete()
    assert AuditEvent.objects.get().name == "dossier:viewed"


def test_an_event_says_who_did_what_to_what_where(trail: AuditEvent) -> None:
    row = AuditEvent.objects.values(
        "name", "actor_kind", "actor", "object_kind", "object", "area", "site", "details"
    ).get()
    assert row == {
        "name": "dossier:viewed",
        "actor_kind": "staff",
        "actor": "7",
        "object_kind": "dossier",
        "object": "d-1",
        "area": "13",
        "site": "1301",
        "details": {},
    }
    assert abs((timezone.now() - trail.at).total_seconds()) < 60


def test_events_of_one_transaction_carry_its_number() -> None:
    def write() -> int:
        return record(
            AuditName.MARK_SET, by=By("staff", "7"), about=("dossier", "d-1"), place="M01/1"
        ).transaction

    with transaction.atomic():
        inner = write()
    assert inner == write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert cursor.fetchone() == (inner,)
    assert AuditEvent.objects.filter(details={"place": "M01/1"}).count() == 2


@pytest.mark.django_db(transaction=True)
def test_no_event_is_written_outside_of_a_transaction() -> None:
    happened = {"by": By("clock", "clock"), "about": ("dossier", "d-1")}
    with pytest.raises(transaction.TransactionManagementError):
        record(AuditName.MARK_SET, **happened)  # type: ignore[arg-type]
    with pytest.raises(transaction.TransactionManagementError):
        record_all([event_of(AuditName.MARK_SET, **happened)])  # type: ignore[arg-type]
    assert not AuditEvent.objects.exists()


def test_an_event_goes_with_the_transaction_it_tells_of() -> None:
    with transaction.atomic():
        record(AuditName.PICTURE_ADDED, by=By("candidate", "1"), about=("picture", "p-1"))
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()

"""Events to seal, and patience until they have settled."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record

Write = Callable[..., AuditEvent]
Settle = Callable[[], None]


@pytest.fixture
def write() -> Write:
    """Add one event."""

    def _write(about: str = "d-1") -> AuditEvent:
        with transaction.atomic():
            return record(
                AuditName.DOSSIER_VIEWED, by=By("staff", "7"), about=("dossier", about), pages=["样本"]
            )

    return _write


@pytest.fixture
def settle() -> Settle:
    """Wait until every event is of a settled transaction.

    The oldest running transaction may belong to a test of another worker: all databases of a server share
    their transaction numbers.
    """

    def _settle() -> None:
        newest = (
            AuditEvent.objects.order_by("-transaction").values_list("transaction", flat=True).first() or 0
        )
        for _ in range(1200):
            with connection.cursor() as cursor:
                cursor.execute("SELECT audit_number_of(pg_snapshot_xmin(pg_current_snapshot()))")
                if cursor.fetchone()[0] > newest:
                    return
            time.sleep(0.05)
        pytest.fail("a transaction of somebody else ran for a minute")

    return _settle

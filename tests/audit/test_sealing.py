"""The sealer beside writers: what has settled is sealed once, what hasn't waits."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from kaosheng.audit import jobs, sealing
from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.audit.sealing import TransactionsWentBackError, seal_settled, verify

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[..., AuditEvent]
Settle = Callable[[], None]


def _sealed_ids() -> list[int]:
    """Every id in every seal, doubled ones twice."""
    return sorted(pk for seal in AuditSeal.objects.all() for pk in seal.event_ids)


def _all_ids() -> list[int]:
    return sorted(AuditEvent.objects.values_list("pk", flat=True))


def test_what_has_settled_is_sealed_once(write: Write, settle: Settle) -> None:
    for _ in range(3):
        write()
    settle()
    assert seal_settled() == 3
    assert seal_settled() == 0
    write()
    settle()
    assert seal_settled() == 1
    first, second = AuditSeal.objects.order_by("pk")
    assert (first.digest_before, second.digest_before) == ("", first.digest)
    assert _sealed_ids() == _all_ids()


def test_nothing_to_seal_makes_no_seal() -> None:
    assert seal_settled() == 0
    assert not AuditSeal.objects.exists()


class OpenTransaction:
    """A transaction in another thread that has written one event and waits to be ended."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._written, self._end = threading.Event(), threading.Event()
        self._rolls_back = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._written.wait(10)
        return self

    def _run(self) -> None:
        try:
            with transaction.atomic():
                self._write("late")
                self._written.set()
                self._end.wait(60)
                transaction.set_rollback(self._rolls_back)
        finally:
            connections.close_all()

    def end(self, *, roll_back: bool = False) -> None:
        self._rolls_back = roll_back
        self._end.set()
        self._thread.join(10)

    def __exit__(self, *_exception: object) -> None:
        self.end()


def test_an_open_transaction_holds_back_its_row_and_all_after_it(write: Write, settle: Settle) -> None:
    before = write("before")
    settle()
    with OpenTransaction(write) as late:
        after = write("after")
        assert seal_settled() == 1
        assert seal_settled() == 0
        assert _sealed_ids() == [before.pk]
        late.end()
        settle()
        assert seal_settled() == 2
    assert _sealed_ids() == _all_ids()
    assert AuditEvent.objects.get(object="late").pk < after.pk
    assert verify().why == ""


def test_a_transaction_rolled_back_holds_nothing_back(write: Write, settle: Settle) -> None:
    with OpenTransaction(write) as late:
        write("after")
        late.end(roll_back=True)
        settle()
        assert seal_settled() == 1
    assert list(AuditEvent.objects.values_list("object", flat=True)) == ["after"]
    assert verify().why == ""


def test_beside_many_writers_nothing_is_lost_or_doubled(write: Write, settle: Settle) -> None:
    def work(number: int) -> None:
        pause = random.Random(number)  # noqa: S311 - a pause, not a secret
        try:
            for _ in range(20):
                with transaction.atomic():
                    write(f"writer-{number}")
                    time.sleep(pause.uniform(0, 0.01))
                    write(f"writer-{number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(work, number) for number in range(4)]
        while not all(writer.done() for writer in writers):
            seal_settled()
        for writer in writers:
            writer.result()
    settle()
    seal_settled()
    assert len(_all_ids()) == 160
    assert _sealed_ids() == _all_ids()
    assert verify().why == ""


def test_of_two_sealers_one_leaves(write: Write, settle: Settle) -> None:
    write()
    settle()
    locked, end = threading.Event(), threading.Event()

    def first_sealer() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing._SEALER_LOCK])
                locked.set()
                end.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first_sealer)
    thread.start()
    try:
        assert locked.wait(10)
        assert seal_settled() == 0
        assert not AuditSeal.objects.exists()
    finally:
        end.set()
        thread.join(10)
    assert seal_settled() == 1


def test_two_sealers_racing_make_one_chain(write: Write, settle: Settle) -> None:
    for _ in range(6):
        write()
    settle()
    start = threading.Barrier(2)

    def seal() -> int:
        try:
            start.wait(10)
            return sum(seal_settled() for _ in range(5))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        taken = [future.result() for future in [pool.submit(seal), pool.submit(seal)]]
    assert sum(taken) == 6
    assert _sealed_ids() == _all_ids()
    assert verify().why == ""


def test_a_block_ends_at_a_transactions_edge(
    write: Write, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 3)
    for events in (2, 2, 5, 1):
        with transaction.atomic():
            for _ in range(events):
                write()
    settle()
    assert [seal_settled() for _ in range(5)] == [2, 2, 5, 1, 0]
    assert _sealed_ids() == _all_ids()
    assert verify().why == ""


def test_a_server_that_counts_from_the_start_again_is_not_taken_silently(write: Write) -> None:
    AuditSeal.objects.create(sealed_at=write().at, event_ids=[], settled_below=2**60, digest="sha256:样本")
    with pytest.raises(TransactionsWentBackError):
        seal_settled()


def test_the_clock_seals_every_five_seconds() -> None:
    (task,) = [
        task for (name, _), task in app.periodic_registry.periodic_tasks.items() if "seal_events" in name
    ]
    iterator = task.croniter
    iterator.set_current(start_time=1_764_000_000)
    ticks = [round(iterator.get_next(ret_type=float)) for _ in range(4)]
    assert ticks == [1_764_000_005, 1_764_000_010, 1_764_000_015, 1_764_000_020]


def test_the_job_goes_on_while_blocks_come_full(
    write: Write, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 2)
    monkeypatch.setattr(jobs, "FULL_ENOUGH", 1)
    for _ in range(7):
        write()
    settle()
    jobs.seal_events(timestamp=0)
    assert AuditSeal.objects.count() > 3
    assert _sealed_ids() == _all_ids()


def test_a_worker_takes_the_job_up(write: Write, settle: Settle) -> None:
    write()
    settle()
    jobs.seal_events.configure(queue="audit-test").defer(timestamp=0)
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(queues=["audit-test"], wait=False, listen_notify=False, delete_jobs="always")
    assert _sealed_ids() == _all_ids()

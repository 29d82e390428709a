"""The worker: a job and what it queues are one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.periodic import PeriodicRegistry

from kaosheng.ops.management.commands.worker import worker_app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tasks() -> Iterator[list[str]]:
    """Two tasks for this test only: `first` queues `second` and fails; the list says who ran."""
    ran: list[str] = []

    @app.task(name="tests:second", queue="tests")
    def second() -> None:
        ran.append("second")

    @app.task(name="tests:first", queue="tests")
    def first() -> None:
        ran.append("first")
        with transaction.atomic():
            second.defer()
            raise RuntimeError

    first.defer()
    yield ran
    del app.tasks["tests:first"], app.tasks["tests:second"]


async def work() -> None:
    fetching = worker_app()
    fetching.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
    async with fetching.open_async():
        await fetching.run_worker_async(
            queues=["tests"], wait=False, listen_notify=False, install_signal_handlers=False
        )


def test_what_a_failed_job_queued_is_not_run(tasks: list[str]) -> None:
    asyncio.run(work())

    assert tasks == ["first"]
    assert list(ProcrastinateJob.objects.values_list("task_name", "status")) == [("tests:first", "failed")]

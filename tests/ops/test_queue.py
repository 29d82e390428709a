"""What keeps the queue of jobs honest: dead workers' jobs come back, and a failure leaves its reason."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from kaosheng.ops.failures import LONGEST_TRACE, keep_failure
from kaosheng.ops.jobs import return_stalled_jobs
from kaosheng.ops.models import JobFailure

pytestmark = pytest.mark.django_db(transaction=True)


def run(*coroutines: object) -> None:
    """Run them one after another and give back the connections their threads opened."""

    async def one_by_one() -> None:
        for coroutine in coroutines:
            await coroutine  # type: ignore[misc]
        await sync_to_async(connections.close_all)()

    asyncio.run(one_by_one())


def job_in_dead_hands(*, silent_for: str = "1 hour", queueing_lock: str = "return_stalled_jobs") -> int:
    """Queue a job, and let a worker that has been silent for so long hold it."""
    job = return_stalled_jobs.configure(queue="tests", queueing_lock=queueing_lock).defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [silent_for],
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job]
        )
    return job


@pytest.mark.parametrize(("silent_for", "status"), [("31 seconds", "todo"), ("5 seconds", "doing")])
def test_the_job_of_a_worker_that_fell_silent_is_queued_again(silent_for: str, status: str) -> None:
    job = job_in_dead_hands(silent_for=silent_for)

    run(return_stalled_jobs(timestamp=0))

    assert ProcrastinateJob.objects.get(pk=job).status == status


def test_a_dead_turn_is_dropped_when_the_next_one_waits_and_the_others_still_come_back() -> None:
    job_in_dead_hands()
    waiting = return_stalled_jobs.configure(queue="tests").defer(timestamp=60)
    other = job_in_dead_hands(queueing_lock="another")

    run(return_stalled_jobs(timestamp=120))

    rows = set(ProcrastinateJob.objects.values_list("pk", "status"))
    assert rows == {(waiting, "todo"), (other, "todo")}


def test_the_last_error_of_a_job_is_kept_counted_and_names_nobody() -> None:
    job = Job(id=7, queue="default", lock=None, queueing_lock=None, task_name="tests:send")

    run(
        keep_failure(job=job, trace="TimeoutError: first"),
        keep_failure(job=job, trace="x" * LONGEST_TRACE + "ValueError: 19900001234 has no phone"),
    )

    failure = JobFailure.objects.get()
    assert (failure.job, failure.task, failure.times) == (7, "tests:send", 2)
    assert failure.trace.endswith("ValueError: *** has no phone")
    assert len(failure.trace) == LONGEST_TRACE

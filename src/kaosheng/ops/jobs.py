"""Periodic upkeep of the queue and of sessions."""

from __future__ import annotations

from typing import Final

import structlog
from django.core.management import call_command
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from kaosheng.ops.invariants import violations

log = structlog.get_logger(__name__)

STALLED_SECONDS: Final = 30
"""A worker that gave no sign of life for so long is taken for dead."""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="return_stalled_jobs", pass_context=False)
async def return_stalled_jobs(timestamp: int) -> None:
    """Queue the jobs of dead workers again; without this they stay "doing", and others wait for their locks."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # The same work waits already under the same queueing lock, as a periodic job's next turn does.
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        log.warning("stalled_job_returned", task=job.task_name, job=job.id)


@app.periodic(cron="47 19 * * *")  # the queue counts in UTC: 03:47 in the house
@app.task(queueing_lock="clear_sessions", pass_context=False)
def clear_sessions(timestamp: int) -> None:
    """Delete the rows of sessions that have ended; every visit to the entrance makes one."""
    call_command("clearsessions")


class InvariantsBrokenError(Exception):
    """Something that must hold doesn't; the text names what and the first offenders."""


@app.periodic(cron="57 19 * * *")  # the queue counts in UTC: 03:57 in the house
@app.task(queueing_lock="check_invariants", pass_context=False)
def check_invariants(timestamp: int) -> None:
    """Look over database and store every night; what is broken makes the job fail, which stays to be seen."""
    found = violations()
    for violation in found:
        log.error("invariant_broken", invariant=violation.name, offenders=violation.offenders)
    if found:
        raise InvariantsBrokenError(
            "; ".join(f"{one.name}: {one.sentence}: {', '.join(one.offenders)}" for one in found)
        )

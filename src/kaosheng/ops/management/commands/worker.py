"""`kaosheng worker`: does the queued and periodic work until it is ended.

It ends by itself when the database restarts, so it must run under something that starts it again on any exit.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from kaosheng.ops.failures import keep_failure

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Awaitable, Callable

    from procrastinate import JobContext
    from procrastinate.worker import Worker

GRACE_SECONDS: Final = 6.0
"""What a running job has to finish after the worker was asked to end."""


class Command(BaseCommand):
    """Runs one worker process."""

    help = "Do the queued and periodic work, in the foreground."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how much to do at a time."""
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *_args: object, **options: Any) -> None:
        """Work until SIGTERM."""
        asyncio.run(_work(worker_app(), options["concurrency"]))


def worker_app() -> App:
    """Return the app that fetches jobs over connections of its own; it knows the tasks of Django's app.

    The tasks themselves keep Django's connection: what a job queues is queued in the job's own transaction. With
    procrastinate's `replace_connector` it would be queued at once, and run before the rows it names are there.
    """
    assert isinstance(app.connector, DjangoConnector)  # noqa: S101 - what procrastinate's Django app installs
    fetching = App(
        connector=app.connector.get_worker_connector(),
        import_paths=app.import_paths,
        worker_defaults=app.worker_defaults,
        periodic_defaults=app.periodic_defaults,
    )
    fetching.tasks = app.tasks
    fetching.periodic_registry = app.periodic_registry
    return fetching


async def _work(fetching: App, concurrency: int) -> None:
    async with fetching.open_async():
        work = asyncio.create_task(
            fetching.run_worker_async(
                concurrency=concurrency,
                # Retries are due at their own second, not at the next five.
                fetch_job_polling_interval=1.0,
                # Finished jobs say nothing the audit doesn't say; failed ones stay to be looked at.
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
                worker_middleware=[_remember_failure],
            )
        )
        for asked in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(asked, _end, work)
        with suppress(asyncio.CancelledError):
            await work


def _end(work: asyncio.Task[None]) -> None:
    """Let the running jobs finish, but not for ever: without a database the worker would wait for one."""
    last_moment = threading.Timer(GRACE_SECONDS + 1, os._exit, (1,))
    last_moment.daemon = True
    last_moment.start()
    work.cancel()


async def _remember_failure(
    call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker
) -> Any:
    """Keep the last error of a job: procrastinate itself only logs it."""
    try:
        return await call_next()
    except Exception as error:
        await keep_failure(job=context.job, trace="".join(traceback.format_exception(error)))
        raise

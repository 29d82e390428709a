"""What deletes objects comes again until it could: a store that is away and a backup that runs put it off, no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from kaosheng.casework.jobs.objects import delete_objects, sweep_store
from kaosheng.pictures.store import get_store

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "deleting-test"


def work() -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(queues=[QUEUE], wait=False, listen_notify=False)


@pytest.mark.parametrize("task", ["delete_objects", "sweep_store"])
def test_a_store_that_is_away_is_asked_again_for_most_of_a_day(task: str, settings: Any) -> None:
    (key,) = get_store().put(b"a deleted picture's")
    folder = settings.STORE_ROOT / key[:2]
    folder.rename(settings.STORE_ROOT / "aside")
    folder.write_bytes(b"in the way: an error of the system's, as of a disk that went")
    if task == "delete_objects":
        delete_objects.configure(queue=QUEUE).defer(keys=[key])
    else:
        sweep_store.configure(queue=QUEUE).defer(timestamp=0)

    work()

    job = ProcrastinateJob.objects.get(queue_name=QUEUE)
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None
    assert job.scheduled_at - timezone.now() <= timedelta(seconds=2)
    strategy = app.tasks[job.task_name].retry_strategy
    assert isinstance(strategy, RetryStrategy)
    assert strategy.max_attempts is not None
    waits = [strategy.exponential_wait ** (number + 1) for number in range(strategy.max_attempts)]
    assert 12 * 3600 < sum(waits) < 20 * 3600

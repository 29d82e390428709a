"""What the queue calls by itself takes what the queue gives."""

from __future__ import annotations

import inspect

from procrastinate.contrib.django import app


def test_every_periodic_task_takes_the_tick_by_its_name() -> None:
    tasks = [entry.task for entry in app.periodic_registry.periodic_tasks.values()]

    assert {task.name.rsplit(".", 1)[-1] for task in tasks} >= {
        "clock_round",
        "pull_registrations",
        "seal_events",
        "sweep_store",
    }
    for task in tasks:
        inspect.signature(task.func).bind(timestamp=0)

"""What the queue calls by itself takes what the queue gives."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

from procrastinate.contrib.django import app

import kaosheng

_PERIODIC = re.compile(r"@app\.periodic\([^\n]*\n@app\.task[^\n]*\n(?:async )?def (\w+)")
_ASK = """
import django; django.setup()
from procrastinate.contrib.django import app
print(*(entry.task.name for entry in app.periodic_registry.periodic_tasks.values()))
"""


def test_a_worker_knows_every_task_that_calls_itself() -> None:
    """Asked in a process of its own, that has loaded what a worker loads and no test's imports."""
    settings = {"DJANGO_SETTINGS_MODULE": "kaosheng.settings.test"}
    known = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ASK],
        env=os.environ | settings,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    here = Path(kaosheng.__file__).parent
    written = {
        f"kaosheng.{'.'.join(path.relative_to(here).with_suffix('').parts)}.{name}"
        for path in [*here.rglob("jobs/*.py"), *here.rglob("jobs.py")]
        for name in _PERIODIC.findall(path.read_text())
    }
    assert len(written) > 5
    assert written <= set(known)


def test_every_periodic_task_takes_the_tick_by_its_name() -> None:
    tasks = [entry.task for entry in app.periodic_registry.periodic_tasks.values()]

    assert {task.name.rsplit(".", 1)[-1] for task in tasks} >= {
        "clock_round",
        "check_invariants",
        "pull_registrations",
        "scrub_store",
        "seal_events",
        "sweep_store",
    }
    for task in tasks:
        inspect.signature(task.func).bind(timestamp=0)

"""The tests of the stand-in registration system run by themselves: it has its own settings and its own database."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from receiver import Receiver

HERE = Path(__file__).parent
VAR = HERE.parents[1] / "var"
STOPPERS = pytest.StashKey[list[Any]]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Use the cluster of the checkout's tests, unless the environment names a database, and set Django up."""
    config.stash[STOPPERS] = []
    if not os.environ.get("REGISTRATION_DATABASE_URL"):
        from kaosheng.ops.embedded_postgres import cluster_of_tests

        VAR.mkdir(exist_ok=True)
        users = (VAR / "test-runs.lock").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        cluster = cluster_of_tests(VAR)
        cluster.start()
        os.environ["REGISTRATION_DATABASE_URL"] = cluster.url("registration_demo")
        config.stash[STOPPERS] = [users, cluster]
    os.environ["DJANGO_SETTINGS_MODULE"] = "registration_demo.settings_test"
    # Playwright keeps an event loop in the main thread; the database is used from fixtures only.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster when no other run uses it."""
    if not config.stash[STOPPERS]:
        return
    users, cluster = config.stash[STOPPERS]
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    cluster.stop()
    users.close()


@pytest.fixture
def people(db: None) -> None:
    """Three people: one registration; two registrations; a cancelled one in another area."""
    call_command("load_people", file=HERE / "people.json", verbosity=0)


@pytest.fixture
def live_people(transactional_db: None) -> None:
    """The same, for tests with a server or threads of their own."""
    call_command("load_people", file=HERE / "people.json", verbosity=0)


@pytest.fixture
def anning(people: None, client: Client) -> Client:
    """A browser in which 安宁 has logged in."""
    assert client.login(username="anning", password="sample-1")
    return client


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """The service's end of the push: a real HTTP server that checks signatures."""
    with Receiver(settings.WEBHOOK_SECRET) as server:
        settings.SERVICE_URL = server.url
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium: Playwright's own isn't downloaded."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("The browser tests need Chromium and CJK fonts: apt-get install chromium fonts-noto-cjk")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": options}

"""What every test has: a PostgreSQL cluster of the tests' own, a picture store of its own, Chromium's options."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql

from kaosheng.ops.embedded_postgres import Cluster, cluster_of_tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker, Settings

TESTS = Path(__file__).resolve().parent
CHECKOUT = TESTS.parent
LOOKED_OVER = {"accounts", "casework", "notices", "races", "web"}
"""Where tests play with dossiers: what they leave is looked over (`_sound_afterwards`)."""
QUEUE = "procrastinate_jobs, procrastinate_workers, procrastinate_events, procrastinate_periodic_defers"
CLUSTER = pytest.StashKey[Cluster]()
USERS = pytest.StashKey[IO[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster in the process that starts the workers, and count this run among its users."""
    # Playwright keeps an event loop in the main thread; Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if hasattr(config, "workerinput") or os.environ.get("DATABASE_URL"):
        return
    if config.inipath != CHECKOUT / "pyproject.toml":
        return  # the registration system's tests count themselves
    var = CHECKOUT / "var"
    var.mkdir(exist_ok=True)
    users = (var / "test-runs.lock").open("w")
    fcntl.flock(users, fcntl.LOCK_SH)
    cluster = cluster_of_tests(var)
    if cluster.start():
        _drop_leftovers(cluster)
    config.stash[CLUSTER], config.stash[USERS] = cluster, users


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster when no other run uses it."""
    if CLUSTER not in config.stash:
        return
    users = config.stash[USERS]
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    config.stash[CLUSTER].stop()
    users.close()


def _drop_leftovers(cluster: Cluster) -> None:
    """Drop the databases of runs that were killed: a server that just started has no living run."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall()
        for (name,) in rows:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what threads of the tests left connected: PostgreSQL drops no database in use."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_tests() -> Iterator[None]:
    """Empty every table after a test with real commits: the append-only ones, whose triggers refuse it, too.

    The queue's tables belong to procrastinate's own migrations; Django leaves them as they are.
    """

    def sql_flush(operations: DatabaseOperations, *arguments: Any, **options: Any) -> list[str]:
        statements: list[str] = of_django(operations, *arguments, **options)
        if not statements:
            return []
        queue = (
            [f"TRUNCATE {QUEUE} RESTART IDENTITY CASCADE;"]
            if apps.is_installed("procrastinate.contrib.django")
            else []
        )
        return [
            "SET session_replication_role = replica;",
            *statements,
            *queue,
            "RESET session_replication_role;",
        ]

    of_django = DatabaseOperations.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    """Give every test an empty picture store."""
    settings.STORE_ROOT = tmp_path / "store"


@pytest.fixture(autouse=True)
def _sound_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check every invariant over what a test left, before it is emptied; marked `harms` or without the locks, it breaks some on purpose."""
    with_database = bool(request.node.get_closest_marker("django_db")) or "db" in request.fixturenames
    looked_over = request.path.relative_to(TESTS).parts[0] in LOOKED_OVER
    harmed = request.node.get_closest_marker("harms") or "without_locks" in request.fixturenames
    if not looked_over or not with_database or harmed:
        yield
        return
    request.getfixturevalue("db")  # so that it is still there afterwards
    yield
    from kaosheng.ops.invariants import violations

    if not connection.needs_rollback:
        assert violations() == []


def _has_chinese_font() -> bool:
    """Whether the pages would be drawn as people see them; without fontconfig nobody can tell."""
    lister = shutil.which("fc-list")
    return lister is None or bool(
        subprocess.run([lister, ":lang=zh"], capture_output=True, check=True).stdout
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium: Playwright's own isn't downloaded."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or not _has_chinese_font():
        pytest.fail("The browser tests need Chromium and CJK fonts: apt-get install chromium fonts-noto-cjk")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Speak Chinese and live in China unless a test says otherwise."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}

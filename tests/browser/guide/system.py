"""The whole system on free ports, as `make demo` runs it: both sites, the worker, the outbox of the registration system."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from browser.guide import cast
from kaosheng.ops.embedded_postgres import cluster_of_tests

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT: Final = Path(__file__).resolve().parents[3]
SEEDING: Final = Path(__file__).with_name("seeding.py")
PUSH: Final = """
import django, json, sys
django.setup()
from kaosheng.casework.services.registrations import receive_registration
from kaosheng.registration.models import RegistrationVersion
receive_registration(json.loads(sys.argv[1]), way=RegistrationVersion.Way.PUSH)
"""
READY_LINE: Final = "Ctrl-C"
INHERITED: Final = ("PATH", "HOME", "LANG", "TMPDIR")
CARD: Final = ("service", "registration", "database", "environment", "people")
START_SECONDS: Final = 180
PATIENCE_SECONDS: Final = 60
ENDING_SECONDS: Final = 120


@dataclass
class System:
    """One running system. `people` are the candidates of the small seed by the name of their part."""

    var: Path
    service: str = ""
    registration: str = ""
    database: str = ""
    registration_database: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    demo: subprocess.Popen[str] | None = None
    printed: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Bring everything up and load the small seed."""
        self.var.mkdir(exist_ok=True)
        port, registration_port = free_ports(2)
        self.service, self.registration = f"http://localhost:{port}", f"http://localhost:{registration_port}"
        server = os.environ.get("DATABASE_URL") or cluster_of_tests(CHECKOUT / "var").url("postgres")
        run = os.environ["KAOSHENG_TEST_RUN"]
        self.database = beside(server, f"test_guide_{run}")
        self.registration_database = beside(server, f"test_guide_registration_{run}")
        self._create_databases(server)
        self.environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "kaosheng.settings.demo",
            "KAOSHENG_VAR": str(self.var),
            "PORT": str(port),
            "DEMO_REGISTRATION_PORT": str(registration_port),
            "DATABASE_URL": self.database,
            "REGISTRATION_DATABASE_URL": self.registration_database,
            "LOG_LEVEL": "WARNING",
        }
        self.run("-m", "kaosheng", "collectstatic", "--noinput", "--verbosity", "0")
        self._start_demo()
        order = self.var / "order.json"
        order.write_text(json.dumps(cast.order(), ensure_ascii=False), encoding="utf-8")
        seeded = self.run(str(SEEDING), str(order), str(self.var / "people.json"))
        self.people = json.loads(seeded.splitlines()[-1])

    def card(self) -> str:
        """Write down where it is."""
        return json.dumps({name: getattr(self, name) for name in CARD}, ensure_ascii=False)

    def read(self, card: str) -> None:
        """Find it by what another worker wrote down."""
        for name, value in json.loads(card).items():
            setattr(self, name, value)

    def stop(self) -> None:
        """End it as Ctrl-C does, and leave neither process nor database."""
        if self.demo is not None:
            self.demo.send_signal(signal.SIGINT)
            try:
                self.demo.wait(timeout=ENDING_SECONDS)
            finally:
                self.demo.kill()
                self.demo.wait()
                assert self.demo.stdout is not None
                self.demo.stdout.close()
        for url in filter(None, (self.database, self.registration_database)):
            with psycopg.connect(beside(url, "postgres"), autocommit=True) as connection:
                name = sql.Identifier(urlsplit(url).path.lstrip("/"))
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def run(self, *arguments: str) -> str:
        """Run a Python command in the system's environment to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment_of_commands(),
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def environment_of_commands(self) -> dict[str, str]:
        """What a command of either system reads: the demo hands its keys to the registration system itself."""
        keys_file = self.var / "demo-secrets.json"
        keys = json.loads(keys_file.read_text(encoding="utf-8")) if keys_file.exists() else {}
        return {
            **self.environment,
            "REGISTRATION_SECRET_KEY": keys.get("registration_secret_key", ""),
            "REGISTRATION_CLIENT_ID": "kaosheng",
            **({"REGISTRATION_CLIENT_SECRET": keys["registration_client_secret"]} if keys else {}),
        }

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one SQL statement on the service's database."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def intake(self, batch: str) -> int:
        """Return the id of the intake of 河北 with this code."""
        ((found,),) = self.execute(
            "SELECT i.id FROM regions_intake i JOIN regions_examarea a ON a.id = i.area_id"
            " WHERE a.code = '13' AND i.code = %s",
            batch,
        )
        return int(found)

    def change_registration(self, part: str, **facts: Any) -> dict[str, Any]:
        """Let the registration system push other facts of this part's candidate; return those there were."""
        registration = self.people[part]["registrations"][0]
        changed = {**registration, "source_version": 2, "facts": {**registration["facts"], **facts}}
        self.run("-c", PUSH, json.dumps(changed, ensure_ascii=False))
        before: dict[str, Any] = registration["facts"]
        return before

    def end_window(self, batch: str) -> None:
        """Let the upload window of an intake have ended an hour ago."""
        ended = "UPDATE regions_intake SET closes_at = now() - interval '1 hour' WHERE id = %s"
        self.execute(ended, self.intake(batch))

    def _create_databases(self, server: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            for url in (self.database, self.registration_database):
                name = sql.Identifier(urlsplit(url).path.lstrip("/"))
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))

    def _start_demo(self) -> None:
        self.demo = subprocess.Popen(
            [sys.executable, "-m", "kaosheng", "demo", "--no-seed", "--stop-with-parent"],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self.demo.stdout is not None
        ready = threading.Event()
        # Read to the end: a full pipe would stop the demo.
        threading.Thread(target=self._listen, args=(self.demo.stdout, ready), daemon=True).start()
        assert ready.wait(START_SECONDS), "".join(self.printed)
        assert self.printed[-1].startswith(READY_LINE), "".join(self.printed)

    def _listen(self, output: IO[str], ready: threading.Event) -> None:
        try:
            for line in output:
                self.printed.append(line)
                if line.startswith(READY_LINE):
                    ready.set()
        except ValueError:  # closed by `stop`
            pass
        ready.set()


def beside(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def shared_system(place: Path) -> Iterator[System]:
    """Hand over the system of this test run: the first worker starts it, and stops it when no other uses it.

    `place` is a folder of the run's own.
    """
    card = place / "system.json"
    with (place / "users").open("w") as users, (place / "start").open("w") as start:
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(start, fcntl.LOCK_EX)
        mine = not card.exists()
        system = System(place / "var")
        try:
            if mine:
                system.start()
                card.write_text(system.card(), encoding="utf-8")
            else:
                system.read(card.read_text(encoding="utf-8"))
            fcntl.flock(start, fcntl.LOCK_UN)
            yield system
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if mine:
                fcntl.flock(users, fcntl.LOCK_EX)
                try:
                    if card.exists():
                        # What all the walks left, while the system still runs.
                        system.run("-m", "kaosheng", "check_invariants")
                finally:
                    card.unlink(missing_ok=True)
                    system.stop()
                    shutil.rmtree(system.var, ignore_errors=True)


def moments() -> Iterator[None]:
    """Yield until patience ends: the beat of whoever looks again and again for what another process does."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        yield

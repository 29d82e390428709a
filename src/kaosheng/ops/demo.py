"""`make demo`: the whole system on one machine, from the first start to Ctrl-C."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from kaosheng.ops.demo_data import PICTURES_FOLDER
from kaosheng.ops.embedded_postgres import Cluster
from kaosheng.ops.processes import end_with_parent
from kaosheng.ops.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import FrameType

READY_SECONDS: Final = 60.0
LARGEST_LOG: Final = 20 * 1024 * 1024
SERVER_ERROR: Final = 500
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemoError(RuntimeError):
    """The demo can't run; the text says why and what to do."""


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Somebody pressed Ctrl-C or ended the process."""


@dataclass
class Progress:
    """What the database says about itself, in its own comment: it can't part from the data it describes."""

    migrations: str = ""
    keys: str = ""
    addresses: str = ""
    seeding: bool = False
    seeded: bool = False


class Demo:
    """The parts of the demo and the steps that bring them up."""

    def __init__(self, *, say: Callable[[str], None], seed: bool = True) -> None:
        """Report through `say`; without `seed` the database stays empty."""
        self.say = say
        self.seed = seed
        self.var: Path = settings.VAR
        self.cluster: Cluster | None = settings.DEMO_CLUSTER
        self.supervisor = Supervisor(report=say)
        self.step_process: subprocess.Popen[bytes] | None = None
        self.started_cluster = False

    def run(self, *, ready: Callable[[], None]) -> None:
        """Bring everything up, call `ready`, and stay until a signal; then leave no process behind."""
        self._catch_signals()
        with self._only_demo_of_checkout():
            try:
                self._bring_up()
                ready()
                self.supervisor.watch()
            except Stopped:
                self.say("stopping …")
            finally:
                self._take_down()

    def reset(self) -> None:
        """Delete the demo's data and its logs; its keys stay."""
        if self.cluster is None:
            message = "DATABASE_URL names a database of yours: empty it yourself, `--reset` only deletes the demo's own."
            raise DemoError(message)
        with self._only_demo_of_checkout():
            self.wipe()
            shutil.rmtree(self.var / "log", ignore_errors=True)

    def wipe(self) -> None:
        """Delete the embedded database and what belongs to its data: pictures, archive, files to try, the moved clock."""
        if self.cluster is None:
            return
        self.cluster.wipe()
        for folder in (settings.STORE_ROOT, settings.ARCHIVE_ROOT, self.var / PICTURES_FOLDER):
            shutil.rmtree(folder, ignore_errors=True)
        # The demo data are dated from today: a clock that was moved on would age them from their first day.
        settings.DEMO_CLOCK.unlink(missing_ok=True)

    def _bring_up(self) -> None:
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        self._start_database()
        progress = read_progress()
        if progress.seeding and self.cluster is not None:
            self.say("the first start was interrupted: its half-made data are thrown away")
            self.wipe()
            self._start_database()
            progress = Progress()
        self._check_keys(progress)
        self._bring_tables_up_to_date(progress)
        seed = self.seed and not progress.seeded
        addresses = _digest(
            settings.SERVICE_URL, settings.REGISTRATION_ISSUER, settings.REGISTRATION_CLIENT_SECRET
        )
        if seed or progress.addresses != addresses:
            # The registration system knows the service by its address: another port is another address.
            self._step("registrations", [*_registration(), "load_people"])
        self._serve("registration", "registration_demo.wsgi", settings.DEMO_REGISTRATION_PORT, workers=1)
        if seed:
            write_progress(replace(progress, seeding=True))
            self.say("demo data (once, about a minute)")
            self._step("demo data", [*_service(), "seed_demo"])
            progress = replace(progress, seeded=True, seeding=False)
        write_progress(replace(progress, addresses=addresses))
        self._serve("service", "kaosheng.wsgi", settings.PORT, workers=2)
        self.say("waiting for both sites")
        self._wait_for("registration", settings.DEMO_REGISTRATION_PORT)
        self._wait_for("service", settings.PORT)
        # Nobody waits for these; starting, they would take the processor from the sites.
        self.supervisor.add(self._child("worker", [*_service(), "worker"]))
        if settings.PICTURE_ASSISTANT:
            self.supervisor.add(self._child("inspection", [*_service(), "inspection", "work"]))
        self.supervisor.add(self._child("registration-outbox", [*_registration(), "send_outbox"]))

    def _start_database(self) -> None:
        if self.cluster is not None:
            self.say("database")
            # It may run already for work on the code; then it isn't this demo's to stop.
            if self.cluster.start(with_parent=True):
                self.started_cluster = True
            self.cluster.create_databases("kaosheng", "registration_demo")

    def _check_keys(self, progress: Progress) -> None:
        if progress.keys not in ("", _fingerprint_of_keys()):
            message = f"The data were made with other keys than those in {self.var}/demo-secrets.json: run `make demo-reset`."
            raise DemoError(message)

    def _bring_tables_up_to_date(self, progress: Progress) -> None:
        migrations = _fingerprint_of_migrations()
        if progress.migrations != migrations:
            self.say("tables")
            self._step("tables of the service", [*_service(), "migrate", "--verbosity", "0"])
            self._step("tables of the registration system", [*_registration(), "migrate", "--verbosity", "0"])
            progress.migrations, progress.keys = migrations, _fingerprint_of_keys()
            write_progress(progress)

    def _serve(self, name: str, application: str, port: int, *, workers: int) -> None:
        command = granian_command(application=application, port=port, workers=workers)
        self.supervisor.add(self._child(name, command))

    def _take_down(self) -> None:
        for caught in ENDINGS:
            signal.signal(caught, signal.SIG_IGN)
        if self.step_process is not None and self.step_process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.step_process.pid, signal.SIGTERM)
            self.step_process.wait()
        self.supervisor.stop()
        if self.cluster is not None and self.started_cluster:
            self.cluster.stop()

    def _step(self, name: str, command: list[str]) -> None:
        """Run a command to its end, showing what it prints."""
        self.step_process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=self._environment(),
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
        )
        code = self.step_process.wait()
        self.step_process = None
        if code != 0:
            message = f"“{name}” failed (exit {code}): {' '.join(command)}"
            raise DemoError(message)

    def _child(self, name: str, command: list[str]) -> Child:
        log_file = self.var / "log" / f"{name}.log"
        if log_file.exists() and log_file.stat().st_size > LARGEST_LOG:
            log_file.replace(log_file.with_suffix(".log.1"))
        log_file.touch()
        return Child(name=name, command=command, environment=self._environment(), log_file=log_file)

    def _environment(self) -> dict[str, str]:
        """Return what both systems read: the registration system learns its secrets here."""
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "PORT": str(settings.PORT),
            "DEMO_REGISTRATION_PORT": str(settings.DEMO_REGISTRATION_PORT),
            "SERVICE_URL": settings.SERVICE_URL,
            "REGISTRATION_ISSUER": settings.REGISTRATION_ISSUER,
            "REGISTRATION_CLIENT_ID": settings.REGISTRATION_CLIENT_ID,
            "REGISTRATION_CLIENT_SECRET": settings.REGISTRATION_CLIENT_SECRET,
            "REGISTRATION_WEBHOOK_SECRET": settings.REGISTRATION_WEBHOOK_SECRET,
            "REGISTRATION_SECRET_KEY": settings.DEMO_REGISTRATION_SECRET_KEY,
            "REGISTRATION_DATABASE_URL": settings.DEMO_REGISTRATION_DATABASE_URL,
            "REGISTRATION_CLOCK_FILE": str(settings.DEMO_CLOCK),
        }

    def _wait_for(self, name: str, port: int) -> None:
        child = next(child for child in self.supervisor.children if child.name == name)
        give_up = time.monotonic() + READY_SECONDS
        while time.monotonic() < give_up:
            self.supervisor.tend()
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code < SERVER_ERROR:
                    return
            time.sleep(0.1)
        message = f"The {name} doesn't answer on port {port}. Its log {child.log_file} ends with:\n{child.log_tail()}"
        raise DemoError(message)

    def _catch_signals(self) -> None:
        def stop(_number: int, _frame: FrameType | None) -> None:
            # Make, told to end, tells us too, and once more by ending: one request is enough.
            for caught in ENDINGS:
                signal.signal(caught, signal.SIG_IGN)
            raise Stopped

        for caught in ENDINGS:
            # `nohup` asks that a closed terminal doesn't matter.
            if caught is not signal.SIGHUP or signal.getsignal(caught) is not signal.SIG_IGN:
                signal.signal(caught, stop)

    @contextmanager
    def _only_demo_of_checkout(self) -> Iterator[None]:
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = "The demo of this checkout runs already; end it first (Ctrl-C where it runs)."
                raise DemoError(message) from error
            yield


def check_ports(ports: Mapping[str, int]) -> None:
    """Raise DemoError naming the first port that can't be had.

    granian shares a port silently with another server that allows it, so the test socket doesn't.
    """
    if len(set(ports.values())) < len(ports):
        message = f"{' and '.join(ports)} are the same ({next(iter(ports.values()))}); they must differ."
        raise DemoError(message)
    for variable, port in ports.items():
        for family, address in ((socket.AF_INET, settings.HOST), (socket.AF_INET6, "::1")):
            try:
                with socket.socket(family, socket.SOCK_STREAM) as probe:
                    # Connections of a server just ended linger; they don't matter.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind((address, port))
            except OSError as error:
                _explain(error, variable=variable, port=port)


def _explain(error: OSError, *, variable: str, port: int) -> None:
    if error.errno == errno.EADDRINUSE:
        message = f"Port {port} is in use by another program. Choose another: make demo {variable}=…"
        raise DemoError(message) from error
    if error.errno == errno.EACCES:
        message = f"This user may not open port {port}. Choose one above 1023: make demo {variable}=…"
        raise DemoError(message) from error
    if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        raise error


def read_progress() -> Progress:
    """Read how far the demo's database is; nothing when it is new."""
    with psycopg.connect(**connection.get_connection_params()) as own:
        row = own.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return Progress(**json.loads(row[0])) if row and row[0] else Progress()


def write_progress(progress: Progress) -> None:
    """Keep it as the comment of the database."""
    with psycopg.connect(**connection.get_connection_params()) as own:
        name = sql.Identifier(own.info.dbname)
        text = sql.Literal(json.dumps(asdict(progress)))
        own.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, text))


def _fingerprint_of_migrations() -> str:
    """Return a digest over everything `migrate` depends on: our migrations and the versions of the libraries."""
    source = settings.PACKAGE.parent
    files = [*source.glob("*/migrations/*.py"), *source.glob("*/*/migrations/*.py")]
    contents = [path.read_text(encoding="utf-8") for path in sorted(files)]
    lock = settings.CHECKOUT / "requirements" / "demo.txt"
    return _digest(*contents, lock.read_text(encoding="utf-8") if lock.exists() else "")


def _fingerprint_of_keys() -> str:
    return _digest(settings.SECRET_KEY, settings.BLIND_INDEX_KEY)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _service() -> list[str]:
    return [sys.executable, "-m", "kaosheng"]


def _registration() -> list[str]:
    return [sys.executable, "-m", "registration_demo"]


def granian_command(*, application: str, port: int, workers: int) -> list[str]:
    """Return the command that serves a WSGI application with 4 threads a worker."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", settings.HOST, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers",
        "--workers-kill-timeout", "5", f"{application}:application",
    ]  # fmt: skip


def _end_with_parent() -> None:
    end_with_parent(signal.SIGTERM)

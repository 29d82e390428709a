"""What the measurements run on: a durable PostgreSQL database and a picture store of their own, and servers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psycopg
from load import Plan, Seen

from kaosheng.ops.embedded_postgres import Cluster
from kaosheng.ops.processes import end_with_parent

CHECKOUT: Final = Path(__file__).resolve().parents[1]
VAR: Final = CHECKOUT / "var"
ROOT: Final = VAR / "bench"
DATABASE: Final = "kaosheng_bench"
PICTURES: Final = 40
PEOPLE: Final = CHECKOUT / "src" / "registration_demo" / "data" / "people.json"
READY_SECONDS: Final = 120
ENDING_SECONDS: Final = 20
WORKERS, THREADS = 2, 4
BARE_TABLE: Final = """
    CREATE TABLE bare_upload (
        name text PRIMARY KEY, digest text NOT NULL, width int NOT NULL, height int NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
    )
"""
"""What bare_server.py keeps its rows in."""


@dataclass(frozen=True)
class Results:
    """One row of bench/results/latest.json; `against` and `ratio` are empty where nothing is compared."""

    name: str
    value: float
    unit: str
    against: float | None
    ratio: float | None
    runs: int
    min: float
    max: float

    @classmethod
    def over(cls, name: str, unit: str, values: Sequence[float], *, runs: int | None = None) -> Results:
        """The median of some values beside their range, compared with nothing; `runs` where a value stands for several."""
        value, count = statistics.median(values), len(values) if runs is None else runs
        return cls(name, value, unit, None, None, count, min(values), max(values))


@dataclass(frozen=True)
class Database:
    """The database of a measurement and the first process of its server."""

    url: str
    process_id: int


@dataclass(frozen=True)
class Server:
    """A web server and the first process of it."""

    port: int
    process_id: int


@contextlib.contextmanager
def prepared() -> Iterator[Database]:
    """Give an empty database with the service's tables; this process then runs with the service's settings."""
    cluster = Cluster(var=VAR, name="bench", settings={})
    cluster.start(with_parent=True)
    try:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cluster.create_databases(DATABASE)
        empty_stores()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "kaosheng.settings.demo",
            "DATABASE_URL": cluster.url(DATABASE),
            "STORE_ROOT": str(ROOT / "store"),
            "BARE_ROOT": str(ROOT / "bare"),
            "PLAIN_ROOT": str(ROOT / "plain"),
            "LOG_LEVEL": "WARNING",
        }
        _migrate()
        first_line = (cluster.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]
        yield Database(os.environ["DATABASE_URL"], int(first_line))
    finally:
        cluster.stop()


def _migrate() -> None:
    import django  # noqa: PLC0415 - only now do the settings know the database
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def empty_stores() -> None:
    """Remove the pictures of earlier runs; the folders stay, as they would in a store that has worked for a day."""
    for name in ("store", "bare", "plain"):
        (ROOT / name).mkdir(parents=True, exist_ok=True)
        for path in (ROOT / name).rglob("*"):
            if path.is_file():
                path.unlink()


def drawn_pictures() -> list[str]:
    """Return the files of drawn documents of 100 to 200 KB each, drawing them at the first run."""
    from kaosheng.ops.drawings import draw  # noqa: PLC0415 - slow to load and needed at the first run only

    folder = ROOT / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    registrations = [person["registrations"][0] for person in json.loads(PEOPLE.read_text(encoding="utf-8"))]
    kinds = ("M01", "M03", "M04", "M09")
    for number in range(PICTURES):
        path = folder / f"{number:02}.jpg"
        if not path.exists():
            path.write_bytes(draw(kinds[number % len(kinds)], 1, registrations[number], number))
    return [str(path) for path in sorted(folder.glob("*.jpg"))]


@contextlib.contextmanager
def serving(application: str) -> Iterator[Server]:
    """Serve a WSGI module by granian, 2 workers with 4 threads. Its log: var/bench/<module>.log."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *(
            "--workers",
            str(WORKERS),
            "--blocking-threads",
            str(THREADS),
            "--no-ws",
            f"{application}:application",
        ),
    ]
    with (ROOT / f"{application}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parent,
            stdout=log,
            stderr=log,
            env=os.environ | {"PORT": str(port)},
            preexec_fn=lambda: end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - this process has one thread
        )
    try:
        _wait_until_it_answers(process, port)
        yield Server(port, process.pid)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a server to end; kill it and its workers when it doesn't, as when it was asked before its workers stood."""
    process.terminate()
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        for number in (*children(process.pid), process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the server on port {port} doesn't answer: see {ROOT}/*.log")


def children(process_id: int) -> list[int]:
    """Return the processes a process started. Linux only."""
    path = Path(f"/proc/{process_id}/task/{process_id}/children")
    return [int(number) for number in path.read_text(encoding="ascii").split()]


def cpu_seconds(process_id: int) -> float:
    """Return the CPU time so far of a process and all it started, those that ended included. Linux only."""
    processes = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            processes[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    tree, grown = {process_id}, True
    while grown:
        more = {number for number, (parent, _) in processes.items() if parent in tree} - tree
        tree, grown = tree | more, bool(more)
    ticks = sum(processes[number][1] for number in tree if number in processes)
    return ticks / os.sysconf("SC_CLK_TCK")


def under_load(plans: list[Plan]) -> list[Seen]:
    """Run one load generator a plan, at the same time, and return what each saw. Errors end the measurement."""
    command = [sys.executable, str(Path(__file__).with_name("load.py"))]
    generators = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in plans
    ]
    for generator, plan in zip(generators, plans, strict=True):
        assert generator.stdin is not None  # noqa: S101 - for the type checker
        generator.stdin.write(json.dumps(asdict(plan)))
        generator.stdin.close()
        generator.stdin = None
    seen = [Seen(**json.loads(generator.communicate()[0])) for generator in generators]
    for one in seen:
        if one.errors:
            raise SystemExit(f"{one.errors} uploads failed, the first with {one.first_error}")
    return seen

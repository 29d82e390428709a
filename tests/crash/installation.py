"""A whole installation of its own to be hurt: a durable PostgreSQL, a store, one web worker with one thread, a job worker."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from kaosheng.ops.embedded_postgres import Cluster
from kaosheng.ops.processes import end_with_parent

TESTS: Final = Path(__file__).resolve().parents[1]
CALLS: Final = ("openat", "mkdir", "write", "fsync", "rename", "unlink", "sendto", "recvfrom")
"""System calls that change a disk or speak to the database: between two of them nothing outside the process changes."""

THREAD: Final = "X-Thread"
"""The thread that answered, in a header (crash/wsgi.py): a file would add system calls to those that are counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """The n-th system call of a name in the thread that answers a request."""

    call: str
    number: int


@dataclass
class Installation:
    """Everything of it lives below one folder."""

    folder: Path
    cluster: Cluster
    store: Path
    port: int = 0
    server: subprocess.Popen[bytes] | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "kaosheng.settings.test",
            "DATABASE_URL": self.cluster.url("crash"),
            "STORE_ROOT": str(self.store),
            "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "LOG_LEVEL": "ERROR",
        }

    def kaosheng(self, *arguments: str) -> str:
        """Run a command of ours; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "kaosheng", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def script(self, name: str, *arguments: object) -> Any:
        """Run a function of `scripts.py` in this installation; what it returns."""
        done = self.kaosheng(
            "shell", "--no-imports", "-c", f"from crash import scripts; scripts.run({name!r}, *{arguments!r})"
        )
        return json.loads(done.splitlines()[-1])

    # --- the web worker ---------------------------------------------------------------------------------------
    @contextmanager
    def serving(self, *, threads: int = 1) -> Iterator[None]:
        """Serve with one worker that is started again when it dies, as `kaosheng serve` does with two."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._start(threads)
        try:
            self.wait_for_answer()
            yield
        finally:
            assert self.server is not None
            self.server.terminate()
            self.server.wait(30)

    def _start(self, threads: int = 1) -> None:
        with (self.folder / "web.log").open("ab") as log:
            self.server = subprocess.Popen(
                [
                    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
                    *(
                        "--port",
                        str(self.port),
                        "--workers",
                        "1",
                        "--blocking-threads",
                        str(threads),
                        "--no-ws",
                    ),
                    *("--respawn-failed-workers", "--respawn-interval", "0.1", "crash.wsgi:application"),
                ],
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - before any thread of a test
            )

    def wait_for_answer(self) -> None:
        """Until a worker answers. A server that gave up because its worker died twice in 5 s is started again, as systemd does."""
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            if self.server is not None and self.server.poll() is not None:
                self._start()
            with suppress(httpx.HTTPError):
                if self._ask().status_code < 500:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "web.log").read_text()[-2000:])

    def worker(self) -> int:
        """The process that answers now."""
        assert self.server is not None
        (worker,) = children_of(self.server.pid)
        return worker

    def kill_worker(self) -> None:
        """Kill the worker that answers now."""
        worker = self.worker()
        os.kill(worker, signal.SIGKILL)
        assert self.has_ended(worker)

    def has_ended(self, worker: int) -> bool:
        """Whether a worker has ended, or does within a second."""
        assert self.server is not None
        for _ in range(50):
            if worker not in children_of(self.server.pid):
                return True
            time.sleep(0.02)
        return False

    def answering_thread(self) -> int:
        """The thread of the worker that answers requests, as it says itself: the only one, unless more were asked for."""
        return int(self._ask().headers[THREAD])

    def _ask(self) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}/robots.txt", timeout=30)

    # --- tracing ----------------------------------------------------------------------------------------------
    @contextmanager
    def traced(self, thread: int, *rules: str) -> Iterator[Path]:
        """Trace a thread while the block runs."""
        output = self.folder / "trace"
        tracer = subprocess.Popen(
            ["strace", "-qq", "-p", str(thread), "-o", str(output), *(f"-e{rule}" for rule in rules)],
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_traced(thread)
            yield output
        finally:
            if tracer.poll() is None:
                tracer.send_signal(signal.SIGINT)
            tracer.wait(30)

    def steps_of(self, output: Path) -> list[Step]:
        """The steps of a traced request, in order."""
        counted: dict[str, int] = {}
        steps = []
        for line in output.read_text(encoding="utf-8", errors="replace").splitlines():
            name = re.match(r"(\w+)\(", line)
            if name and name[1] in CALLS:
                counted[name[1]] = counted.get(name[1], 0) + 1
                steps.append(Step(name[1], counted[name[1]]))
        return steps


def children_of(process: int) -> list[int]:
    """The processes a process started and that live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = path.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if int(parent) == process and state != "Z":
                found.append(int(path.parent.name))
    return found


def _wait_until_traced(thread: int) -> None:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        if "TracerPid:\t0" not in Path(f"/proc/{thread}/status").read_text():
            return
        time.sleep(0.01)
    raise AssertionError(f"strace did not attach to {thread}")

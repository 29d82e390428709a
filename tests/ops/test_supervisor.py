"""Children are started again, and none outlives the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kaosheng.ops.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def child(tmp_path: Path, program: str) -> Child:
    log_file = tmp_path / "child.log"
    log_file.touch()
    command = [sys.executable, "-u", "-c", textwrap.dedent(program)]
    return Child(name="child", command=command, environment=dict(os.environ), log_file=log_file, pause=0.01)


@pytest.fixture
def said() -> list[str]:
    """What the supervisor reported."""
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    """A supervisor that leaves no process behind, whatever becomes of the test."""
    supervisor = Supervisor(report=said.append)
    yield supervisor
    supervisor.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < give_up, "waited 60 s in vain"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("code", [0, 3])
def test_a_child_that_ends_is_started_again_whatever_its_exit_code(
    tmp_path: Path, supervisor: Supervisor, said: list[str], code: int
) -> None:
    part = child(tmp_path, f"print('started'); raise SystemExit({code})")
    supervisor.add(part)

    def twice() -> bool:
        supervisor.tend()
        return part.log_file.read_text().count("started") >= 2

    wait_for(twice)

    assert said[0] == f"child ended (exit {code}); starting it again, see {part.log_file}"


def test_stopping_ends_a_child_that_ignores_the_polite_request_and_what_it_started(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaosheng.ops.supervisor.GRACE_SECONDS", 0.3)
    part = child(
        tmp_path,
        """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.fork()
        # One write: print() makes two of it, between which the other process writes.
        os.write(1, b"%d " % os.getpid())
        time.sleep(60)
        """,
    )
    supervisor.add(part)
    wait_for(lambda: len(part.log_file.read_text().split()) == 2)
    pids = [int(pid) for pid in part.log_file.read_text().split()]

    supervisor.stop()

    wait_for(lambda: not any(lives(pid) for pid in pids))


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = f"""
        import os, sys, time
        from pathlib import Path
        from kaosheng.ops.supervisor import Child
        part = Child(name="child", command=[sys.executable, "-c", "import time; time.sleep(60)"],
                     environment=dict(os.environ), log_file=Path({str(tmp_path / "log")!r}))
        part.start()
        print(part.process.pid, flush=True)
        time.sleep(60)
        """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert lives(pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    wait_for(lambda: not lives(pid))

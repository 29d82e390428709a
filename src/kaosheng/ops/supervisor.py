"""Runs the parts of the demo as child processes and ends all of them, however it ends itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kaosheng.ops.processes import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GRACE_SECONDS: Final = 8.0
FIRST_RESTART_SECONDS: Final = 1.0
SLOWEST_RESTART_SECONDS: Final = 15.0
SETTLED_SECONDS: Final = 30.0
"""A child that ran this long has started well: its next restart is a quick one again."""


@dataclass
class Child:
    """A part that must run: started again whenever it ends, with growing pauses."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    pause: float = FIRST_RESTART_SECONDS

    def start(self) -> None:
        """Start it in a process group of its own, its output in its log."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_politely_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )
        self.started_at = time.monotonic()

    def signal_group(self, how: signal.Signals) -> None:
        """Signal the child and what it started; a group that has ended is no error."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, how)

    def group_lives(self) -> bool:
        """Whether any process of the child's group is left."""
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def log_tail(self) -> str:
        """Return the last lines of the log."""
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-12:])


@dataclass
class Supervisor:
    """Starts children, starts them again when they end, stops them together."""

    report: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def add(self, child: Child) -> None:
        """Start a child and look after it from now on."""
        child.start()
        self.children.append(child)

    def watch(self) -> None:
        """Start ended children again until `stopping` is set."""
        while not self.stopping:
            self.tend()
            time.sleep(0.2)

    def tend(self) -> None:
        """Look once at every child."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.restart_at:
                    child.start()
            elif child.process.poll() is not None:
                self._ended(child, now)

    def stop(self) -> None:
        """End every child, first politely; no process of theirs is left when this returns."""
        for child in reversed(self.children):
            child.signal_group(signal.SIGTERM)
        give_up = time.monotonic() + GRACE_SECONDS
        while any(child.group_lives() for child in self.children) and time.monotonic() < give_up:
            time.sleep(0.05)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _ended(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - for the type checker; the caller looked
        self.report(
            f"{child.name} ended (exit {child.process.returncode}); starting it again, see {child.log_file}"
        )
        # Workers orphaned by a killed server would go on sharing its port.
        child.signal_group(signal.SIGKILL)
        settled = now - child.started_at > SETTLED_SECONDS
        child.pause = FIRST_RESTART_SECONDS if settled else min(child.pause * 2, SLOWEST_RESTART_SECONDS)
        child.restart_at = now + child.pause
        child.process = None


def _end_politely_with_parent() -> None:
    end_with_parent(signal.SIGTERM)

"""How processes end together."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
# Loaded here and not between fork and exec, where little is safe.
LIBC: Final = ctypes.CDLL(None)
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
MAPPED_FROM: Final = 256 * 1024
"""Bytes."""


def end_with_parent(how: signal.Signals) -> None:
    """Let the kernel send this process `how` when its parent ends; on Linux only, elsewhere without effect."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, how)


def idle_priority() -> None:
    """Let this process run only when nobody else wants the processor; where that can't be asked, last of all."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(19)


@contextmanager
def ends_after(seconds: float) -> Iterator[None]:
    """Let the kernel end this process if the block takes longer; a handler of Python's would wait for native code."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def give_large_blocks_back() -> None:
    """Let the C library hand memory of whole pictures back to the kernel as soon as it is free; glibc only.

    By itself it keeps a heap for each thread and, once a large block was freed, puts the next ones there too: a web worker
    held 466 MB after the heaviest pictures, and 270 with this (docs/performance.md).
    """
    if hasattr(LIBC, "mallopt"):
        LIBC.mallopt(M_ARENA_MAX, 1)
        LIBC.mallopt(M_MMAP_THRESHOLD, MAPPED_FROM)


def resident_bytes() -> int:
    """Memory this process holds now; 0 where the system doesn't say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0

"""How processes end together."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
# Loaded here and not between fork and exec, where little is safe.
LIBC: Final = ctypes.CDLL(None)


def end_with_parent(how: signal.Signals) -> None:
    """Let the kernel send this process `how` when its parent ends; on Linux only, elsewhere without effect."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, how)

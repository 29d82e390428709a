"""Programs the measurements take from the system: each is found here, or it is said what to install."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

CHROMIUM_OPTIONS: Final = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def chromium() -> str:
    """Return the path of Chromium; the environment's CHROMIUM goes first. Raises SystemExit when there is none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return _found(names, "Chromium and Chinese fonts", "apt-get install chromium fonts-noto-cjk")


def wrk() -> str:
    """Return the path of the load generator wrk. Raises SystemExit when there is none."""
    return _found(("wrk",), "wrk", "apt-get install wrk")


def py_spy() -> str:
    """Return the path of the profiler py-spy, this environment's first. Raises SystemExit when there is none."""
    own = str(Path(sys.executable).with_name("py-spy"))
    return _found((own, "py-spy"), "py-spy", "make setup-dev")


def _found(names: tuple[str, ...], what: str, how: str) -> str:
    for name in names:
        if name and (path := shutil.which(name)):
            return path
    raise SystemExit(f"this measurement needs {what}: {how}")

"""Every word on a screen has its English."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_every_word_has_its_english() -> None:
    check = subprocess.run(
        [sys.executable, CHECKOUT / "tools" / "messages.py", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.stdout, check.returncode) == ("Every word has its English.\n", 0), (
        check.stdout + check.stderr
    )

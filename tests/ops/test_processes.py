"""The assistant's process is ended by the kernel when one picture takes too long, whatever it is doing."""

from __future__ import annotations

import signal
import subprocess
import sys

PROGRAM = """
import hashlib
from kaosheng.ops.processes import ends_after
with ends_after(0.05):
    {work}
print("done")
"""
ENDLESS = "hashlib.pbkdf2_hmac('sha256', b'a', b'b', 2_000_000_000)"
"""Native code: no handler of Python's runs before it returns."""


def run(work: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def test_what_takes_too_long_is_ended_in_the_middle_of_native_code() -> None:
    assert run(ENDLESS) == (-signal.SIGALRM, "")


def test_what_is_done_in_time_goes_on_without_a_limit() -> None:
    assert run("pass\nimport time; time.sleep(0.1)") == (0, "done\n")

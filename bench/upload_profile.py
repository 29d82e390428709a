"""Where the service's processor time goes in uploads: py-spy looks at its workers while they take 40 uploads a second.

`.venv/bin/python bench/upload_profile.py` prints the modules of the service in whose calls the workers were found, with
the library calls they make, by share. py-spy needs the right to look into other processes (root, or ptrace_scope 0).
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections import Counter
from typing import Final

from programs import py_spy
from system import ROOT, prepared, serving
from upload import PEAK_RATE, WARM_UP, Uploads

SAMPLES_A_SECOND: Final = 50
"""More, and py-spy falls behind on two cores."""
ROWS: Final = 20
OURS: Final = re.compile(r"\((?:.*/)?kaosheng/(?P<module>[\w/]+)\.py:\d+\)$")
ELSEWHERE: Final = "Django, granian and libraries outside our calls"
STACKS: Final = ROOT / "upload.stacks"


def main() -> None:
    """Load the service, watch it, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    seconds = parser.parse_args().seconds
    with prepared() as database, serving("kaosheng.wsgi") as server:
        uploads = Uploads({"service": server}, database)
        uploads.at_rate("service", PEAK_RATE, 2 * WARM_UP)
        watch = subprocess.Popen(
            [
                *(py_spy(), "record", "--pid", str(server.process_id), "--subprocesses", "--format", "raw"),
                *("--duration", str(seconds), "--rate", str(SAMPLES_A_SECOND), "--output", str(STACKS)),
            ]
        )
        uploads.at_rate("service", PEAK_RATE, seconds)
        if watch.wait() != 0:
            raise SystemExit("py-spy found nothing: see above")
    _print(_by_module(STACKS.read_text(encoding="utf-8")))


def _by_module(stacks: str) -> Counter[str]:
    """Samples of each module of the service that is innermost in its stack."""
    found: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, times = line.rpartition(" ")
        modules = (OURS.search(frame) for frame in reversed(stack.split(";")))
        innermost = next((match["module"] for match in modules if match), ELSEWHERE)
        found[innermost] += int(times)
    return found


def _print(found: Counter[str]) -> None:
    whole = found.total()
    print(f"{whole} samples; share of those in which a worker was busy")
    for module, times in found.most_common(ROWS):
        print(f"{times / whole:6.1%}  {module}")


if __name__ == "__main__":
    main()

"""`python bench/assistant.py`: what the picture assistant costs an upload at a province's peak, with and without it.

One run, in alternating order: 40 uploads a second for 15 s, once with the assistant's worker looking at what arrives
(in idle priority, on the same two cores), once with the assistant switched off. Then, with one upload a second, how
long after an upload the quick look is done; and the memory of that worker at its highest. `--rounds` (3), `--seconds` (15). `make bench` runs it with the other rows.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from system import ROOT, Database, Results, prepared, serving
from table import print_table
from upload import PEAK_RATE, PEAK_ROUNDS, PEAK_SECONDS, Uploads

WATCHED_EVERY: Final = 0.5
QUIET_RATE: Final = 1.0
QUIET_SECONDS: Final = 45.0
WARM_UP: Final = 8
"""Uploads that come while the worker still loads its nets."""


class Worker:
    """The assistant's process, as the demo and an installation start it; `peak` is its memory at most, in MB."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._ended = threading.Event()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Let it work meanwhile. Raises SystemExit when it ends by itself."""
        self._ended.clear()
        with (ROOT / "assistant.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "kaosheng", "inspection", "work"], stdout=log, stderr=log
            )
        watch = threading.Thread(target=self._watch, args=(process.pid,))
        watch.start()
        try:
            yield
            if process.poll() is not None:
                message = f"the assistant ended: see {ROOT}/assistant.log"
                raise SystemExit(message)
        finally:
            self._ended.set()
            watch.join()
            process.send_signal(signal.SIGTERM)
            process.wait()

    def _watch(self, process_id: int) -> None:
        status = Path(f"/proc/{process_id}/status")
        while not self._ended.wait(WATCHED_EVERY):
            with contextlib.suppress(OSError, StopIteration):
                lines = status.read_text(encoding="ascii").splitlines()
                highest = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
                self.peak = max(self.peak, highest / 1024)


def rows(database: Database, *, rounds: int = PEAK_ROUNDS, seconds: float = PEAK_SECONDS) -> list[Results]:
    """Measure uploads at the peak rate, with and without."""
    slow: dict[str, list[float]] = {"with": [], "without": []}
    worker = Worker()
    with (
        _assistant_is("0"),
        serving("kaosheng.wsgi") as without,
        _assistant_is("1"),
        serving("kaosheng.wsgi") as served,
    ):
        uploads = Uploads({"with": served, "without": without}, database)
        for number in range(rounds):
            for which in ("with", "without") if number % 2 else ("without", "with"):
                with worker.working() if which == "with" else contextlib.nullcontext():
                    slow[which].append(_percentile(uploads.at_rate(which, PEAK_RATE, seconds), 99))
                print(f"  p99 {which}: {slow[which][-1]:.0f} ms, {_waiting()} pictures wait", flush=True)
        shares = {which: [100 * one for one in found] for which, found in uploads.shares.items()}
        with worker.working():
            after = _looked_at_after(uploads)
    return [
        _row("upload_p99_at_40_per_s_ms", "ms", slow["with"], slow["without"]),
        _row("load_share_with_assistant", "% of CPU", shares["with"], shares["without"]),
        _row("advice_after_upload_p95", "ms", [_percentile(after, 95)], None),
        _row("inspection_rss_mb", "MB", [worker.peak], None),
    ]


def _looked_at_after(uploads: Uploads) -> list[float]:
    """Milliseconds from each upload's commit to its quick look, when nothing else is to do; the nets are warm."""
    from kaosheng.casework.models import PictureAdvice  # noqa: PLC0415 - Django must be set up first

    uploads.at_rate("with", QUIET_RATE, QUIET_SECONDS)
    while PictureAdvice.objects.filter(stage="waiting").exists():
        time.sleep(WATCHED_EVERY)
    moments = PictureAdvice.objects.exclude(looked_at=None).order_by("queued_at")
    took = [
        (looked_at - queued_at).total_seconds() * 1000
        for queued_at, looked_at in moments.values_list("queued_at", "looked_at")
        if looked_at is not None
    ][WARM_UP:]
    print(f"  quick look after {statistics.median(took):.0f} ms (median of {len(took)})", flush=True)
    return took


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _waiting() -> int:
    from kaosheng.casework.models import PictureAdvice  # noqa: PLC0415 - Django must be set up first

    return PictureAdvice.objects.filter(stage__in=["waiting", "looked"]).count()


@contextlib.contextmanager
def _assistant_is(value: str) -> Iterator[None]:
    before = os.environ.get("PICTURE_ASSISTANT")
    os.environ["PICTURE_ASSISTANT"] = value
    try:
        yield
    finally:
        del os.environ["PICTURE_ASSISTANT"]
        if before is not None:
            os.environ["PICTURE_ASSISTANT"] = before


def _row(name: str, unit: str, values: list[float], against: list[float] | None) -> Results:
    return Results(
        name=name,
        value=statistics.median(values),
        unit=unit,
        against=statistics.median(against) if against else None,
        ratio=statistics.median(one / other for one, other in zip(values, against, strict=True))
        if against
        else None,
        runs=len(values),
        min=min(values),
        max=max(values),
    )


def main() -> None:
    """Measure in an empty database and print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=PEAK_ROUNDS)
    parser.add_argument("--seconds", type=float, default=PEAK_SECONDS)
    options = parser.parse_args()
    with prepared() as database:
        print_table(rows(database, rounds=options.rounds, seconds=options.seconds))


if __name__ == "__main__":
    main()

"""Uploads a second, the service against the bare server, and how long one takes at a province's peak."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from typing import Final

import psycopg
from load import Plan, Seen
from service_data import Candidates
from system import Database, Results, Server, cpu_seconds, drawn_pictures, empty_stores, serving, under_load

ROUNDS: Final = 6
WARM_UP: Final = 1.0
SECONDS: Final = 4.0
GENERATORS: Final = 2
CONNECTIONS: Final = 8
"""Of each generator: 16 uploads under way for 8 threads."""
PEAK_ROUNDS: Final = 3
PEAK_RATE: Final = 40.0
PEAK_SECONDS: Final = 15.0
BARE_REQUESTS: Final = 8000
TABLE: Final = """
    CREATE TABLE bare_upload (
        name text PRIMARY KEY, digest text NOT NULL, width int NOT NULL, height int NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
    )
"""


class Uploads:
    """Servers (the one named bare is no service of ours) with their data; `measure` loads one of them once."""

    def __init__(self, servers: dict[str, Server], database: Database) -> None:
        self.servers, self.database = servers, database
        self.candidates, self.pictures = Candidates.registered(), drawn_pictures()
        self.generator_shares: list[float] = []
        self.cpu: dict[str, list[float]] = {server: [] for server in servers}

    def measure(self, server: str, *, rate: float = 0.0, seconds: float = SECONDS) -> list[Seen]:
        """Load one server from outside and return what each generator saw."""
        empty_stores()
        self.candidates.remove_pictures()
        requests = [{"path": "/"}] * BARE_REQUESTS if server == "bare" else self.candidates.requests()
        numbered = [request | {"picture": n % len(self.pictures)} for n, request in enumerate(requests)]
        before = self._cpu(server)
        seen = under_load(
            [
                Plan(
                    port=self.servers[server].port,
                    connections=CONNECTIONS,
                    warm_up=WARM_UP,
                    seconds=seconds,
                    rate=rate / GENERATORS,
                    pictures=self.pictures,
                    requests=numbered[generator::GENERATORS],
                )
                for generator in range(GENERATORS)
            ]
        )
        self.generator_shares.append(sum(one.cpu for one in seen) / (os.cpu_count() or 1))
        spent = (self._cpu(server) - before) * 1000
        self.cpu[server].append(spent / sum(one.accepted for one in seen))
        return seen

    def _cpu(self, server: str) -> float:
        return cpu_seconds(self.servers[server].process_id) + cpu_seconds(self.database.process_id)

    def per_second(self, server: str) -> float:
        """Return uploads a second."""
        return sum(one.done / one.seconds for one in self.measure(server))

    def slow_ones(self, server: str) -> float:
        """Return the 99th percentile of an upload's milliseconds at the peak rate."""
        seen = self.measure(server, rate=PEAK_RATE, seconds=PEAK_SECONDS)
        return statistics.quantiles([ms for one in seen for ms in one.milliseconds], n=100)[98]


def rows(database: Database) -> list[Results]:
    """Measure both servers in alternating order: throughput, the CPU it took, and waiting time at the peak."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(TABLE)
    with serving("bare_server") as bare, serving("kaosheng.wsgi") as service:
        uploads = Uploads({"bare": bare, "service": service}, database)
        fast = _alternating(uploads.per_second, ROUNDS)
        cpu = {server: list(spent) for server, spent in uploads.cpu.items()}
        shares = list(uploads.generator_shares)
        slow = _alternating(uploads.slow_ones, PEAK_ROUNDS)
    print(
        f"load generator: {GENERATORS} processes x {CONNECTIONS} connections, "
        f"{min(shares):.0%} to {max(shares):.0%} of all CPU"
    )
    return [
        _row("upload_vs_bare", "uploads/s", fast),
        _row("upload_cpu_with_postgresql", "ms", cpu),
        _row("upload_p99_at_40_per_second", "ms", slow),
    ]


def _alternating(measure: Callable[[str], float], rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"bare": [], "service": []}
    for number in range(rounds):
        for server in ("bare", "service") if number % 2 else ("service", "bare"):
            found[server].append(measure(server))
            print(f"  {measure.__name__} {server}: {found[server][-1]:.0f}", flush=True)
    return found


def _row(name: str, unit: str, found: dict[str, list[float]]) -> Results:
    ours, bare = found["service"], found["bare"]
    return Results(
        name=name,
        value=statistics.median(ours),
        unit=unit,
        against=statistics.median(bare),
        ratio=statistics.median(one / other for one, other in zip(ours, bare, strict=True)),
        runs=len(ours),
        min=min(ours),
        max=max(ours),
    )

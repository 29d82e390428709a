"""A load generator in a process of its own: reads a plan from stdin, writes what it saw to stdout, both JSON.

For waiting times at a fixed rate, which wrk doesn't keep (throughput is wrk.py's), and for requests that are meant to be refused.
Each connection takes every n-th request of the plan. Without a rate it sends the next one as soon as the last
was answered; with a rate it sends at fixed times, and a late answer makes the next ones late, which counts.
"""

from __future__ import annotations

import http.client
import json
import secrets
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REDIRECTED = 300
TIMEOUT = 30


@dataclass
class Plan:
    """What one process sends: `requests` name path, headers, picture (an index), fields, and a status unless it is 2xx."""

    port: int
    connections: int
    warm_up: float
    seconds: float
    rate: float
    pictures: list[str]
    requests: list[dict[str, Any]]


@dataclass
class Seen:
    """What one process saw in the measured seconds."""

    done: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    errors: int = 0
    first_error: str = ""
    milliseconds: list[float] = field(default_factory=list)


class Generator:
    """Runs one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bodies = [Path(name).read_bytes() for name in plan.pictures]
        self.lock = threading.Lock()
        self.seen = Seen()
        self.start = self.last = 0.0

    def run(self) -> Seen:
        """Send everything and return what was seen."""
        cpu = time.process_time()
        self.start = time.perf_counter()
        threads = [threading.Thread(target=self._connect, args=(n,)) for n in range(self.plan.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = time.perf_counter() - self.start
        self.seen.seconds = max(0.001, self.last - self.start - self.plan.warm_up)
        self.seen.cpu = (time.process_time() - cpu) / whole
        return self.seen

    def _connect(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.plan.port, timeout=TIMEOUT)
        for turn, request in enumerate(self.plan.requests[number :: self.plan.connections]):
            due = time.perf_counter()
            if self.plan.rate:
                due = self.start + (turn * self.plan.connections + number) / self.plan.rate
                time.sleep(max(0.0, due - time.perf_counter()))
            if due - self.start > self.plan.warm_up + self.plan.seconds:
                break
            try:
                error = self._send(connection, request)
            except (OSError, http.client.HTTPException) as fault:
                error = f"{type(fault).__name__}: {fault}"
                connection.close()
            self._note(due, time.perf_counter(), error)
        connection.close()

    def _send(self, connection: http.client.HTTPConnection, request: dict[str, Any]) -> str:
        body, kind = form(request["fields"], self.bodies[request["picture"]])
        connection.request("POST", request["path"], body, request.get("headers", {}) | {"Content-Type": kind})
        answer = connection.getresponse()
        text = answer.read()
        expected = request.get("status")
        is_right = answer.status == expected if expected else answer.status < REDIRECTED
        return "" if is_right else f"{answer.status}: {text[:300].decode(errors='replace')}"

    def _note(self, sent: float, answered: float, error: str) -> None:
        with self.lock:
            if error:
                self.seen.errors += 1
                self.seen.first_error = self.seen.first_error or error
                return
            # By the moment it was due: the late answers of the last second count too.
            if self.plan.warm_up <= sent - self.start <= self.plan.warm_up + self.plan.seconds:
                self.seen.done += 1
                self.seen.milliseconds.append((answered - sent) * 1000)
                self.last = max(self.last, answered)


def form(fields: dict[str, str], picture: bytes) -> tuple[bytes, str]:
    """Return the multipart body of a form with a picture, and its content type."""
    boundary = secrets.token_hex(12)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="scan.jpg"\r\nContent-Type: image/jpeg'
    body = (
        "".join(parts).encode() + head.encode() + b"\r\n\r\n" + picture + f"\r\n--{boundary}--\r\n".encode()
    )
    return body, f"multipart/form-data; boundary={boundary}"


if __name__ == "__main__":
    json.dump(asdict(Generator(Plan(**json.load(sys.stdin))).run()), sys.stdout)

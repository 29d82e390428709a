"""Uploads as fast as a server takes them: wrk with bench/upload.lua, one thread and 16 connections.

wrk keeps no rate and can't tell how late a request was sent: for waiting times at a rate see load.py.
"""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import programs

CONNECTIONS: Final = 16
"""Uploads under way for the 8 threads of a server."""
SCRIPT: Final = Path(__file__).with_name("upload.lua")
MARK: Final = "JSON "


@dataclass(frozen=True)
class Throughput:
    """What one run saw; `cpu` is the generator's use of one processor, 1.0 for a whole one."""

    per_second: float
    cpu: float


def uploads_a_second(
    port: int, requests: list[dict[str, Any]], pictures: list[str], seconds: int
) -> Throughput:
    """Send the requests, each at most once, for so many whole seconds.

    Raises SystemExit when wrk isn't there, when any request failed, and when the list was too short.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        file.writelines(_line(request, pictures) for request in requests)
        file.flush()
        address = f"http://127.0.0.1:{port}"
        command = [
            programs.wrk(),
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "30s",
            "-s",
            str(SCRIPT),
        ]
        cpu, began = _cpu_of_ended_children(), time.perf_counter()
        told = subprocess.run(
            [*command, address, "--", file.name], capture_output=True, text=True, check=False
        )
        share = (_cpu_of_ended_children() - cpu) / (time.perf_counter() - began)
    line = next((line for line in told.stdout.splitlines() if line.startswith(MARK)), "")
    if told.returncode != 0 or not line:
        raise SystemExit(f"wrk ended with {told.returncode}: {told.stderr or told.stdout}")
    seen = json.loads(line.removeprefix(MARK))
    if seen["errors"]:
        raise SystemExit(f"{seen['errors']} uploads failed, the first with {seen['first_error']}")
    return Throughput(seen["done"] / seen["seconds"], share)


def _line(request: dict[str, Any], pictures: list[str]) -> str:
    headers = [f"h:{name}={value}" for name, value in request.get("headers", {}).items()]
    fields = [f"f:{name}={value}" for name, value in request.get("fields", {}).items()]
    return "\t".join((request["path"], pictures[request["picture"]], *headers, *fields)) + "\n"


def _cpu_of_ended_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

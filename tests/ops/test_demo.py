"""`kaosheng demo` as a user runs it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kaosheng.ops.demo import Demo, DemoError, check_ports
from kaosheng.ops.embedded_postgres import cluster_of_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        # As granian does: the port could be shared silently.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def start(var: Path, *arguments: str, port: int | str, registration_port: int | str) -> subprocess.Popen[str]:
    ours = {
        "KAOSHENG_VAR": str(var),
        "PORT": str(port),
        "DEMO_REGISTRATION_PORT": str(registration_port),
        "DJANGO_SETTINGS_MODULE": "kaosheng.settings.demo",
    }
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "kaosheng", "demo", *arguments],
        env={**inherited, **ours}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def processes_of(var: Path, place: Path) -> list[str]:
    """Every living process started for this directory of state, by its environment or its data directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = process.joinpath("environ").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(var) in environment or str(place) in command:
            found.append(command)
    return found


def test_a_port_in_use_is_named_and_nothing_is_started(tmp_path: Path, taken_port: int) -> None:
    with start(tmp_path / "var", port=free_port(), registration_port=taken_port) as demo:
        output, _ = demo.communicate(timeout=60)

    assert demo.returncode == 1
    assert output == (
        f"CommandError: Port {taken_port} is in use by another program. "
        "Choose another: make demo DEMO_REGISTRATION_PORT=…\n"
    )
    assert not (tmp_path / "var" / "postgres").exists()


def test_both_sites_on_one_port_are_refused(settings: Any) -> None:
    settings.HOST = HOST
    with pytest.raises(DemoError, match=r"PORT and DEMO_REGISTRATION_PORT are the same \(8000\)"):
        check_ports({"PORT": 8000, "DEMO_REGISTRATION_PORT": 8000})


def test_a_server_that_has_just_ended_does_not_hold_its_port(settings: Any) -> None:
    settings.HOST = HOST
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            connection, _ = server.accept()
            connection.close()

    check_ports({"PORT": port})


class Wiped:
    """A cluster that notes that it was wiped."""

    wiped = False

    def wipe(self) -> None:
        self.wiped = True


def test_a_reset_leaves_the_keys_alone(settings: Any, tmp_path: Path) -> None:
    cluster = Wiped()
    settings.VAR, settings.DEMO_CLUSTER, settings.DEMO_CLOCK = tmp_path, cluster, tmp_path / "demo-clock"
    settings.STORE_ROOT, settings.ARCHIVE_ROOT = tmp_path / "store", tmp_path / "archive"
    for name in ("demo-clock", "demo-secrets.json"):
        (tmp_path / name).write_text("86400")
    for name in ("store", "archive", "pictures-to-try", "log", "stamps"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").touch()

    demo = Demo(say=print)
    demo.reset()
    demo.reset()

    assert cluster.wiped
    assert {path.name for path in tmp_path.iterdir()} == {"demo-secrets.json", "demo.lock", "stamps"}


@pytest.mark.parametrize(("variable", "given"), [("PORT", "abc"), ("DEMO_REGISTRATION_PORT", "70000")])
def test_what_is_no_port_is_said_in_one_line(tmp_path: Path, variable: str, given: str) -> None:
    ports = {"port": "8000", "registration_port": "8001"}
    ports["port" if variable == "PORT" else "registration_port"] = given
    with start(tmp_path / "var", **ports) as demo:
        output, _ = demo.communicate(timeout=60)

    assert (demo.returncode, output) == (
        1,
        f"kaosheng: {variable} takes a port, a number from 1 to 65535, not {given!r}.\n",
    )
    assert not (tmp_path / "var").exists()


@pytest.mark.long
def test_half_made_demo_data_are_thrown_away_at_the_next_start(tmp_path: Path) -> None:
    var = tmp_path / "var"
    place = cluster_of_demo(var).place
    with start(var, port=free_port(), registration_port=free_port()) as first:
        assert first.stdout is not None
        for line in first.stdout:
            if "dossiers:" in line:
                break
        first.send_signal(signal.SIGINT)
    with start(var, port=free_port(), registration_port=free_port()) as second:
        assert second.stdout is not None
        printed = []
        for line in second.stdout:
            printed.append(line)
            if line.startswith("Ctrl-C"):
                second.send_signal(signal.SIGINT)
    try:
        assert second.returncode == 0, "".join(printed)
        assert "==> the first start was interrupted: its half-made data are thrown away\n" in printed
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize(
    "ending", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long), signal.SIGKILL]
)
def test_the_demo_runs_and_leaves_no_process_behind(tmp_path: Path, ending: signal.Signals) -> None:
    var, port, registration_port = tmp_path / "var", free_port(), free_port()
    place = cluster_of_demo(var).place
    demo = start(var, "--no-seed", port=port, registration_port=registration_port)
    assert demo.stdout is not None
    printed = []
    for line in demo.stdout:
        printed.append(line)
        if line.startswith("Ctrl-C"):
            break
    try:
        assert "lixiaoyu" in "".join(printed), "".join(printed)
        assert httpx.get(f"http://{HOST}:{port}/").status_code < 500
        assert httpx.get(f"http://{HOST}:{registration_port}/").status_code < 500
        second = start(var, port=free_port(), registration_port=free_port())
        assert "runs already" in second.communicate(timeout=60)[0]

        demo.send_signal(ending)
        demo.wait(timeout=30)
        give_up = time.monotonic() + 20
        while (left := processes_of(var, place)) and time.monotonic() < give_up:
            time.sleep(0.2)

        assert left == []
        if ending is not signal.SIGKILL:
            assert demo.returncode == 0
    finally:
        demo.kill()
        demo.stdout.close()
        shutil.rmtree(place, ignore_errors=True)

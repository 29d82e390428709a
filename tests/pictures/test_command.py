from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kaosheng.domain.errors import Refusal
from kaosheng.ops.management.commands.pictures import check
from kaosheng.pictures import words
from kaosheng.pictures.checks import examine
from pictures.drawn import jpeg, png
from pictures.files import ACCEPTED, REFUSED

KEYS = ["file", "accepted", "code", "message", "width", "height", "bytes", "format"]


@pytest.mark.parametrize("name", [*ACCEPTED, *REFUSED])
def test_the_verdict_of_the_upload(name: str, tmp_path: Path) -> None:
    code, build = REFUSED.get(name) or (None, ACCEPTED.get(name, bytes))
    path, data = tmp_path / name, build()
    path.write_bytes(data)
    verdict = check(str(path))
    assert list(verdict) == KEYS
    assert (verdict["file"], verdict["code"], verdict["bytes"]) == (str(path), code, path.stat().st_size)
    assert verdict["accepted"] is (code is None)
    assert verdict["message"] == sentence_of(data, code)
    assert (verdict["format"] in {"jpeg", "png"}) is (code is None)


def sentence_of(data: bytes, code: str | None) -> str | None:
    """What the page, the API and everybody else say of it."""
    if code is None:
        return None
    with pytest.raises(Refusal) as caught:
        examine(data)
    return words.sentence(code, caught.value.params)


def run(*files: str | bytes, **environment: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run the installed command with a database address that leads nowhere."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("kaosheng")), "pictures", "check", *files],
        capture_output=True,
        check=False,
        env=os.environ | {"DATABASE_URL": "postgresql:///nowhere?host=/nowhere"} | environment,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_from_the_shell(tmp_path: Path) -> None:
    good, also_good, odd = (
        tmp_path / "a.jpg",
        tmp_path / "png named.jpg",
        os.fsencode(tmp_path) + b"/\xff\xfe.jpg",
    )
    good.write_bytes(jpeg())
    also_good.write_bytes(png())
    Path(os.fsdecode(odd)).write_bytes(jpeg())
    code, lines, errors = run(str(good), str(also_good), odd)
    assert (code, errors) == (0, "")
    assert [(line["accepted"], line["format"], line["width"], line["height"]) for line in lines] == [
        (True, "jpeg", 900, 640),
        (True, "png", 900, 640),
        (True, "jpeg", 900, 640),
    ]


def test_from_the_shell_with_what_is_no_file(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "ok.jpg").write_bytes(jpeg())
    names = ["missing", "", "pipe", "loop", "ok.jpg", "ok.jpg/inside", "n" * 300]
    code, lines, errors = run(*(str(tmp_path / name) for name in names), PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (code, errors) == (1, "")
    assert [line["code"] for line in lines] == [
        "file_missing",
        "file_not_regular",
        "file_not_regular",
        "file_unreadable",
        None,
        "file_missing",
        "file_unreadable",
    ]
    assert lines[0]["message"] == "找不到文件"


def started(var: Path, *files: Path, **streams: Any) -> subprocess.Popen[bytes]:
    """Start it as a user without an environment would, `var/` being where nobody can write."""
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("kaosheng")), "pictures", "check", *map(str, files)],
        env={**inherited, "KAOSHENG_VAR": str(var)}, stderr=subprocess.PIPE, **streams,
    )  # fmt: skip


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "ok.jpg"
    path.write_bytes(jpeg())
    return path


def test_it_needs_no_keys_and_writes_nothing(picture: Path) -> None:
    with started(picture / "var", picture, stdout=subprocess.PIPE) as command:
        output, errors = command.communicate()
    assert (command.returncode, errors) == (0, b"")
    assert json.loads(output)["accepted"] is True


def test_a_full_disk_is_said_in_one_line(picture: Path) -> None:
    with Path("/dev/full").open("wb") as full, started(picture / "var", picture, stdout=full) as command:
        _output, errors = command.communicate()
    assert (command.returncode, errors) == (
        2, b"CommandError: The verdicts can't be written: No space left on device.\n",
    )  # fmt: skip


def test_a_closed_stdout_is_said_in_one_line(picture: Path) -> None:
    with started(picture / "var", picture, preexec_fn=lambda: os.close(1)) as command:
        _output, errors = command.communicate()
    assert (command.returncode, errors) == (
        2, b"CommandError: There is nowhere to write to: stdout is closed.\n",
    )  # fmt: skip


def test_ctrl_c_ends_it_without_a_traceback(picture: Path) -> None:
    def hears_it() -> None:
        """A shell's background job hands down the wish to ignore Ctrl-C."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    pictures = [picture] * 2000
    with started(picture / "var", *pictures, stdout=subprocess.PIPE, preexec_fn=hears_it) as command:
        assert command.stdout is not None
        command.stdout.readline()
        command.send_signal(signal.SIGINT)
        _output, errors = command.communicate()
    assert (command.returncode, errors) == (130, b"")


def test_a_reader_that_stops_early_sees_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "ok.jpg").write_bytes(jpeg())
    command = f"{Path(sys.executable).with_name('kaosheng')} pictures check " + f"{tmp_path / 'ok.jpg'} " * 50
    done = subprocess.run(f"{command} | head -n 1", shell=True, capture_output=True, check=False)  # noqa: S602
    assert done.stderr == b""
    assert json.loads(done.stdout)["accepted"] is True

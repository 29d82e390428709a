"""`kaosheng pictures check FILE…`: the verdict of an upload, without uploading."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.domain.errors import Refusal
from kaosheng.pictures import checks, words

_FILE_WORDS: Final[dict[str, str | Promise]] = {
    "file_missing": _("找不到文件"),
    "file_not_regular": _("这不是普通文件（例如文件夹）"),
    "file_unreadable": _("无法读取文件"),
}


class Command(BaseCommand):
    """Checks picture files with the code that checks uploads. Needs no database."""

    help = "Check picture files as an upload would; one JSON line a file, exit 1 when one was refused."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command so far."""
        commands = parser.add_subparsers(dest="action", required=True)
        check = commands.add_parser("check", help=self.help)
        check.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: object, **options: Any) -> None:
        """Print one line a file; exit with 1 when one of them was refused."""
        accepted = True
        try:
            for name in options["files"]:
                verdict = check(name)
                accepted = accepted and bool(verdict["accepted"])
                # A name that isn't UTF-8 becomes a JSON escape instead of an error.
                self._write(json.dumps(verdict, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        except BrokenPipeError:
            # The reader has seen enough; without this Python complains once more when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not accepted:
            sys.exit(1)

    def _write(self, line: bytes) -> None:
        raw = getattr(self.stdout, "buffer", None)
        if raw is None:
            self.stdout.write(line.decode())
        else:
            # JSON is UTF-8 whatever the terminal's language says.
            raw.write(line + b"\n")
            raw.flush()


def check(name: str) -> dict[str, object]:
    """Return the verdict on one file, ready to be printed as JSON."""
    verdict: dict[str, object] = {
        "file": name,
        "accepted": False,
        "code": None,
        "message": None,
        "width": None,
        "height": None,
        "bytes": None,
        "format": None,
    }
    try:
        path = Path(name)
        size = _size(path)
        verdict["bytes"] = size
        checks.require_size(size)
        picture = checks.examine(_read(path))
    except Refusal as refusal:
        figures = {key: refusal.params.get(key) for key in ("width", "height")}
        return verdict | figures | {"code": refusal.code, "message": _message(refusal)}
    return verdict | {
        "accepted": True,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
    }


def _size(path: Path) -> int:
    with _as_refusal():
        status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("file_not_regular")
    return status.st_size


def _read(path: Path) -> bytes:
    with _as_refusal():
        return path.read_bytes()


@contextlib.contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal("file_missing") from None
    except (OSError, ValueError):
        raise Refusal("file_unreadable") from None


def _message(refusal: Refusal) -> str:
    if refusal.code in _FILE_WORDS:
        return str(_FILE_WORDS[refusal.code])
    return words.sentence(refusal.code, refusal.params)

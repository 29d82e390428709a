"""`kaosheng pictures check FILE…`: the verdict of an upload; `advise FILE…`: what the assistant would say of it."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.domain.errors import Refusal
from kaosheng.inspection import nets
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.pictures import checks, words

_UNSAID: Final = 2
_FILE_WORDS: Final[dict[str, str | Promise]] = {
    "file_missing": _("找不到文件"),
    "file_not_regular": _("这不是普通文件（例如文件夹）"),
    "file_unreadable": _("无法读取文件"),
}


class Command(BaseCommand):
    """Looks at picture files with the code that looks at uploads. Needs no database."""

    help = "Look at picture files as the service would: one JSON line a file."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The hard checks, and the assistant's advice."""
        commands = parser.add_subparsers(dest="action", required=True)
        hard = commands.add_parser("check", help="the verdict of an upload; exit 1 when one was refused")
        soft = commands.add_parser("advise", help="what the assistant notices; exit 1 when one can't be read")
        soft.add_argument("--name", default="", help="the registered name that should stand there")
        soft.add_argument("--id-number", default="", help="the registered ID number that should stand there")
        soft.add_argument("--kind", default="", help="name of the material kind, or its code in the demo")
        for each in (hard, soft):
            each.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: object, **options: Any) -> None:
        """Print one line a file; exit with 1 when one of them was refused, with 2 when it can't be printed."""
        if sys.stdout is None:
            raise CommandError("There is nowhere to write to: stdout is closed.", returncode=_UNSAID)
        look = check if options["action"] == "check" else self._adviser(options)
        good = True
        try:
            for name in options["files"]:
                verdict = look(name)
                good = good and verdict.get("accepted", "error" not in verdict) is True
                # A name that isn't UTF-8 becomes a JSON escape instead of an error.
                self._write(json.dumps(verdict, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        except BrokenPipeError:
            _forget_output()  # the reader has seen enough
        except OSError as error:
            _forget_output()
            raise CommandError(
                f"The verdicts can't be written: {error.strerror}.", returncode=_UNSAID
            ) from error
        if not good:
            sys.exit(1)

    def _adviser(self, options: Mapping[str, Any]) -> Callable[[str], dict[str, object]]:
        """Load the assistant once for all files. Raises CommandError when it isn't installed."""
        if not nets.available():
            raise CommandError(
                "The picture assistant isn't installed: it needs the extra `vision` and its models."
            )
        from kaosheng.inspection.description import describe  # noqa: PLC0415 - part of the optional extra
        from kaosheng.inspection.inspector import Expected, Inspector  # noqa: PLC0415

        inspector = Inspector()
        expected = Expected(name=options["name"], id_number=options["id_number"])
        kind = _kind_name(options["kind"])

        def advise(name: str) -> dict[str, object]:
            try:
                path = Path(name)
                _size(path)
                return {"file": name, **describe(inspector, _read(path), expected=expected, kind=kind)}
            except Refusal as refusal:
                return {"file": name, "error": _message(refusal)}

        return advise

    def _write(self, line: bytes) -> None:
        raw = getattr(self.stdout, "buffer", None)
        if raw is None:
            self.stdout.write(line.decode())
        else:
            # JSON is UTF-8 whatever the terminal's language says.
            raw.write(line + b"\n")
            raw.flush()


def _forget_output() -> None:
    """Let what waits to be written go nowhere: Python would complain once more when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


def _kind_name(kind: str) -> str:
    """The name of a kind of the demo's catalogue given by its code; anything else as it is."""
    return next((each.name_zh for each in demo_catalogue().kinds if each.code == kind), kind)


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

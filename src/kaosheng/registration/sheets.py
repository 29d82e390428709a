"""Reading uploaded workbooks: the rows of the first sheet, one after the other, from a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kaosheng.domain.errors import Refusal

Cell = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet with its number as the office program shows it."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How many rows there are, heading included, and the rows themselves."""

    rows: int
    lines: Iterator[Line]


def read_sheet(content: bytes) -> Sheet:
    """The first sheet of an xlsx workbook; memory here doesn't grow with the file.

    Raises Refusal `import_not_xlsx`, `import_unreadable`, `import_has_password`, `import_too_many_rows` (rows,
    limit), `import_unpacks_too_large` (megabytes, limit); the lines raise `import_unreadable` when the reading
    process ended before the last one.
    """
    messages = _messages(content)
    first = next(messages, None)
    if first is None:
        raise Refusal("import_unreadable")
    if "refused" in first:
        raise Refusal(first.pop("refused"), **first)
    return Sheet(rows=first["rows"], lines=(Line(number, cells) for number, cells in messages))


def _messages(content: bytes) -> Iterator[Any]:
    # -I: no environment, no user's packages; the reader gets no secrets of ours.
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "kaosheng.registration.sheet_reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    ) as reader:
        assert reader.stdin is not None  # noqa: S101 - asked for above
        assert reader.stdout is not None  # noqa: S101 - asked for above
        try:
            try:
                reader.stdin.write(content)
                reader.stdin.close()
            except BrokenPipeError:
                raise Refusal("import_unreadable") from None
            for line in reader.stdout:
                yield json.loads(line)
            if reader.wait() != 0:
                raise Refusal("import_unreadable")
        finally:
            reader.kill()

"""The process that opens a workbook nobody has vouched for: `python -m kaosheng.registration.sheet_reader`.

It reads the file from its standard input and writes JSON lines: first {"rows": n} or {"refused": code, …}, then
[row number, [cell, …]] for every row of the first sheet. Memory and time are limited by the kernel, so a zip
bomb, a cell at the far corner of a sheet or a damaged part ends this process and nothing else. It imports
nothing of Django and is given no secrets.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, Final

import python_calamine

ADDRESS_SPACE: Final = 640 * 1024 * 1024
"""Bytes of memory this process may map; a workbook of 100,000 rows and 24 columns needs half of it."""
SECONDS: Final = 120
"""Seconds of processor time."""
MOST_ROWS: Final = 100_000
MOST_UNPACKED: Final = 400 * 1024 * 1024
"""Bytes all parts of a workbook may have once unpacked."""


def main() -> None:
    """Read, limit, answer."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in _lines(sys.stdin.buffer.read()):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _lines(content: bytes) -> Iterator[Any]:
    refused = _look_at_parts(content)
    if refused:
        yield refused
        return
    try:
        sheet = python_calamine.load_workbook(BytesIO(content)).get_sheet_by_index(0)
    except python_calamine.PasswordError:
        yield {"refused": "import_has_password"}
        return
    except (python_calamine.CalamineError, IndexError):
        yield {"refused": "import_unreadable"}
        return
    rows = sheet.end[0] + 1 if sheet.end else 0
    if rows > MOST_ROWS + 1:
        yield {"refused": "import_too_many_rows", "rows": rows - 1, "limit": MOST_ROWS}
        return
    yield {"rows": rows}
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield [number, [_plain(cell) for cell in cells]]


def _look_at_parts(content: bytes) -> dict[str, Any] | None:
    """What the zip's directory tells before anything is unpacked."""
    try:
        parts = zipfile.ZipFile(BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return {"refused": "import_not_xlsx"}
    if not any(part.filename.startswith("xl/worksheets/") for part in parts):
        return {"refused": "import_not_xlsx"}
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        return {
            "refused": "import_unpacks_too_large",
            "megabytes": unpacked >> 20,
            "limit": MOST_UNPACKED >> 20,
        }
    return None


def _plain(cell: object) -> object:
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


if __name__ == "__main__":
    main()

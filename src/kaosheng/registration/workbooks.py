"""Writing xlsx workbooks in constant memory; nothing in them is ever a formula or a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

import xlsxwriter
from django.utils import timezone

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SHEET_NAME: Final = 31
"""Characters office programs allow."""


def open_book(target: BinaryIO) -> Any:
    """A book for several sheets, written one after the other; a context manager."""
    return xlsxwriter.Workbook(target, _OPTIONS)


def write_table(
    target: BinaryIO,
    *,
    name: str,
    heading: Sequence[str],
    rows: Iterable[Sequence[object]],
    widths: Sequence[int],
) -> None:
    """One sheet with a fixed heading; texts stay texts, numbers numbers, moments are shown in local time."""
    with open_book(target) as book:
        add_table(book, name=name, heading=heading, rows=rows, widths=widths)


def add_table(
    book: Any, *, name: str, heading: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[int]
) -> None:
    """The sheet of `write_table` in a book of several."""
    sheet = book.add_worksheet(name[:_SHEET_NAME])
    bold = book.add_format({"bold": True, "bg_color": "#EAF1F4", "bottom": 1})
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, [str(text) for text in heading], bold)
    for line, values in enumerate(rows, start=1):
        for column, value in enumerate(values):
            _write(sheet, line, column, value)


def _write(sheet: Any, line: int, column: int, value: object) -> None:
    if isinstance(value, datetime):
        value = timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, column, value)
    elif value not in {None, ""}:
        sheet.write_string(line, column, str(value))

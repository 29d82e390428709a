"""Workbooks of registrations, as an 考区 uploads them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from kaosheng.registration.rows import COLUMNS

_numbers = itertools.count(1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_number(number: int) -> str:
    """An invented ID number with the right check character; area 139999 doesn't exist."""
    body = f"13999919990101{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def row(**changes: Any) -> dict[str, Any]:
    """One row of the form, by column name; asks for what `world.FACTS` ask."""
    number = next(_numbers)
    return {
        "number": f"13279{number:05d}", "site": "1301", "name": f"样本·表{number}", "id_type": "居民身份证",
        "id_number": resident_number(number), "phone": f"1990000{number:04d}", "level": "执业医师", "category": "110 临床执业医师",
        "education": "本科", "study_form": "全日制", "graduation_year": 2022, "degree": "是", "route": "直接报考",
        "first_time": "是", "identity": "地方考生", "institution_name": "样本医院", "institution_kind": "其他医院",
        "institutions": 1, "precheck": "说明", **changes,
    }  # fmt: skip


def workbook(
    rows: Sequence[Mapping[str, Any]], *, without: Sequence[str] = (), blank_lines: int = 0
) -> bytes:
    """An xlsx with the form's heading; `without` leaves columns out, `blank_lines` go before the heading."""
    names = [name for name in COLUMNS if name not in without]
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(names):
            sheet.write_string(blank_lines, column, str(COLUMNS[name]))
        for line, values in enumerate(rows, start=blank_lines + 1):
            for column, name in enumerate(names):
                if name in values:
                    sheet.write(line, column, values[name])
    return buffer.getvalue()

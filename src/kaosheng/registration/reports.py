"""What became of the rows of an import, as a sheet for the one who uploaded it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from kaosheng.registration.importing import Outcome
from kaosheng.registration.models import ImportChunk, RegistrationImport
from kaosheng.registration.row_words import OUTCOMES, problem_in_words
from kaosheng.registration.rows import COLUMNS, NEEDED
from kaosheng.registration.words import ID_TYPES, NUMBERS, VALUES, YES_OR_NO
from kaosheng.registration.workbooks import add_table, open_book, write_table


def lines_of(imported: RegistrationImport) -> Iterator[Any]:
    """[row, number, outcome, problems] of every row: of the import itself where it has run, else of the check."""
    passes = ImportChunk.Pass
    chunks = imported.chunks.filter(of_pass=passes.APPLY)
    if not chunks.exists():
        chunks = imported.chunks.filter(of_pass=passes.CHECK)
    for lines in chunks.values_list("lines", flat=True).iterator(chunk_size=20):
        yield from json.loads(lines)


def write_report(imported: RegistrationImport, target: BinaryIO) -> None:
    """Every row with its outcome and its problems in words, in the active language."""
    heading = [_("行"), _("报名号"), _("结果"), _("说明")]
    rows = (
        (
            line,
            number,
            str(OUTCOMES[Outcome(outcome)]),
            "；".join(problem_in_words(code, params) for code, params in problems),
        )
        for line, number, outcome, problems in lines_of(imported)
    )
    write_table(target, name=_("导入结果"), heading=heading, rows=rows, widths=(8, 18, 26, 70))


def write_blank_form(target: BinaryIO) -> None:
    """The form an 考区 fills in: every column, and a second sheet that says what may stand in it."""
    with open_book(target) as book:
        labels = [str(label) for label in COLUMNS.values()]
        add_table(book, name=_("报名信息"), heading=labels, rows=[], widths=[18] * len(labels))
        heading = [_("列"), _("必填"), _("可填的值")]
        rows = [
            (str(label), _("必填") if name in NEEDED else "", _allowed(name))
            for name, label in COLUMNS.items()
        ]
        add_table(book, name=_("填写说明"), heading=heading, rows=rows, widths=(22, 8, 100))


def _allowed(name: str) -> str:
    if name in VALUES or name == "id_type":
        table = ID_TYPES if name == "id_type" else VALUES[name]
        return "、".join(
            f"{value} {words}" if name == "category" else str(words) for value, words in table.items()
        )
    if name in YES_OR_NO or name == "cancelled":
        return _("是、否")
    if name == "source_version":
        return _("报名系统的数据版本，整数；不填的行不覆盖报名系统已有的数据")
    if name in NUMBERS:
        return _("整数")
    return _("文本") if name != "phone" else _("11 位手机号，文本格式")

"""Rows of an imported sheet: which columns there are, and one row understood or refused with its reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kaosheng.domain.errors import Refusal
from kaosheng.domain.identity_numbers import RESIDENT_CARD, is_resident_number
from kaosheng.registration.sheets import Cell, Line
from kaosheng.registration.words import ID_TYPES, LABELS, NUMBERS, VALUES, YES_OR_NO, Text

LANGUAGES: Final = ("zh-hans", "en")
"""Headings and values are understood in both."""

_OWN: Final[dict[str, Text]] = {
    "number": _("报名号"),
    "source_version": _("数据版本"),
    "site": _("考点代码"),
    "name": _("姓名"),
    "id_type": _("证件类型"),
    "id_number": _("证件号码"),
    "phone": _("手机号"),
    "cancelled": _("报名已取消"),
}
COLUMNS: Final[dict[str, Text]] = {**_OWN, **LABELS}
"""Every column in the order of the blank form."""
NEEDED: Final = frozenset(
    {"number", "site", "name", "id_type", "id_number"}
    | {"level", "category", "education", "study_form", "route", "first_time", "identity"}
)
"""Columns no row may leave empty: without them nobody can be found, or the checklist would be wrong."""
MAY_LACK: Final = frozenset({"source_version", "cancelled"})
"""Columns a sheet may do without; all others must be there, so that a forgotten one doesn't erase a fact."""

_LENGTHS: Final = {"number": 40, "name": 80, "id_number": 40, "institution_name": 100}
_SHOWN: Final = 40
"""Characters of a cell that are repeated in a report."""
_PHONE: Final = re.compile(r"1[0-9]{10}")
_YEARS: Final = range(1950, 2101)
_LARGEST_EXACT: Final = 10**15
"""Office programs keep fifteen digits of a number; an ID number typed as one is damaged already."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: a code of `registration.row_words` and its figures."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was understood; `source_version` is None where the sheet names none."""

    line: int
    source_version: int | None
    number: str
    site: str
    name: str
    id_type: str
    id_number: str
    phone: str
    is_cancelled: bool
    facts: dict[str, Any]


def read_heading(line: Line) -> dict[int, str]:
    """Which column stands where. Raises Refusal `import_columns_missing` (columns), `import_column_twice` (column)."""
    known = _headings()
    found: dict[int, str] = {}
    for position, cell in enumerate(line.cells):
        name = known.get(_plain(cell).casefold())
        if name is None:
            continue
        if name in found.values():
            raise Refusal("import_column_twice", column=_plain(cell))
        found[position] = name
    missing = [str(label) for name, label in COLUMNS.items() if name not in {*found.values(), *MAY_LACK}]
    if missing:
        raise Refusal("import_columns_missing", columns="、".join(missing))
    return found


@cache
def _headings() -> dict[str, str]:
    known = {}
    for language in LANGUAGES:
        with translation.override(language):
            known.update({str(label).casefold(): name for name, label in COLUMNS.items()})
    return known


@cache
def _values(name: str) -> dict[str, str]:
    """What may be written for a fact -> its value: the value itself, its words in both languages, or both."""
    table = ID_TYPES if name == "id_type" else VALUES[name]
    known = {value: value for value in table}
    for language in LANGUAGES:
        with translation.override(language):
            for value, words in table.items():
                known[str(words).casefold()] = value
                known[f"{value} {words}".casefold()] = value
    return known


@cache
def _yes_and_no() -> dict[str, bool]:
    known = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False}
    return {**known, "是": True, "否": False}


def read_row(line: Line, heading: Mapping[int, str]) -> Row | tuple[Problem, ...]:
    """The row, or everything that is wrong with it."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for position, name in heading.items():
        cell = line.cells[position] if position < len(line.cells) else ""
        text = _plain(cell)
        if not text:
            if name in NEEDED:
                problems.append(Problem("row_value_missing", {"column": name}))
            continue
        value = _value_of(name, cell, text)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            values[name] = value
    if not problems:
        problems += _whole(values)
    if problems:
        return tuple(problems)
    own = {name: values.pop(name, "") for name in _OWN}
    return Row(
        line=line.number,
        source_version=own["source_version"] if own["source_version"] != "" else None,
        number=own["number"],
        site=own["site"],
        name=own["name"],
        id_type=own["id_type"],
        id_number=own["id_number"],
        phone=own["phone"],
        is_cancelled=bool(own["cancelled"]),
        facts={name: values[name] for name in LABELS if name in values},
    )


def is_blank(line: Line) -> bool:
    """Whether nothing stands in the row."""
    return not any(_plain(cell) for cell in line.cells)


def _plain(cell: Cell) -> str:
    """A cell as text: 2019.0 is 2019, true is 是."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _value_of(name: str, cell: Cell, text: str) -> Any:
    """The value of one cell, or the Problem with it."""
    if name in VALUES or name == "id_type":
        return _listed(name, text, _values(name))
    if name in YES_OR_NO or name == "cancelled":
        return _listed(name, text, _yes_and_no())
    if name in NUMBERS or name == "source_version":
        return _number(name, text)
    return _text(name, cell, text)


def _listed(name: str, text: str, known: Mapping[str, Any]) -> Any:
    value = known.get(text.casefold())
    return _unknown(name, text) if value is None else value


def _unknown(name: str, text: str) -> Problem:
    return Problem("row_value_unknown", {"column": name, "value": text[:_SHOWN]})


def _text(name: str, cell: Cell, text: str) -> Any:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _LARGEST_EXACT:
        return Problem("row_digits_lost", {"column": name})
    if len(text) > (limit := _LENGTHS.get(name, _SHOWN)):
        return Problem("row_value_too_long", {"column": name, "length": len(text), "limit": limit})
    if name == "phone" and not _PHONE.fullmatch(text):
        return Problem("row_phone_form")
    return text.upper() if name == "id_number" else text


def _number(name: str, text: str) -> Any:
    if not (text.isascii() and text.isdigit()):
        return Problem("row_no_number", {"column": name, "value": text[:_SHOWN]})
    value = int(text[:_SHOWN])
    if value >= _LARGEST_EXACT or (name == "graduation_year" and value not in _YEARS):
        return _unknown(name, text)
    return value


def _whole(values: Mapping[str, Any]) -> Sequence[Problem]:
    """What only several cells together can tell."""
    if values["id_type"] == RESIDENT_CARD and not is_resident_number(values["id_number"]):
        return (Problem("row_id_number_form"),)
    return ()

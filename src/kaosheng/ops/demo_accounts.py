"""The table of demo accounts that `make demo` prints, from the demo's data files."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from kaosheng.ops.demo_data import read_staff, read_toml

if TYPE_CHECKING:
    from pathlib import Path

ROLE_WORDS: Final = {
    "site_reviewer": "考点审核员",
    "site_manager": "考点管理员",
    "area_reviewer": "考区审核员",
    "area_manager": "考区管理员",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "auditor": "审计员",
}
STATE_WORDS: Final = {
    "draft": "未提交",
    "returned": "待补充",
    "at_site": "已提交，待考点审核",
    "released": "审核结果已公布",
}
WIDE: Final = ("W", "F")


def account_table() -> str:
    """Return the accounts worth trying first, one a line: user name, password, who it is."""
    rows = [("用户名", "密码", "谁"), *_candidates(), *_staff()]
    return "\n".join(
        "  " + "  ".join(_padded(cell, width) for cell, width in zip(row, _widths(rows), strict=True))
        for row in rows
    )


def _candidates() -> list[tuple[str, str, str]]:
    """One candidate in each of the states named above, the fresh one first."""
    path: Path = settings.PACKAGE.parent / "registration_demo" / "data" / "people.json"
    people: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    owner = {registration["number"]: person for person in people for registration in person["registrations"]}
    rows: dict[str, tuple[str, str, str]] = {}
    for case in read_toml("cases")["case"]:
        state, person = case["state"], owner.get(case["number"])
        if person is not None and state in STATE_WORDS and state not in rows:
            rows[state] = (
                person["username"],
                person["password"],
                f"考生 {person['name']} · {STATE_WORDS[state]}",
            )
    return [rows[state] for state in STATE_WORDS if state in rows]


def _staff() -> list[tuple[str, str, str]]:
    """The first of each role, and a second area reviewer: a refusal needs two people."""
    rows = []
    seen: dict[str, int] = {}
    for person in read_staff():
        role = person["grants"][0]["role"]
        seen[role] = seen.get(role, 0) + 1
        if seen[role] <= (2 if role == "area_reviewer" else 1):
            rows.append((person["username"], person["password"], f"{ROLE_WORDS[role]} {person['name']}"))
    return rows


def _widths(rows: list[tuple[str, str, str]]) -> list[int]:
    return [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in WIDE else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

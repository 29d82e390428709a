"""Writes the candidates of the demonstration from people.csv and profiles.toml, the same ones every time.

Run `python -m kaosheng.ops.demo_data.make_people FILE` after changing either file; the result is committed
as the stand-in registration system's data.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from kaosheng.ops.demo_data import FOLDER, read_toml

DIVISION: Final = "139999"
"""A division code that does not exist, so that no number can be a real person's."""

PASSWORD: Final = "demo-2027"  # noqa: S105 - the demonstration prints it
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"


def check_character(first_seventeen: str) -> str:
    """The last character of a resident identity number (GB 11643-1999, MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_seventeen, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def people() -> list[dict[str, Any]]:
    """Everybody with an account at the stand-in registration system, with his registrations."""
    profiles = read_toml("profiles")
    with (FOLDER / "people.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    usernames = list(dict.fromkeys(row["username"] for row in rows))
    return [
        _person([row for row in rows if row["username"] == username], order, profiles)
        for order, username in enumerate(usernames, start=1)
    ]


def _person(rows: list[dict[str, str]], order: int, profiles: Mapping[str, Any]) -> dict[str, Any]:
    username = rows[0]["username"]
    subject = hashlib.sha256(f"demonstration candidate {username}".encode()).hexdigest()[:24]
    return {
        "username": username,
        "password": PASSWORD,
        "subject": subject,
        "name": rows[0]["name"],
        "registrations": [_registration(row, order, subject, profiles) for row in rows],
    }


def _registration(
    row: Mapping[str, str], order: int, subject: str, profiles: Mapping[str, Any]
) -> dict[str, Any]:
    changes = dict(_changes(row["changes"]))
    version = changes.pop("source_version", 1)
    cancelled = changes.pop("cancelled", False)
    facts = {
        **profiles["base"],
        **profiles[row["profile"]],
        **changes,
        "institution_name": row["institution"],
    }
    id_type, id_number = _identity(row, order, str(facts["identity"]))
    return {
        "number": row["number"],
        "source_version": version,
        "subject": subject,
        "exam_batch": row["batch"],
        "area": row["site"][:2],
        "site": row["site"],
        "cancelled": cancelled,
        "name": row["name"],
        "id_type": id_type,
        "id_number": id_number,
        "phone": f"1990000{order:04d}",
        "facts": facts,
    }


def _changes(text: str) -> Iterable[tuple[str, Any]]:
    for change in filter(None, text.split(";")):
        name, _, value = change.partition("=")
        yield name, _value(name, value)


def _value(name: str, text: str) -> str | int | bool:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdecimal() and name != "category" else text


def _identity(row: Mapping[str, str], order: int, identity: str) -> tuple[str, str]:
    serial = order * 10 + (1 if row["sex"] == "M" else 2)
    if identity == "hmt":
        return "港澳居民来往内地通行证", f"H00000{serial:03d}"
    if identity == "foreign":
        return "护照", f"X00000{serial:03d}"
    first_seventeen = f"{DIVISION}{row['born'].replace('-', '')}{serial:03d}"
    return "居民身份证", first_seventeen + check_character(first_seventeen)


def main() -> None:
    """Write everybody to the file named on the command line."""
    target = Path(sys.argv[1])
    target.write_text(json.dumps(people(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The demo data as the tests read it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PEOPLE_FILE = Path(__file__).resolve().parents[2] / "src/registration_demo/data/people.json"


@cache
def people() -> list[dict[str, Any]]:
    persons: list[dict[str, Any]] = json.loads(PEOPLE_FILE.read_text(encoding="utf-8"))
    return persons


@cache
def registrations() -> dict[str, dict[str, Any]]:
    return {one["number"]: one for person in people() for one in person["registrations"]}

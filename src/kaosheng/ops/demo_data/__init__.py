"""The data of the demonstration: regions, catalogue, people, staff and the state each dossier is brought to.

Everything here is data; README.md beside this file says how to read it. People are invented.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
PICTURES_FOLDER: Final = "pictures-to-try"
"""Where below `var/` the pictures lie that whoever tries the demonstration uploads."""


def read_toml(name: str) -> dict[str, Any]:
    """The tables of one data file of this folder, e.g. "catalogue"."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read_staff() -> list[dict[str, Any]]:
    """The staff accounts, each with its grants of role, area and site."""
    staff: list[dict[str, Any]] = json.loads((FOLDER / "staff.json").read_text(encoding="utf-8"))
    return staff

"""Which texts can be kept: PostgreSQL takes neither NUL nor half a surrogate pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NUL: Final = "\0"
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


def can_be_kept(value: object) -> bool:
    """Whether every text in a value read from JSON can be stored, names included."""
    if isinstance(value, str):
        return _UNKEEPABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(can_be_kept(name) and can_be_kept(inner) for name, inner in value.items())
    return not isinstance(value, list) or all(can_be_kept(inner) for inner in value)

"""How long a reason may be that the house keeps for itself."""

from __future__ import annotations

from typing import Final

from kaosheng.domain.errors import Refusal

REASON_LENGTH: Final = 200
"""Characters: it stands in lists and tables."""


def short_reason(text: str) -> str:
    """The reason as it is kept, without space around it.

    Raises Refusal `reason_needed`, `reason_too_long` (limit_value, show_value: the names Django's fields give them).
    """
    reason = text.strip()
    if not reason:
        raise Refusal("reason_needed")
    if len(reason) > REASON_LENGTH:
        raise Refusal("reason_too_long", limit_value=REASON_LENGTH, show_value=len(reason))
    return reason

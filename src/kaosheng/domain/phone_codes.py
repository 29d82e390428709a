"""Confirmation codes for a new telephone number: how long, how often (requirement: own data)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from kaosheng.domain.errors import Refusal

LIFETIME: Final = timedelta(minutes=10)
ATTEMPTS: Final = 5
"""Wrong entries of one code: 5 of a million, then it is void."""
SENDINGS: Final = 3
"""Codes an hour, to one person's order and to one number: nobody is flooded with messages."""
SENDINGS_WITHIN: Final = timedelta(hours=1)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)


def mobile_number(given: str) -> str:
    """A mainland mobile number without spaces, dashes and +86. Raises Refusal `phone_malformed`."""
    plain = re.sub(r"[\s-]", "", given).removeprefix("+86")
    if not _MOBILE.fullmatch(plain):
        raise Refusal("phone_malformed", digits=sum(character.isdigit() for character in plain))
    return plain


def require_usable(*, sent_at: datetime, now: datetime, attempts: int, is_newest: bool) -> None:
    """Refuse a code that can't be entered any more. Raises Refusal `code_expired`, `code_spent`."""
    if not is_newest or now >= sent_at + LIFETIME:
        raise Refusal("code_expired")
    if attempts >= ATTEMPTS:
        raise Refusal("code_spent", limit=ATTEMPTS)

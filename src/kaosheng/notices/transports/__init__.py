"""One folder a channel; each hands one message over or says whether trying again could help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

TIMEOUT_SECONDS: Final = 10.0
ALWAYS: Final = timedelta.max
NEVER: Final = timedelta()


class DeliveryError(Exception):
    """A message could not be handed over.

    `permanent`: trying again can't help. `unsure`: the provider may have taken it although it didn't say so.
    """

    def __init__(self, message: str, *, permanent: bool, unsure: bool = False) -> None:
        """Say why, without personal data."""
        super().__init__(message)
        self.permanent = permanent
        self.unsure = unsure


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way. `key` is the same in every repetition; `approved` is the provider's template id.

    `variables` stand in the order in which the wording names them.
    """

    key: str
    channel: str
    recipient: str
    language: str
    title: str
    text: str
    signature: str
    variables: Mapping[str, str]
    approved: str = ""

    @property
    def signed_text(self) -> str:
        """The text as an SMS shows it."""
        return f"【{self.signature}】{self.text}"


class Transport(Protocol):
    """What a channel must do. Made once a round from its route's configuration; `send` runs in several threads."""

    remembers: timedelta
    """How long the provider recognises a repetition by `key`: nothing, or up to ALWAYS."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the configuration."""
        ...

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the provider's id for it. Raises DeliveryError."""
        ...


def require_approved(message: Outgoing) -> str:
    """The provider's template id. Raises DeliveryError: somebody enters it, and a later attempt finds it."""
    if not message.approved:
        raise DeliveryError("no approved template", permanent=False)
    return message.approved


def chinese_number(number: str) -> str:
    """A mainland number in the international form."""
    return number if number.startswith("+") else f"+86{number}"

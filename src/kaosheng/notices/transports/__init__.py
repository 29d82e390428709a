"""One folder a channel; each sends one text or says whether trying again could help."""

from __future__ import annotations

from typing import Protocol


class DeliveryError(Exception):
    """A message could not be handed over. `permanent` means that trying again can't help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        """Say why, without personal data."""
        super().__init__(message)
        self.permanent = permanent


class Transport(Protocol):
    """What a channel must do."""

    def send(self, *, key: str, channel: str, recipient: str, text: str) -> str:
        """Hand the text over; the provider's id. `key` lets the provider recognise a repetition."""
        ...

"""Sends to the stand-in's phone, signed like every message between the two systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from kaosheng.notices.transports import ALWAYS, Outgoing
from kaosheng.notices.transports.signed import post_signed

_SMS: Final = "sms"


class DemoPhone:
    """Posts {type, id, channel, phone, text, sent_at}; 204 is accepted, 422 a number nobody has."""

    remembers = ALWAYS

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Its address and its secret are the registration system's."""

    def send(self, message: Outgoing) -> str:
        """Hand the text over. Raises DeliveryError."""
        payload = {
            "type": "message",
            "id": message.key,
            "channel": message.channel,
            "phone": message.recipient,
            "text": message.signed_text if message.channel == _SMS else f"{message.title}\n{message.text}",
            "sent_at": timezone.now().isoformat(),
        }
        post_signed(
            f"{settings.REGISTRATION_ISSUER}/api/phone/",
            secret=settings.REGISTRATION_WEBHOOK_SECRET,
            key=message.key,
            payload=payload,
        )
        return message.key

"""Sends to the stand-in's phone, signed like every message between the two systems."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from kaosheng.notices.transports.signed import post_signed


class DemoPhone:
    """Posts {type, id, channel, phone, text, sent_at}; 204 is accepted, 422 a number nobody has."""

    def send(self, *, key: str, channel: str, recipient: str, text: str) -> str:
        """Hand the text over. Raises DeliveryError."""
        payload = {
            "type": "message",
            "id": key,
            "channel": channel,
            "phone": recipient,
            "text": text,
            "sent_at": timezone.now().isoformat(),
        }
        post_signed(f"{settings.REGISTRATION_ISSUER}/api/phone/", key=key, payload=payload)
        return key

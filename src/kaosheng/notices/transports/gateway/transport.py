"""Posts signed JSON; the gateway answers 2xx, with its own id if it has one, and reports delivery the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaosheng.notices.transports import ALWAYS, Outgoing
from kaosheng.notices.transports.signed import post_signed


class SignedGateway:
    """Configuration: endpoint, secret (`whsec_…`). It must recognise a repetition by the header `webhook-id`."""

    remembers = ALWAYS

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read where and with which secret."""
        self.endpoint, self.secret = str(config["endpoint"]), str(config["secret"])

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the gateway's id, or the key. Raises DeliveryError."""
        payload = {
            "type": "message.send",
            "id": message.key,
            "channel": message.channel,
            "to": message.recipient,
            "language": message.language,
            "title": message.title,
            "text": message.text,
            "sign": message.signature,
            "template": message.approved,
            "variables": dict(message.variables),
        }
        answer = post_signed(self.endpoint, secret=self.secret, key=message.key, payload=payload)
        try:
            identifier = answer.json()["id"]
        except (ValueError, KeyError, TypeError):
            return message.key
        return str(identifier)

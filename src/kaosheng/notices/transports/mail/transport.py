"""One plain mail; the Message-ID carries the key."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any, Final

from django.core.mail import EmailMessage

from kaosheng.notices.transports import NEVER, DeliveryError, Outgoing

PERMANENT: Final = 500
"""SMTP answers from here on are final."""


class Mail:
    """Configuration: sender. Server and password: the variable EMAIL_URL."""

    remembers = NEVER

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read who writes."""
        self.sender = str(config["sender"])

    def send(self, message: Outgoing) -> str:
        """Hand the mail over; its Message-ID. Raises DeliveryError."""
        domain = parseaddr(self.sender)[1].partition("@")[2]
        identifier = f"<{message.key}@{domain}>"
        mail = EmailMessage(
            subject=message.title,
            body=message.text,
            from_email=self.sender,
            to=[message.recipient],
            headers={"Message-ID": identifier},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            (code, _answer) = next(iter(error.recipients.values()))
            raise DeliveryError(f"SMTP {code}", permanent=code >= PERMANENT) from None
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(f"SMTP {error.smtp_code}", permanent=False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(type(error).__name__, permanent=False, unsure=True) from None
        return identifier

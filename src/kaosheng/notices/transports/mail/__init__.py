"""E-mail through Django's backend."""

from kaosheng.notices.transports.mail.transport import Mail

__all__ = ["Mail"]

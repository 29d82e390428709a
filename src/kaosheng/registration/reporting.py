"""Status reports to the registration system, part of its gateway."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from kaosheng.notices.transports.signed import post_signed


def report_status(
    *,
    key: str,
    number: str,
    serial: int,
    status: str,
    text_zh: str,
    text_en: str,
    corrected_at: datetime | None,
) -> None:
    """Tell the registration system what a candidate may know of his dossier. Raises DeliveryError."""
    payload = {
        "type": "dossier.status",
        "number": number,
        "serial": serial,
        "status": status,
        "text_zh": text_zh,
        "text_en": text_en,
        "corrected_at": corrected_at.isoformat() if corrected_at else None,
    }
    post_signed(
        f"{settings.REGISTRATION_ISSUER}/api/status/",
        secret=settings.REGISTRATION_WEBHOOK_SECRET,
        key=key,
        payload=payload,
    )

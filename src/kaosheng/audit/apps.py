"""Django's entry for `kaosheng.audit`."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only record of who did or saw what."""

    name = "kaosheng.audit"
    label = "audit"

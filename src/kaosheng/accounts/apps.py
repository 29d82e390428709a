"""Django's entry for `kaosheng.accounts`."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff accounts and their roles with scope."""

    name = "kaosheng.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let log-ins reach the audit trail."""
        from kaosheng.accounts import sign_in  # noqa: PLC0415 - needs loaded apps

        sign_in.connect()

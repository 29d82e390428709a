"""Django's entry for `kaosheng.accounts`."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff accounts and their roles with scope."""

    name = "kaosheng.accounts"
    label = "accounts"

"""Django's entry for `kaosheng.ops`."""

from __future__ import annotations

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Commands that run and look after an installation."""

    name = "kaosheng.ops"
    label = "ops"

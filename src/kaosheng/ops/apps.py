"""Django's entry for `kaosheng.ops`."""

from __future__ import annotations

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Commands that run and look after an installation."""

    name = "kaosheng.ops"
    label = "ops"

    def ready(self) -> None:
        """In the demo, read its own clock."""
        from kaosheng.ops.demo_clock import install  # noqa: PLC0415 - settings are complete only now

        install()

"""Django's entry for `kaosheng.notices`."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Messages to people: outbox, words, transports."""

    name = "kaosheng.notices"
    label = "notices"

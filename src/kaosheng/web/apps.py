"""Django's entry for `kaosheng.web`."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """HTTP only: pages, forms and the API."""

    name = "kaosheng.web"
    label = "web"

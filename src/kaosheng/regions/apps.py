"""Django's entry for `kaosheng.regions`."""

from __future__ import annotations

from django.apps import AppConfig


class RegionsConfig(AppConfig):
    """考区, 考点 and intakes."""

    name = "kaosheng.regions"
    label = "regions"

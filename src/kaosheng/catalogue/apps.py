"""Django's entry for `kaosheng.catalogue`."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Kinds of materials, samples and the rules for who gives what."""

    name = "kaosheng.catalogue"
    label = "catalogue"

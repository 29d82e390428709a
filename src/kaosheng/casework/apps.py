"""Django's entry for `kaosheng.casework`."""

from __future__ import annotations

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The dossier: pictures, submissions, steps, marks, leases, decisions, release."""

    name = "kaosheng.casework"
    label = "casework"

"""Django's entry for `kaosheng.registration`."""

from __future__ import annotations

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """Candidates, their registrations and the gateway to the registration system."""

    name = "kaosheng.registration"
    label = "registration"

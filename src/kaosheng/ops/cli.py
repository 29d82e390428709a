"""The console script `kaosheng`: Django's management commands with the settings of this installation."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line; without DJANGO_SETTINGS_MODULE the demo settings apply."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaosheng.settings.demo")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"kaosheng: {error}")

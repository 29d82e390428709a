"""The console script `kaosheng`: Django's management commands with the settings of this installation."""

from __future__ import annotations

import os
import sys
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

_FILES_ALONE: Final = frozenset({"pictures"})
"""Commands that need neither keys nor database: whoever may read the code may run them."""
_INTERRUPTED: Final = 130


def main() -> None:
    """Run the command named on the command line; without DJANGO_SETTINGS_MODULE the demo settings apply."""
    settings = "files" if _FILES_ALONE.intersection(sys.argv[1:2]) else "demo"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"kaosheng.settings.{settings}")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"kaosheng: {error}")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)

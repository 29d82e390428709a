"""`python -m registration_demo COMMAND`: Django's management commands with this system's settings."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command of the command line."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "registration_demo.settings"
    execute_from_command_line([sys.argv[0], *sys.argv[1:]])


if __name__ == "__main__":
    main()

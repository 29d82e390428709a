"""`kaosheng serve`: the web server, in the foreground."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kaosheng.ops.demo import granian_command

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Becomes granian: 2 workers with 4 threads each unless asked otherwise."""

    help = "Serve the service by HTTP on HOST and PORT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of workers."""
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *_args: object, **options: Any) -> None:
        """Replace this process by the server."""
        command = granian_command(application="kaosheng.wsgi", port=settings.PORT, workers=options["workers"])
        os.execv(command[0], command)  # noqa: S606 - no shell is meant

"""`kaosheng seed_demo`: the demonstration's data, once; `make demo` calls it while the registration system runs."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kaosheng.ops.demo_data.seeding import SeedError, seed


class Command(BaseCommand):
    """Plays the cases of the demonstration through the services."""

    help = "Load the demonstration: regions, catalogue, staff, registrations and a dossier in every state."

    def handle(self, *_args: object, **_options: Any) -> None:
        """Seed, with a line for every part."""
        if not settings.DEMO:
            message = "These are not the demo's settings; demo data never go into an installation's database."
            raise CommandError(message)
        began = time.monotonic()
        try:
            seed(lambda text: self._say(f"    {text}"))
        except SeedError as error:
            raise CommandError(str(error)) from error
        self._say(f"    done in {time.monotonic() - began:.0f} s")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

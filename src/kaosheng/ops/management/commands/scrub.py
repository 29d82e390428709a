"""`kaosheng scrub`: compare every stored picture with its digest now; the worker does a part of it each night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaosheng.casework.jobs.scrub import SHARDS, scrub


class Command(BaseCommand):
    """Reads the whole store."""

    help = "Read every stored picture again and compare it with its digest; exit 1 when one differs or is missing."

    def handle(self, *_args: object, **_options: Any) -> None:
        """Compare and name those that aren't what was accepted."""
        read, rotten = scrub(f"{number:02x}" for number in range(SHARDS))
        for picture in rotten:
            self.stdout.write(f"ROTTEN {picture}")
        self.stdout.write(f"{read} pictures read, {len(rotten)} not what was accepted")
        if rotten:
            raise CommandError("restore these from a backup", returncode=1)

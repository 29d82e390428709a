"""`kaosheng scrub`: compare every stored picture with its digest now; the worker does a part of it each night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaosheng.casework.jobs.scrub import SHARDS, StoreAwayError, scrub


class Command(BaseCommand):
    """Reads the whole store."""

    help = "Read every stored picture again and compare it with its digest; exit 1 when one differs or is missing."

    def handle(self, *_args: object, **_options: Any) -> None:
        """Compare and name the objects that aren't what was accepted."""
        try:
            read, rotten = scrub(f"{number:02x}" for number in range(SHARDS))
        except StoreAwayError as error:
            raise CommandError(str(error)) from error
        for rot in rotten:
            self.stdout.write(f"ROTTEN {rot.key} {rot.fault}: {rot.picture}")
        self.stdout.write(f"{read} pictures read, {len(rotten)} objects not what was accepted")
        if rotten:
            raise CommandError(
                "put these back: kaosheng restore FOLDER --identity FILE --object KEY…", returncode=1
            )

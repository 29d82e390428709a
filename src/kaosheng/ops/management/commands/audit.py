"""`kaosheng audit verify`: whether the trail is whole; `audit continue`: after a dump was loaded elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaosheng.audit.sealing import continue_numbers, verify


class Command(BaseCommand):
    """Checks every seal of the audit trail against the events it was put on, or lets its numbers go on."""

    help = (
        "verify: check every block of the audit trail against its seal. continue: go on after loading a dump."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb."""
        parser.add_argument("verb", choices=("verify", "continue"))

    def handle(self, *_args: object, **options: Any) -> None:
        """Print what was counted; exit with 1 and name the first broken block when one doesn't hold."""
        if options["verb"] == "continue":
            self.stdout.write(f"added to transaction numbers {continue_numbers()}")
            return
        found = verify()
        self.stdout.write(f"seals {found.seals}")
        self.stdout.write(f"sealed events {found.sealed}")
        self.stdout.write(f"events not sealed yet {found.unsealed}")
        self.stdout.write(f"digest of the last good seal {found.digest or '-'}")
        if found.broken_seal is not None:
            raise CommandError(f"first broken block {found.broken_seal}: {found.why}", returncode=1)

"""`kaosheng backup_key FILE`: a pair of keys for backups."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pyrage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Writes the private half to a file and prints the public one."""

    help = "Draw the keys of backups: the private one goes to FILE, the public one, for BACKUP_RECIPIENTS, is printed."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, which must not exist."""
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *_args: object, **options: Any) -> None:
        """Write it for its owner alone."""
        identity = pyrage.x25519.Identity.generate()
        try:
            descriptor = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise CommandError(f"{options['file']} exists; a key isn't written over") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
        self.stdout.write(str(identity.to_public()))

"""`kaosheng backup FOLDER`: one more backup, while people work."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kaosheng.ops.backup import BackupError, keep_newest, make_backup
from kaosheng.ops.embedded_postgres import DatabaseError


class Command(BaseCommand):
    """Copies database and pictures, encrypted for BACKUP_RECIPIENTS."""

    help = "Make an encrypted backup of database and pictures in FOLDER; objects copied earlier aren't copied again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, and how many backups to keep."""
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="remove all but the newest N afterwards, unless something is missing",
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Print what was copied; exit with 1 when the store couldn't give everything the rows name."""
        try:
            made = make_backup(options["folder"], settings.BACKUP_RECIPIENTS)
            tidies = options["keep"] > 0 and not made.missing
            removed = keep_newest(options["folder"], options["keep"]) if tidies else 0
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"backup {made.name}\nobjects {made.objects}, copied now {made.copied}\n"
            f"digest of the last audit seal {made.audit_digest or '-'}\nolder backups removed {removed}"
        )
        if made.missing:
            raise CommandError(
                f"{len(made.missing)} objects are missing, the first {made.missing[0]}; no older backup was removed",
                returncode=1,
            )

"""`kaosheng restore FOLDER --identity FILE`: a backup into an empty database and an empty store, or single objects."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaosheng.casework.queries.objects import who_names
from kaosheng.ops.backup import BackupError
from kaosheng.ops.embedded_postgres import DatabaseError
from kaosheng.ops.restoring import Restored, put_back, restore
from kaosheng.pictures.store import StoreUnavailable


class Command(BaseCommand):
    """Restores and proves it: digests, invariants, seals of the audit trail."""

    help = (
        "Restore the newest backup of FOLDER, or the one named, into DATABASE_URL and STORE_ROOT, both empty; "
        "or put single objects back beside the others."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take folder, private key and, if wanted, the backup's name or keys of objects."""
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--identity", type=Path, required=True, metavar="FILE", help="private key (kaosheng backup_key)"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--name", default="", help="which backup; by default the newest")
        what.add_argument(
            "--object", nargs="+", default=[], metavar="KEY", help="only these, which the store lost"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Print what was compared; exit with 1 unless everything is as it was."""
        try:
            identity = options["identity"].read_text("ascii")
            if options["object"]:
                self._put_back(options["folder"], identity, options["object"])
                return
            done = restore(options["folder"], identity, name=options["name"])
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        except StoreUnavailable as error:
            raise CommandError("the store takes nothing: is its disk full or write-protected?") from error
        self._tell(done)
        if not done.is_whole:
            raise CommandError(
                "what was restored isn't whole: all is there but what is named above", returncode=1
            )

    def _put_back(self, folder: Path, identity: str, keys: list[str]) -> None:
        """Each that can be; exit with 1 unless that is all."""
        failed = []
        for key in keys:
            try:
                self.stdout.write(f"PUT BACK {key} from {put_back(folder, identity, key).name}")
            except BackupError as error:
                failed.append(str(error))
        if failed:
            raise CommandError("\n".join(failed), returncode=1)

    def _tell(self, done: Restored) -> None:
        trail = done.trail.why or (
            "whole, its last seal is the backup's"
            if done.trail.digest == done.backup.audit_digest
            else "another one"
        )
        self.stdout.write(
            f"backup {done.backup.name}\nobjects restored {done.objects}, missing {len(done.backup.missing)}, "
            f"lost {len(done.lost)}, differing from their rows {len(done.differing)}\n"
            f"audit seals {done.trail.seals}: {trail}\ninvariants broken {len(done.broken)}\n"
            f"added to transaction numbers {done.added_to_transactions}"
        )
        for word, keys in (("MISSING", done.backup.missing), ("LOST", done.lost)):
            for key in keys:
                self.stdout.write(f"{word} {key}: {', '.join(who_names([key]))}")
        for picture in done.differing:
            self.stdout.write(f"DIFFERING {picture}")
        for violation in done.broken:
            self.stdout.write(f"BROKEN {violation.name}: {', '.join(violation.offenders)}")

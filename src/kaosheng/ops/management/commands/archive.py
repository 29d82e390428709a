"""`kaosheng archive open FILE --to FOLDER`: read a record that was archived before it was erased."""

from __future__ import annotations

import io
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.management.base import BaseCommand, CommandError

from kaosheng.casework.services.erasing import ARCHIVE_LABEL
from kaosheng.crypto.sealing import unseal_bytes


class Command(BaseCommand):
    """Unseal one archive."""

    help = "open FILE --to FOLDER: record.json and the pictures of a dossier erased at the end of its time"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One archive, one folder."""
        parser.add_argument("step", choices=["open"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--to", type=Path, required=True)

    def handle(self, *_args: Any, file: Path, to: Path, **_options: Any) -> None:
        """Unpack it. The keys are those of FIELD_KEYS."""
        try:
            content = unseal_bytes(file.read_bytes(), label=ARCHIVE_LABEL)
        except (OSError, ValueError, KeyError, InvalidTag) as fault:
            raise CommandError(f"{file} is no archive of this installation: {fault}") from fault
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(to)
            self.stdout.write(f"{len(archive.namelist())} files in {to}")

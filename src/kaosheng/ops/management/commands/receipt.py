"""`kaosheng receipt verify FILE` checks a signed receipt without database or network; `kaosheng receipt keys` lists the keys."""

from __future__ import annotations

import json
import sys
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaosheng.crypto.digests import digest
from kaosheng.crypto.signatures import UnknownKeyError, is_genuine, public_keys
from kaosheng.domain.receipts import SignedReceipt, read_receipt


class Command(BaseCommand):
    """Answers whether a receipt is ours and whether pictures are those it names."""

    help = "Check signed receipts offline; list the public keys."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two sub-commands."""
        commands = parser.add_subparsers(dest="action", required=True)
        check = commands.add_parser("verify", help="check the signature, and pictures against the list")
        check.add_argument("file", type=Path, metavar="RECEIPT.txt")
        check.add_argument("--pictures", type=Path, metavar="ZIP_OR_FOLDER", help="files to find in the list")
        check.add_argument("--keys", type=Path, metavar="KEYS.json", help="keys to trust instead of our own")
        commands.add_parser("keys", help="public keys as JSON: id to 32 bytes in base64")

    def handle(self, *args: object, **options: Any) -> None:
        """Print what was found; exit with 1 unless everything holds."""
        if options["action"] == "keys":
            self.stdout.write(json.dumps(public_keys(), indent=1))
            return
        receipt = _read(options["file"])
        holds = self._signature(receipt, options["keys"])
        if options["pictures"] is not None:
            holds = self._pictures(receipt, options["pictures"]) and holds
        if not holds:
            sys.exit(1)

    def _signature(self, receipt: SignedReceipt, keys: Path | None) -> bool:
        trusted = json.loads(keys.read_text()) if keys is not None else None
        try:
            genuine = is_genuine(receipt.body.encode(), receipt.signature, keys=trusted)
        except UnknownKeyError as unknown:
            raise CommandError(f"This receipt can't be checked here: {unknown}.") from None
        self.stdout.write(
            f"{'GENUINE' if genuine else 'FORGED'} {receipt.number}, submitted {receipt.at.isoformat()}, "
            f"{len(receipt.digests)} pictures"
        )
        return genuine

    def _pictures(self, receipt: SignedReceipt, place: Path) -> bool:
        found: dict[str, str] = {digest(data): name for name, data in _files(place)}
        for line, named in enumerate(receipt.digests, start=1):
            self.stdout.write(f"{line}. {found.get(named, 'MISSING')} {named}")
        return all(named in found for named in receipt.digests)


def _read(file: Path) -> SignedReceipt:
    try:
        return read_receipt(file.read_bytes().decode(errors="replace"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from None


def _files(place: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file of a folder or a zip."""
    if place.is_dir():
        yield from ((path.name, path.read_bytes()) for path in sorted(place.rglob("*")) if path.is_file())
        return
    try:
        with zipfile.ZipFile(place) as archive:
            yield from ((entry.filename, archive.read(entry)) for entry in archive.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise CommandError(f"{place}: {error}") from None

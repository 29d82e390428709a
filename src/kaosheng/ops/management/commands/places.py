"""`kaosheng places FILE`: enter 考区 and 考点."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from kaosheng.ops.places import enter_places
from kaosheng.regions.models import ExamArea

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Makes the areas and sites of a TOML file that aren't there yet; run again, it makes the new ones."""

    help = "Enter exam areas and sites from a TOML file with [[area]] and [[site]] tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: object, **options: Any) -> None:
        """Print how many were made; exit with 1 and nothing made when the file isn't right."""
        path: Path = options["file"]
        try:
            areas, sites = enter_places(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CommandError(f"{path} can't be read: {error}") from error
        except KeyError as error:
            raise CommandError(f"{path}: an area or a site has no {error}.") from error
        except ExamArea.DoesNotExist as error:
            raise CommandError(f"{path}: a site names an area that isn't there.") from error
        self.stdout.write(f"areas made: {areas}, sites made: {sites}")

"""`kaosheng registrations pull`: fetch an intake's registrations from the registration system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
from django.core.management.base import BaseCommand, CommandError

from kaosheng.casework.services.registrations import pull_all
from kaosheng.regions.models import Intake

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Reconciles one intake with the registration system; older and equal versions change nothing."""

    help = "Pull all registrations of an intake from the registration system and apply the newer ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb and the intake."""
        parser.add_argument("verb", choices=("pull",))
        parser.add_argument("--area", required=True, help="code of the exam area, for example 13")
        parser.add_argument("--batch", required=True, help="code of the exam batch, for example 2027YS")

    def handle(self, *_args: object, **options: Any) -> None:
        """Print how many came and how many were new; exit with 1 when the intake or an answer isn't right."""
        area, batch = options["area"], options["batch"]
        if not Intake.objects.filter(area__code=area, code=batch).exists():
            raise CommandError(f"There is no intake of area {area}, batch {batch}.")
        try:
            pulled = pull_all(area=area, exam_batch=batch)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise CommandError(f"The registration system did not answer as it should: {error}") from error
        self.stdout.write(f"seen {pulled.seen}, applied {pulled.applied}")
        if pulled.refused:
            raise CommandError(f"Refused: {'; '.join(pulled.refused)}")

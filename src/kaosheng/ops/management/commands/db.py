"""`kaosheng db start|stop|status`: the embedded PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kaosheng.ops.embedded_postgres import Cluster, DatabaseError

if TYPE_CHECKING:
    from argparse import ArgumentParser

DATABASES = ("kaosheng", "registration_demo")


class Command(BaseCommand):
    """Starts, stops and describes the embedded PostgreSQL of this checkout."""

    help = "Start or stop the embedded PostgreSQL, or say whether it runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb."""
        parser.add_argument("verb", choices=("start", "stop", "status"))

    def handle(self, *_args: object, **options: Any) -> None:
        """Do it and say what came of it; `status` exits with 3 when the server doesn't run."""
        cluster: Cluster | None = getattr(settings, "DEMO_CLUSTER", None)
        if cluster is None:
            message = "These settings use the database of DATABASE_URL; there is no embedded PostgreSQL to start or stop."
            raise CommandError(message)
        try:
            if options["verb"] == "start":
                started = cluster.start()
                cluster.create_databases(*DATABASES)
                self.stdout.write("started" if started else "runs already")
            elif options["verb"] == "stop":
                self.stdout.write("stopped" if cluster.stop() else "did not run")
            elif not cluster.running():
                message = "stopped"
                raise CommandError(message, returncode=3)
        except DatabaseError as error:
            raise CommandError(str(error)) from error
        if options["verb"] != "stop":
            self.stdout.write(f"data {cluster.data}\naddress {cluster.url('kaosheng')}")

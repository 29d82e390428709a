"""`kaosheng demo`: the whole system with demo data, until Ctrl-C. `make demo` sets up first and calls it."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kaosheng.ops.demo import Demo, DemoError, check_ports
from kaosheng.ops.demo_accounts import account_table
from kaosheng.ops.embedded_postgres import DatabaseError
from kaosheng.ops.processes import end_with_parent

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Starts database, both sites and the worker, and prints the addresses and the demo accounts."""

    help = "Run the whole system with demo data until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how to start and how to end."""
        parser.add_argument("--reset", action="store_true", help="delete the demo's data first")
        parser.add_argument("--no-seed", action="store_true", help="leave the database empty")
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="end when the calling process ends"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Run it."""
        if not settings.DEMO:
            message = "These are not the demo's settings; the demo never runs on an installation's data."
            raise CommandError(message)
        if options["stop_with_parent"]:
            end_with_parent(signal.SIGTERM)
        began = time.monotonic()
        demo = Demo(say=self._say, seed=not options["no_seed"])
        try:
            check_ports({"PORT": settings.PORT, "DEMO_REGISTRATION_PORT": settings.DEMO_REGISTRATION_PORT})
            if options["reset"]:
                demo.reset()
            demo.run(ready=lambda: self._welcome(time.monotonic() - began))
        except (DemoError, DatabaseError) as error:
            raise CommandError(str(error)) from error

    def _say(self, text: str) -> None:
        self.stdout.write(f"==> {text}")
        self.stdout.flush()

    def _welcome(self, seconds: float) -> None:
        self.stdout.write(
            f"\n考生服务系统已启动 · ready after {seconds:.0f} s\n\n"
            f"  考生从这里进入 · candidates   {settings.REGISTRATION_ISSUER}/\n"
            f"  工作人员 · staff              {settings.SERVICE_URL}/staff/\n"
            f"  日志 · logs                   {settings.VAR}/log/\n\n"
            f"{account_table()}\n\n"
            "Ctrl-C 结束 · ends everything\n"
        )
        self.stdout.flush()

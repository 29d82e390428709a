"""The sender: takes messages from the outbox and posts them to the service."""

import logging
import signal
import threading
from types import FrameType
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from registration_demo import outbox

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.5
PAUSE_WITHOUT_DATABASE_SECONDS = 2.0


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; the message in hand is finished first. Several may run side by side."""

    help = "把报名信息的变更推送到考生服务系统"

    def add_arguments(self, parser: CommandParser) -> None:
        """--once."""
        parser.add_argument("--once", action="store_true", help="发送到期的消息后结束")

    def handle(self, *args: object, **options: Any) -> None:
        """Send what is due, wait, again."""
        with outbox.new_client() as client:
            if options["once"]:
                while outbox.send_next(client):
                    pass
                return
            stop = threading.Event()

            def stopped(number: int, frame: FrameType | None) -> None:
                stop.set()

            signal.signal(signal.SIGTERM, stopped)
            signal.signal(signal.SIGINT, stopped)
            while not stop.is_set():
                stop.wait(_send_one(client))


def _send_one(client: httpx.Client) -> float:
    """Send a message if one is due; how long to pause before the next look."""
    try:
        return 0.0 if outbox.send_next(client) else PAUSE_SECONDS
    except DatabaseError as error:
        # A restarted database closes the connection: a new one is opened at the next look.
        log.warning("database: %s", error)
        connection.close()
        return PAUSE_WITHOUT_DATABASE_SECONDS

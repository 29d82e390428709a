"""A real HTTP receiver that checks signatures, as the registration system does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """Where to send, what came, and how to answer from now on."""

    url: str = ""
    status: int = 204
    came: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """(path, webhook-id, body) of every request whose signature held."""


@contextmanager
def receiving(secret: str) -> Iterator[Receiver]:
    """Listen on loopback while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            Webhook(secret).verify(body, headers)
            receiver.came.append((self.path, headers["webhook-id"], json.loads(body)))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

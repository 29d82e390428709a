"""A real HTTP server that hands out registrations page by page, as the registration system does."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Registry:
    """Where to ask, what is registered there, and which questions came: (area, batch, after)."""

    url: str = ""
    page: int = 2
    registrations: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def serving(client: str, secret: str) -> Iterator[Registry]:
    """Answer on loopback while the block runs; 401 to whoever doesn't know the secret."""
    registry = Registry()
    known = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if self.headers.get("authorization") != known or address.path != "/api/registrations/":
                self.send_error(401)
                return
            given = {name: values[0] for name, values in parse_qs(address.query).items()}
            after = given.get("after", "")
            registry.asked.append((given["area"], given["exam_batch"], after))
            left = sorted(
                (
                    entry
                    for entry in registry.registrations
                    if (entry["area"], entry["exam_batch"]) == (given["area"], given["exam_batch"])
                    and entry["number"] > after
                ),
                key=lambda entry: str(entry["number"]),
            )
            page = left[: registry.page]
            last = page[-1]["number"] if len(left) > len(page) else None
            body = json.dumps({"registrations": page, "next_after": last}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

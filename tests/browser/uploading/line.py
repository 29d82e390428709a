"""A line to the service that loses answers: the request arrives and is worked, the answer never comes."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOP: frozenset[str] = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass
class Line:
    """What happens on the line. `lose` answers to uploads are dropped, `forge` replaces the digest of the next."""

    service: str
    url: str = ""
    lose: int = 0
    forge: str = ""
    answers: threading.Event = field(default_factory=threading.Event)
    """While it isn't set, uploads that were worked wait for it with their answer."""
    keys: list[str] = field(default_factory=list)
    """Idempotency keys of the uploads, in the order they came."""
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.answers.set()

    def begins(self, key: str) -> None:
        """Note an upload."""
        with self.lock:
            self.keys.append(key)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)

    def ends(self) -> bool:
        """Whether the answer of this upload is to be lost."""
        with self.lock:
            self.at_once -= 1
            self.lose -= 1
            return self.lose >= 0


@contextmanager
def line_to(service: str) -> Iterator[Line]:
    """Open a line to the service on a port of its own."""
    line = Line(service)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"line": line}))
    server.daemon_threads = True
    line.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.answers.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    line: Line

    def do_GET(self) -> None:
        self._answer(*self._ask(b""))

    def do_POST(self) -> None:
        key = self.headers.get("Idempotency-Key")
        if key is not None:
            self.line.begins(key)
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = self._ask(body)
            if key is not None:
                self.line.answers.wait()
        finally:
            lost = key is not None and self.line.ends()
        if lost:
            self.close_connection = True
            self.connection.close()
        else:
            self._answer(*answer)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.line.service).netloc, timeout=30)
        connection.request(self.command, self.path, body=body or None, headers=dict(self.headers.items()))
        response = connection.getresponse()
        found = response.status, response.getheaders(), response.read()
        connection.close()
        return found

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() in _HOP:
                continue
            forged = self.line.forge if name.lower() == "x-received-digest" else ""
            self.send_header(name, forged or value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

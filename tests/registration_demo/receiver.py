"""A small HTTP server that stands for the service and checks every signature with the library."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Receiver:
    """Takes pushes at `/api/registrations/`; answers 204, or 401 for a bad signature, or what `answer` says."""

    def __init__(self, secret: str) -> None:
        self.webhook = Webhook(secret)
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[str] = []
        self.answer = 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.judge(self.path, body, dict(self.headers)))
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def judge(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """Check a push; the status to answer with."""
        if path != "/api/registrations/":
            return 404
        try:
            self.webhook.verify(body, headers)
        except WebhookVerificationError as error:
            self.refused.append(str(error))
            return 401
        if self.answer == 204:
            self.received.append((headers["webhook-id"], json.loads(body)))
        return self.answer

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

"""A small OpenID Connect provider that can be told to lie, for the log-in's tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "kaosheng"


class Provider:
    """What the next log-in is answered with; tests change single answers."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "one"})
        self.nonce = ""
        self.subject = "subject-ai"
        self.registrations: list[Any] = []
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signs_with = self.key
        self.without_id_token = False
        self.token_error = ""
        self.is_down = False
        self.token_requests: list[dict[str, list[str]]] = []

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def token(self) -> tuple[int, dict[str, Any]]:
        if self.token_error:
            return 400, {"error": self.token_error}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300, "nonce": self.nonce,
            **self.claims,
        }  # fmt: skip
        answer = {"access_token": "access", "token_type": "Bearer", "expires_in": 300}
        if not self.without_id_token:
            answer["id_token"] = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)
        return 200, answer

    def info(self) -> dict[str, Any]:
        return {"sub": self.subject, "name": "样本·艾", "registrations": self.registrations, **self.userinfo}


@contextmanager
def running() -> Iterator[Provider]:
    """Serve until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(server.server_address[1])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if provider.is_down:
                self._answer(503, {})
                return
            answers = {
                "/.well-known/openid-configuration": provider.metadata(),
                "/jwks": {"keys": [provider.key.as_dict(private=False)]},
                "/userinfo": provider.info(),
            }
            self._answer(200, answers[self.path])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.token_requests.append(parse_qs(body))
            self._answer(*provider.token())

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
            """Keep quiet."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The registration system of the rehearsal: OpenID Connect for as many people as it is told of, in a process of its own.

Reads from stdin one line of JSON: port, and the registration object of every subject. A code is the subject and the nonce, so that nothing is
kept between authorisation, which the virtual candidate does in passing, and token.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "rehearsal"})


class Provider(BaseHTTPRequestHandler):
    """Answers what a log-in asks, and swallows status reports."""

    protocol_version = "HTTP/1.1"
    issuer = ""
    people: dict[str, dict[str, Any]]

    def do_GET(self) -> None:
        """Discovery, keys, person."""
        if self.path == "/.well-known/openid-configuration":
            self._answer(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": f"{self.issuer}/jwks",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        elif self.path == "/jwks":
            self._answer({"keys": [KEY.as_dict(private=False)]})
        else:
            subject = self.headers["Authorization"].split()[1]
            person = self.people[subject]
            self._answer({"sub": subject, "name": person["name"], "registrations": [person]})

    def do_POST(self) -> None:
        """A token for a code."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/token":
            self._answer({})
            return
        subject, nonce = parse_qs(body)["code"][0].split("~", 1)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "kaosheng",
            "sub": subject,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
        }
        token = jwt.encode({"alg": "RS256", "kid": "rehearsal"}, claims, KEY)
        self._answer({"access_token": subject, "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


def main() -> None:
    """Serve until ended."""
    told = json.loads(sys.stdin.readline())
    Provider.people = told["people"]
    Provider.issuer = f"http://127.0.0.1:{told['port']}"
    ThreadingHTTPServer(("127.0.0.1", told["port"]), Provider).serve_forever()


if __name__ == "__main__":
    main()

"""Local providers: each checks the signature by the published rules, written here without their SDKs, and answers
as it was told to.

TC3-HMAC-SHA256: Tencent Cloud, "Signature v3". ACS3-HMAC-SHA256: Alibaba Cloud, "Request syntax and signature
method V3". `test_signatures.py` holds both against the worked examples of those pages.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

Answer = tuple[int, object]
"""Status and body: a JSON value, or text as it is."""


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    def parameter(self, name: str) -> str:
        """A value of the query."""
        return parse_qs(self.query, keep_blank_values=True).get(name, [""])[0]


@dataclass
class Provider:
    """Where to send, what came with a good signature, and how to answer from now on."""

    answer: Callable[[Request], Answer]
    url: str = ""
    came: list[Request] = field(default_factory=list)
    forged: int = 0
    hangs: threading.Event | None = None

    @property
    def host(self) -> str:
        """Host and port, as the SDKs want an endpoint."""
        return urlsplit(self.url).netloc


@contextmanager
def serving(check: Callable[[Request], bool], answer: Callable[[Request], Answer]) -> Iterator[Provider]:
    """Listen on loopback; a request whose signature doesn't hold is counted as forged and answered 401."""
    provider = Provider(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            address = urlsplit(self.path)
            request = Request(
                "POST",
                address.path,
                address.query,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(int(self.headers.get("content-length", 0))),
            )
            if check(request):
                provider.came.append(request)
                status, body = provider.answer(request)
            else:
                provider.forged += 1
                status, body = 401, {"error": "signature"}
            if provider.hangs is not None:
                provider.hangs.wait(10)
                return
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        if provider.hangs is not None:
            provider.hangs.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _parts(authorization: str) -> dict[str, str]:
    _algorithm, _, rest = authorization.partition(" ")
    return dict(part.strip().partition("=")[::2] for part in rest.split(","))


def tc3_holds(request: Request, *, secret_id: str, secret_key: str) -> bool:
    """Whether a Tencent Cloud signature is the one these keys make over this request."""
    parts = _parts(request.headers.get("authorization", ""))
    identifier, _, scope = parts.get("Credential", "").partition("/")
    signed = parts.get("SignedHeaders", "").split(";")
    if identifier != secret_id or not {"content-type", "host"} <= set(signed) or scope.count("/") != 2:
        return False
    day, service, end = scope.split("/")
    lines = "".join(f"{name}:{request.headers.get(name, '').strip().lower()}\n" for name in signed)
    canonical = "\n".join(
        [request.method, request.path, request.query, lines, ";".join(signed), _hex(request.body)]
    )
    stamp = request.headers.get("x-tc-timestamp", "")
    text = "\n".join(["TC3-HMAC-SHA256", stamp, scope, _hex(canonical.encode())])
    key = _hmac(_hmac(_hmac(b"TC3" + secret_key.encode(), day), service), end)
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts.get("Signature", ""))


def acs3_holds(request: Request, *, key_id: str, key_secret: str) -> bool:
    """Whether an Alibaba Cloud signature is the one these keys make over this request."""
    parts = _parts(request.headers.get("authorization", ""))
    signed = parts.get("SignedHeaders", "").split(";")
    needed = {
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    }
    if parts.get("Credential") != key_id or not needed <= set(signed):
        return False
    if request.headers["x-acs-content-sha256"] != _hex(request.body):
        return False
    pairs = sorted(
        (quote(name, safe="~"), quote(value, safe="~"))
        for name, values in parse_qs(request.query, keep_blank_values=True).items()
        for value in values
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    lines = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
    canonical = "\n".join(
        [
            request.method,
            request.path,
            query,
            lines,
            ";".join(signed),
            request.headers["x-acs-content-sha256"],
        ]
    )
    text = "ACS3-HMAC-SHA256\n" + _hex(canonical.encode())
    expected = hmac.new(key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts.get("Signature", ""))

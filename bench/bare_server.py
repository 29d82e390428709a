"""The least a server can do that keeps a promise of the service, to measure the service against.

POST / keeps an upload's promises: it reads the body, decodes the picture strictly, makes a thumbnail, takes a digest, syncs
the file and its folder and commits one row. GET /KEY gives back a file of the service's store, POST /row commits one row.
It has no framework, no session, no rules, no audit, cuts the picture out of the multipart body instead of parsing the
form, and doesn't sync the thumbnail. Served like the service: granian, WSGI, 2 workers with 4 threads.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import simplejpeg
from PIL import Image

ROOT = Path(os.environ["BARE_ROOT"])
STORE = Path(os.environ["STORE_ROOT"])
DATABASE_URL = os.environ["DATABASE_URL"]
SIDE = 320

StartResponse = Callable[[str, list[tuple[str, str]]], object]

_own = threading.local()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Do what the method and the path ask for."""
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] == "GET":
        key = path.lstrip("/")
        found = STORE / key[:2] / key
        if not key or not found.is_file():
            return _answered(start_response, "404 Not Found", b"")
        return _answered(start_response, "200 OK", found.read_bytes(), "image/jpeg")
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    name = secrets.token_hex(16)
    if path == "/row":
        _commit(name, hashlib.sha256(body).hexdigest(), 0, 0)
    else:
        data = picture_in(body)
        thumbnail, digest, width, height = examined(data)
        _keep(name, data, thumbnail)
        _commit(name, digest, width, height)
    return _answered(start_response, "201 Created", name.encode())


def picture_in(body: bytes) -> bytes:
    """The content of the last part of a multipart body."""
    boundary = body[: body.index(b"\r\n")]
    end = body.rindex(b"\r\n" + boundary + b"--")
    start = body.index(b"\r\n\r\n", body.rindex(boundary, 0, end)) + 4
    return body[start:end]


def examined(data: bytes) -> tuple[bytes, str, int, int]:
    """Decode a picture strictly and return its thumbnail, digest, and the thumbnail's width and height."""
    pixels = simplejpeg.decode_jpeg(data, "RGB", min_width=SIDE, min_height=SIDE * 3 // 4)
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.HAMMING)
    thumbnail = simplejpeg.encode_jpeg(np.asarray(image), 80, colorsubsampling="420")
    return thumbnail, hashlib.sha256(data).hexdigest(), image.width, image.height


def _answered(
    start_response: StartResponse, status: str, content: bytes, kind: str = "text/plain"
) -> Iterable[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(content)))])
    return [content]


def _commit(name: str, digest: str, width: int, height: int) -> None:
    _connection().execute(
        "INSERT INTO bare_upload (name, digest, width, height) VALUES (%s, %s, %s, %s)",
        (name, digest, width, height),
    )


def _keep(name: str, data: bytes, thumbnail: bytes) -> None:
    folder = ROOT / name[:2]
    folder.mkdir(exist_ok=True)
    temporary = ROOT / name
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)
    (folder / f"{name}.thumbnail").write_bytes(thumbnail)
    temporary.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _connection() -> psycopg.Connection:
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(DATABASE_URL, autocommit=True)
    connection: psycopg.Connection = _own.connection
    return connection

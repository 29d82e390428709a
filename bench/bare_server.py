"""The least a server can do that keeps an upload's promises, to measure the service against.

It reads the body, decodes it strictly, makes a thumbnail, takes a digest, syncs the file and its folder and
commits one row. It has no framework, no multipart form, no session, no rules, no audit, and doesn't sync the
thumbnail. Served like the service: granian, WSGI, 2 workers with 4 threads.
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
DATABASE_URL = os.environ["DATABASE_URL"]
SIDE = 320

_own = threading.local()


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """Keep one picture and answer its name."""
    data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    pixels = simplejpeg.decode_jpeg(data, "RGB", min_width=SIDE, min_height=SIDE * 3 // 4)
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.HAMMING)
    thumbnail = simplejpeg.encode_jpeg(np.asarray(image), 80, colorsubsampling="420")
    digest = hashlib.sha256(data).hexdigest()
    name = secrets.token_hex(16)
    _keep(name, data, thumbnail)
    _connection().execute(
        "INSERT INTO bare_upload (name, digest, width, height) VALUES (%s, %s, %s, %s)",
        (name, digest, image.width, image.height),
    )
    start_response("201 Created", [("Content-Type", "text/plain"), ("Content-Length", str(len(name)))])
    return [name.encode()]


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

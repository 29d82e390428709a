"""Keys of the demo: drawn at the first start, kept in a file of mode 600, never committed."""

from __future__ import annotations

import base64
import fcntl
import json
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def load_or_draw(path: Path) -> dict[str, Any]:
    """Return the keys kept at `path`; those it lacks are drawn and kept. Processes that start together agree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        keys = {**_draw(), **kept}
        if keys.keys() != kept.keys():
            drawn = path.with_suffix(".new")
            drawn.touch(mode=0o600)
            drawn.write_text(json.dumps(keys, indent=1))
            drawn.replace(path)
    return keys


def _draw() -> dict[str, Any]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "registration_secret_key": secrets.token_urlsafe(48),
        "registration_client_secret": secrets.token_urlsafe(32),
        "field_keys": {"demo-1": _key()},
        "blind_index_key": _key(),
        "receipt_key": _key(),
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()

"""Keys of the demo: drawn at the first start, kept in a file of mode 600, never committed."""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def load_or_draw(path: Path) -> dict[str, Any]:
    """Return the keys kept at `path`, drawing and keeping them when there are none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = path.with_name(f"{path.name}.{os.getpid()}")
        drawn.touch(mode=0o600)
        drawn.write_text(json.dumps(_draw(), indent=1))
        try:
            # A link, unlike a rename, doesn't replace what another process drew meanwhile.
            path.hardlink_to(drawn)
        except FileExistsError:
            pass
        finally:
            drawn.unlink()
    keys: dict[str, Any] = json.loads(path.read_text())
    return keys


def _draw() -> dict[str, Any]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "registration_secret_key": secrets.token_urlsafe(48),
        "registration_client_secret": secrets.token_urlsafe(32),
        "field_keys": {"demo-1": _key()},
        "blind_index_key": _key(),
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()

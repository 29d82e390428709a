"""Digests with their algorithm's name in front."""

from __future__ import annotations

import hashlib


def digest(data: bytes) -> str:
    """`sha256:<hex>` of the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()

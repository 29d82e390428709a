"""Personal data at rest: AES-256-GCM with a key id, and blind indexes to find it again (docs/security.md).

Keys come from the settings FIELD_KEYS (id -> 32 bytes, base64), FIELD_KEY_ID (the one new data are sealed
with) and BLIND_INDEX_KEY. The label (table and column) is bound to the ciphertext, so that a value copied
into another column does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_ALGORITHM = "aesgcm"
_NONCE_BYTES = 12


def seal(text: str, *, label: str) -> str:
    """The text as `aesgcm:<key id>:<base64>`; empty stays empty."""
    if not text:
        return ""
    key_id = settings.FIELD_KEY_ID
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(key_id).encrypt(nonce, text.encode(), label.encode())
    return f"{_ALGORITHM}:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, label: str) -> str:
    """The text again. Raises ValueError for an unknown algorithm, InvalidTag for tampering or a wrong label."""
    if not sealed:
        return ""
    algorithm, key_id, body = sealed.split(":", 2)
    if algorithm != _ALGORITHM:
        raise ValueError(f"unknown algorithm {algorithm}")
    raw = base64.b64decode(body)
    return _cipher(key_id).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], label.encode()).decode()


def seal_bytes(content: bytes, *, label: str) -> bytes:
    """The bytes as `aesgcm:<key id>:` and what follows from nonce and ciphertext."""
    key_id, nonce = settings.FIELD_KEY_ID, os.urandom(_NONCE_BYTES)
    sealed = _cipher(key_id).encrypt(nonce, content, label.encode())
    return f"{_ALGORITHM}:{key_id}:".encode() + nonce + sealed


def unseal_bytes(sealed: bytes, *, label: str) -> bytes:
    """The bytes again. Raises ValueError for an unknown algorithm, InvalidTag for tampering or a wrong label."""
    algorithm, key_id, body = sealed.split(b":", 2)
    if algorithm != _ALGORITHM.encode():
        raise ValueError(f"unknown algorithm {algorithm!r}")
    nonce, rest = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
    return _cipher(key_id.decode()).decrypt(nonce, rest, label.encode())


def blind_index(text: str, *, label: str) -> str:
    """A keyed digest that finds equal values without showing them; case and spaces don't count."""
    if not text:
        return ""
    normal = "".join(text.split()).upper()
    key = base64.b64decode(settings.BLIND_INDEX_KEY)
    return "hs256:" + hmac.new(key, f"{label}\x00{normal}".encode(), hashlib.sha256).hexdigest()[:40]


def _cipher(key_id: str) -> AESGCM:
    return _cipher_of(settings.FIELD_KEYS[key_id])


@lru_cache(maxsize=16)
def _cipher_of(key: str) -> AESGCM:
    """Made once a key: a release seals thousands of columns."""
    return AESGCM(base64.b64decode(key))

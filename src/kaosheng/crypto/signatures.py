"""Ed25519 signatures as `ed25519:<key id>:<base64>`; who made one can be checked long after the key was changed.

Settings: RECEIPT_KEY_ID and RECEIPT_KEY (32 bytes, base64) sign; RECEIPT_PUBLIC_KEYS (id -> 32 bytes, base64)
are the public halves of earlier keys, whose private halves are destroyed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

_ALGORITHM = "ed25519"


class UnknownKeyError(ValueError):
    """A signature names an algorithm or a key we don't have."""


def sign(data: bytes) -> str:
    """The signature of the present key."""
    signature = _private_key().sign(data)
    return f"{_ALGORITHM}:{settings.RECEIPT_KEY_ID}:{base64.b64encode(signature).decode()}"


def is_genuine(data: bytes, signature: str, *, keys: Mapping[str, str] | None = None) -> bool:
    """Whether the signature belongs to these bytes; `keys` are those of `public_keys` unless given.

    Raises UnknownKeyError when nobody can tell, because the key isn't among them.
    """
    algorithm, key_id, body = _parts(signature)
    public = (public_keys() if keys is None else keys).get(key_id)
    if algorithm != _ALGORITHM or public is None:
        raise UnknownKeyError(f"no key {algorithm}:{key_id}")
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
            base64.b64decode(body, validate=True), data
        )
    except (InvalidSignature, binascii.Error):
        return False
    return True


def public_keys() -> dict[str, str]:
    """Every key a signature may name: id -> public half in base64."""
    present = base64.b64encode(_private_key().public_key().public_bytes_raw()).decode()
    return {**settings.RECEIPT_PUBLIC_KEYS, settings.RECEIPT_KEY_ID: present}


def key_id_of(signature: str) -> str:
    """The key a signature names."""
    return _parts(signature)[1]


def _parts(signature: str) -> tuple[str, str, str]:
    algorithm, _colon, rest = signature.partition(":")
    key_id, _colon, body = rest.partition(":")
    return algorithm, key_id, body


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.RECEIPT_KEY))

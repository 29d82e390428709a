"""Signatures under receipts, and keys that came and went."""

from __future__ import annotations

import base64

import pytest
from pytest_django import Settings

from kaosheng.crypto.signatures import UnknownKeyError, is_genuine, key_id_of, public_keys, sign

NEW_KEY = base64.b64encode(bytes(range(128, 160))).decode()


def test_a_signature_belongs_to_its_bytes_alone() -> None:
    signature = sign(b"receipt")
    assert signature.startswith("ed25519:test-1:")
    assert is_genuine(b"receipt", signature)
    assert not is_genuine(b"receipT", signature)
    assert not is_genuine(b"receipt", signature[:-6] + "AAAA==")
    assert not is_genuine(b"receipt", "ed25519:test-1:not base64")


def test_what_an_earlier_key_signed_stays_verifiable(settings: Settings) -> None:
    signature, earlier = sign(b"receipt"), public_keys()
    settings.RECEIPT_KEY, settings.RECEIPT_KEY_ID = NEW_KEY, "test-2"
    with pytest.raises(UnknownKeyError, match="ed25519:test-1"):
        is_genuine(b"receipt", signature)
    settings.RECEIPT_PUBLIC_KEYS = earlier
    assert is_genuine(b"receipt", signature)
    assert key_id_of(sign(b"receipt")) == "test-2"
    assert sorted(public_keys()) == ["test-1", "test-2"]


def test_another_algorithm_is_unknown_not_wrong() -> None:
    with pytest.raises(UnknownKeyError):
        is_genuine(b"receipt", sign(b"receipt").replace("ed25519", "sm2"))
    with pytest.raises(UnknownKeyError):
        is_genuine(b"receipt", "")


def test_a_foreign_key_signs_nothing_of_ours(settings: Settings) -> None:
    ours = public_keys()
    settings.RECEIPT_KEY = NEW_KEY
    assert not is_genuine(b"receipt", sign(b"receipt"), keys=ours)

"""Sealed values: they open for whom they were sealed and for nobody else."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaosheng.crypto.digests import digest
from kaosheng.crypto.sealing import blind_index, seal, unseal

if TYPE_CHECKING:
    from pytest_django import Settings

ID_NUMBER = "139999199001011234"
LABEL = "registration_registration.id_number"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_what_was_sealed_opens_again(text: str) -> None:
    assert unseal(seal(text, label=LABEL), label=LABEL) == text


def test_a_seal_names_algorithm_and_key_and_hides_the_text() -> None:
    sealed = seal(ID_NUMBER, label=LABEL)
    algorithm, key_id, body = sealed.split(":")
    assert (algorithm, key_id) == ("aesgcm", "test-1")
    assert ID_NUMBER.encode() not in base64.b64decode(body)


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert len({seal(ID_NUMBER, label=LABEL) for _ in range(20)}) == 20


def test_empty_stays_empty() -> None:
    assert seal("", label=LABEL) == ""
    assert unseal("", label=LABEL) == ""


def test_a_value_copied_into_another_column_does_not_open() -> None:
    sealed = seal(ID_NUMBER, label=LABEL)
    with pytest.raises(InvalidTag):
        unseal(sealed, label="registration_registration.phone")


@pytest.mark.parametrize("at", [0, 11, 12, 20, -1])
def test_one_bit_changed_and_it_does_not_open(at: int) -> None:
    """In the nonce, in the text, in the tag."""
    algorithm, key_id, body = seal(ID_NUMBER, label=LABEL).split(":")
    raw = bytearray(base64.b64decode(body))
    raw[at] ^= 1
    with pytest.raises(InvalidTag):
        unseal(f"{algorithm}:{key_id}:{base64.b64encode(raw).decode()}", label=LABEL)


def test_an_unknown_algorithm_is_named() -> None:
    with pytest.raises(ValueError, match="unknown algorithm rot13"):
        unseal("rot13:test-1:AAAA", label=LABEL)


def _key(byte: int) -> str:
    return base64.b64encode(bytes([byte]) * 32).decode()


def test_after_a_new_key_the_old_still_opens_and_the_new_seals(settings: Settings) -> None:
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"2026": _key(1)}, "2026"
    old = seal(ID_NUMBER, label=LABEL)
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"2026": _key(1), "2027": _key(2)}, "2027"
    assert unseal(old, label=LABEL) == ID_NUMBER
    assert seal(ID_NUMBER, label=LABEL).startswith("aesgcm:2027:")


def test_without_its_key_a_value_stays_shut(settings: Settings) -> None:
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"2026": _key(1)}, "2026"
    old = seal(ID_NUMBER, label=LABEL)
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"2027": _key(2)}, "2027"
    with pytest.raises(KeyError, match="2026"):
        unseal(old, label=LABEL)
    settings.FIELD_KEYS = {"2026": _key(2)}
    with pytest.raises(InvalidTag):
        unseal(old, label=LABEL)


# --- blind indexes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["13999919900101123X", "13999919900101123x", " 139999 19900101 123x ", "139999\u300019900101123X\n"],
)
def test_a_blind_index_finds_a_number_however_it_was_typed(written: str) -> None:
    assert blind_index(written, label=LABEL) == blind_index("13999919900101123X", label=LABEL)


def test_a_blind_index_tells_numbers_and_columns_apart() -> None:
    assert blind_index("1234", label=LABEL) != blind_index("1235", label=LABEL)
    assert blind_index("1234", label=LABEL) != blind_index("1234", label="registration_registration.id_tail")
    # The label ends where it ends: its border with the value can't be moved.
    assert blind_index("bc", label="a") != blind_index("c", label="ab")


def test_a_blind_index_shows_nothing_and_fits_its_column() -> None:
    index = blind_index(ID_NUMBER, label=LABEL)
    assert index.startswith("hs256:")
    assert ID_NUMBER not in index
    assert len(index) <= 60


def test_a_blind_index_needs_its_key(settings: Settings) -> None:
    before = blind_index(ID_NUMBER, label=LABEL)
    settings.BLIND_INDEX_KEY = _key(9)
    assert blind_index(ID_NUMBER, label=LABEL) != before


def test_nothing_has_no_index() -> None:
    assert blind_index("", label=LABEL) == ""


def test_a_digest_names_its_algorithm() -> None:
    assert digest(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

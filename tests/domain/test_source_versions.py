"""Which telling of a registration counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.identity_numbers import is_resident_number
from kaosheng.domain.source_versions import FIRST_WITHOUT, came_with_version, number_to_apply

TELLINGS = st.lists(st.none() | st.integers(min_value=0, max_value=9), max_size=30)


@pytest.mark.parametrize(
    ("received", "known", "stored"),
    [
        (7, None, 7),
        (7, 6, 7),
        (7, 7, None),
        (6, 7, None),
        (0, FIRST_WITHOUT + 5, 0),
        (None, None, FIRST_WITHOUT),
        (None, FIRST_WITHOUT, FIRST_WITHOUT + 1),
        (None, 0, None),
        (None, 7, None),
    ],
)
def test_a_telling_is_stored_under_a_number_or_not_at_all(
    received: int | None, known: int | None, stored: int | None
) -> None:
    assert number_to_apply(received, known=known) == stored


@given(TELLINGS)
def test_numbers_only_grow_and_nothing_without_version_comes_after_a_version(
    tellings: list[int | None],
) -> None:
    known: int | None = None
    for received in tellings:
        number = number_to_apply(received, known=known)
        if number is None:
            continue
        assert known is None or number > known
        if received is None:
            assert known is None or not came_with_version(known)
        known = number


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("11010519491231002x", False),
        ("1101051949123100", False),
        ("", False),
    ],
)
def test_the_check_character_of_a_resident_card(number: str, *, is_one: bool) -> None:
    # The first two are the examples of GB 11643-1999.
    assert is_resident_number(number) is is_one

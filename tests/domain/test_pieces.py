"""Long lists a piece at a time: nothing lost, nothing twice, nothing read before it is needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.pieces import in_pieces


@given(st.lists(st.integers()), st.integers(1, 7))
def test_the_pieces_together_are_the_list(rows: list[int], most: int) -> None:
    pieces = list(in_pieces(rows, most))
    assert [row for piece in pieces for row in piece] == rows
    assert all(len(piece) == most for piece in pieces[:-1])
    assert all(1 <= len(piece) <= most for piece in pieces[-1:])


def test_the_next_piece_is_read_when_it_is_asked_for() -> None:
    rows = iter(range(5))
    pieces = in_pieces(rows, 2)
    assert next(pieces) == [0, 1]
    assert next(rows) == 2

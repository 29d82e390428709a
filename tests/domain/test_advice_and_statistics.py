from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.advice import REASONS, Advice
from kaosheng.domain.statistics import wilson


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # Against the tables of R's binom.confint(method = "wilson").
        (0, 0, 0.0, 1.0),
        (0, 600, 0.0, 0.0063617),
        (1, 2, 0.0945312, 0.9054688),
        (95, 100, 0.8882495, 0.9784558),
        (62, 62, 0.9416557, 1.0),
    ],
)
def test_wilson(hits: int, total: int, low: float, high: float) -> None:
    assert list(wilson(hits, total)) == pytest.approx([low, high], abs=1e-6)


@given(st.integers(0, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_holds_the_share(case: tuple[int, int]) -> None:
    hits, total = case
    low, high = wilson(hits, total)
    assert 0 <= low <= high <= 1
    assert not total or low <= hits / total <= high


def test_every_kind_of_advice_has_reasons_that_say_the_same() -> None:
    assert set(REASONS) == set(Advice)
    assert all(REASONS.values())

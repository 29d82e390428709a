"""The random second look: reproducible, and as large as its share."""

from __future__ import annotations

from kaosheng.domain.second_look import is_drawn

NUMBERS = [f"2026-13-{number:05}" for number in range(2000)]


def test_nobody_is_drawn_of_nothing_and_everybody_of_all() -> None:
    assert not any(is_drawn(seed="样本", number=number, share=0.0) for number in NUMBERS)
    assert all(is_drawn(seed="样本", number=number, share=1.0) for number in NUMBERS)


def test_the_share_is_about_as_large_as_it_says() -> None:
    drawn = sum(is_drawn(seed="样本", number=number, share=0.1) for number in NUMBERS)
    assert 150 <= drawn <= 250


def test_the_same_seed_draws_the_same_and_another_draws_others() -> None:
    first = [is_drawn(seed="样本", number=number, share=0.1) for number in NUMBERS]
    assert first == [is_drawn(seed="样本", number=number, share=0.1) for number in NUMBERS]
    assert first != [is_drawn(seed="另一个", number=number, share=0.1) for number in NUMBERS]


def test_a_larger_share_keeps_those_already_drawn() -> None:
    small = {number for number in NUMBERS if is_drawn(seed="样本", number=number, share=0.05)}
    large = {number for number in NUMBERS if is_drawn(seed="样本", number=number, share=0.2)}
    assert small < large

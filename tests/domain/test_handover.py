"""When a handover still counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.handover import LIFE, lives

OPENED = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)


@given(seconds=st.integers(0, 2_000), opened_at=st.integers(0, 5), revision=st.integers(0, 5))
def test_it_lives_ten_minutes_and_until_the_next_step(seconds: int, opened_at: int, revision: int) -> None:
    alive = lives(
        expires_at=OPENED + LIFE,
        opened_at_revision=opened_at,
        revision=revision,
        at=OPENED + timedelta(seconds=seconds),
    )
    assert alive == (seconds < 600 and opened_at == revision)

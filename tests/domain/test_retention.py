"""Until when data are kept, and which views may be told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kaosheng.domain.retention import Keeping, draft_kept_until, record_kept_until
from kaosheng.domain.states import Verdict
from kaosheng.domain.visibility import Forward, View, visible_views

KEEPING = Keeping(draft_days=30, record_months=36)
CLOSES = datetime(2027, 1, 31, 16, tzinfo=UTC)  # midnight that begins 1 February in the house's time


def test_a_draft_outlives_its_window_by_days() -> None:
    assert draft_kept_until(closes_at=CLOSES, keeping=KEEPING) == date(2027, 3, 3)


@pytest.mark.parametrize(
    ("expected", "published", "until"),
    [
        (date(2027, 3, 1), None, date(2030, 3, 1)),
        (date(2027, 3, 1), datetime(2027, 3, 9, 20, tzinfo=UTC), date(2030, 3, 10)),
        (None, None, date(2030, 2, 1)),
        (date(2028, 2, 29), None, date(2031, 2, 28)),
    ],
)
def test_a_record_is_kept_from_the_release(
    expected: date | None, published: datetime | None, until: date
) -> None:
    assert (
        record_kept_until(
            closes_at=CLOSES,
            release_expected_by=expected,
            published_at=published,
            under_review_on=None,
            keeping=KEEPING,
        )
        == until
    )


def at(hour: int) -> datetime:
    return datetime(2027, 1, 20, hour, tzinfo=UTC)


VIEWS = (View(at(1), "1301"), View(at(2)), View(at(4), "1301"), View(at(5)))
FORWARDS = (Forward(at(3), "1301", Verdict.PASS), Forward(at(6), "1301", Verdict.FAIL))


def test_only_views_of_the_site_up_to_the_first_forward_are_told() -> None:
    assert visible_views(VIEWS, forwards=FORWARDS, one_stage=False, published=False) == (VIEWS[0],)
    assert visible_views(VIEWS, forwards=(), one_stage=False, published=False) == (VIEWS[0], VIEWS[2])


def test_all_are_told_after_the_release() -> None:
    assert visible_views(VIEWS, forwards=FORWARDS, one_stage=False, published=True) == VIEWS


def test_with_one_stage_no_look_is_told_before_the_release() -> None:
    assert visible_views(VIEWS, forwards=(), one_stage=True, published=False) == ()
    assert visible_views(VIEWS, forwards=(), one_stage=True, published=True) == VIEWS

"""Times in words: a deadline with days and hours, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from kaosheng.web.ui.times import time_left

NOW = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)

LEFT = [
    (timedelta(days=2, hours=6, minutes=59), "还有 2 天 6 小时", "2 days 6 hours left"),
    (timedelta(days=1), "还有 1 天", "1 day left"),
    (timedelta(days=1, minutes=40), "还有 1 天", "1 day left"),
    (timedelta(hours=23, minutes=59, seconds=59), "还有 23 小时 59 分钟", "23 hours 59 minutes left"),
    (timedelta(hours=3), "还有 3 小时", "3 hours left"),
    (timedelta(minutes=1), "还有 1 分钟", "1 minute left"),
    (timedelta(seconds=59), "还有 0 分钟", "0 minutes left"),
    (timedelta(0), "还有 0 分钟", "0 minutes left"),
    (timedelta(seconds=-1), "已截止", "over"),
]


@pytest.mark.parametrize(("left", "chinese", "english"), LEFT)
def test_what_is_left_is_said_in_the_two_largest_units(left: timedelta, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert time_left(NOW + left, NOW) == chinese
    with override("en"):
        assert time_left(NOW + left, NOW).lower() == english

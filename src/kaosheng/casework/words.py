"""The words for what a candidate may know; page, API, message and status push share them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.visibility import Visible, VisibleState

STATE_WORDS: Final = {
    VisibleState.DRAFT: _("未提交"),
    VisibleState.WAITING: _("已提交，待考点审核"),
    VisibleState.IN_REVIEW: _("已提交，审核中"),
    VisibleState.SITE_PASSED: _("考点通过，考区复审中"),
    VisibleState.RETURNED: _("待补充（%(places)s项）"),
    VisibleState.PASSED: _("审核通过"),
    VisibleState.FAILED: _("审核不通过"),
    VisibleState.LAPSED: _("逾期未提交"),
    VisibleState.WITHDRAWN: _("报名已取消"),
}


def state_words(visible: Visible) -> str:
    """The state in the reader's language."""
    return _words(visible.state, visible.places)


def _words(state: VisibleState, places: int) -> str:
    return str(STATE_WORDS[state]) % {"places": places}


@dataclass(frozen=True, slots=True)
class TwoLanguages:
    """One sentence in both languages."""

    zh: str
    en: str


def state_in_both(visible: Visible) -> TwoLanguages:
    """The state in Chinese and English, for systems that choose themselves."""
    return _in_both(visible.state, visible.places)


@lru_cache(maxsize=256)
def _in_both(state: VisibleState, places: int) -> TwoLanguages:
    """Made once: a release says the same to tens of thousands."""
    with override("zh-hans"):
        chinese = _words(state, places)
    with override("en"):
        return TwoLanguages(zh=chinese, en=_words(state, places))


def deadline_words(deadline: datetime, *, english: bool) -> str:
    """Day and time, with 24:00 for the midnight that ends a day, as official notices write it."""
    local = deadline.astimezone(HOUSE_TIME)
    at_midnight = local.strftime("%H:%M") == "00:00"
    day = local - timedelta(days=1) if at_midnight else local
    clock = "24:00" if at_midnight else local.strftime("%H:%M")
    return f"{day:%d %b} {clock}" if english else f"{day.month}月{day.day}日{clock}"

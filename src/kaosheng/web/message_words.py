"""Messages in words: channels and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kaosheng.notices.models import Message, Notice
from kaosheng.notices.templates import TEXTS

CHANNELS: Final[dict[str, str | Promise]] = {
    "sms": _("短信"),
    "wechat": _("微信"),
    "email": _("电子邮件"),
}

VARIABLES: Final[dict[str, str | Promise]] = {
    "exam": _("报考类别"),
    "receipt": _("回执号"),
    "places": _("待补充的项数"),
    "kinds": _("材料名称"),
    "deadline": _("截止时间"),
    "manner": _("补充方式"),
    "code": _("验证码"),
    "date": _("日期"),
}
"""What the variables of a text stand for."""

STATES: Final[dict[str, tuple[str, str | Promise]]] = {
    Notice.State.STANDBY: ("unmarked", _("备用")),
    Notice.State.QUEUED: ("unmarked", _("等待发送")),
    Notice.State.SENDING: ("in_review", _("正在发送")),
    Notice.State.ACCEPTED: ("in_review", _("已交运营商")),
    Notice.State.DELIVERED: ("accepted", _("已送达")),
    Notice.State.FAILED: ("replace", _("未送达")),
    Notice.State.STOPPED: ("withdrawn", _("已停止")),
}
"""Chip and words."""

_ILLEGAL, _LISTED, _LIMIT = _("手机号不正确"), _("手机号在运营商黑名单中"), _("超过运营商的发送限额")
_UNPAID: Final = _("短信账户余额不足")
_REASONS: Final[dict[str, str | Promise]] = {
    "isv.MOBILE_NUMBER_ILLEGAL": _ILLEGAL,
    "InvalidParameterValue.IncorrectPhoneNumber": _ILLEGAL,
    "FailedOperation.PhoneNumberInBlacklist": _LISTED,
    "isv.BLACK_KEY_CONTROL_LIMIT": _("内容含运营商禁用的词"),
    "FailedOperation.ContainSensitiveWord": _("内容含运营商禁用的词"),
    "isv.BUSINESS_LIMIT_CONTROL": _LIMIT,
    "isv.DAY_LIMIT_CONTROL": _LIMIT,
    "LimitExceeded.PhoneNumberDailyLimit": _LIMIT,
    "LimitExceeded.PhoneNumberOneHourLimit": _LIMIT,
    "LimitExceeded.PhoneNumberThirtySecondLimit": _LIMIT,
    "isv.AMOUNT_NOT_ENOUGH": _UNPAID,
    "FailedOperation.InsufficientBalanceInSmsPackage": _UNPAID,
}
"""Codes of the providers as people read them; of others the code is all there is."""


@dataclass(frozen=True, slots=True)
class Way:
    """One channel of a message as staff see it."""

    channel: str | Promise
    chip: str
    words: str | Promise
    at: datetime | None
    due_at: datetime | None
    attempts: int
    reason: str
    maybe_twice: bool


def title_of(template: str) -> str:
    """The name of a text in the reader's language; one no longer known by its code."""
    text = TEXTS.get(template)
    return text.title(get_language() or "") if text else template


def ways_of(message: Message) -> list[Way]:
    """The channels of a message and what became of each; those on standby stay unsaid."""
    return [_way(notice) for notice in message.notices.all() if notice.state != Notice.State.STANDBY]


def _way(notice: Notice) -> Way:
    chip, words = STATES[notice.state]
    waits = notice.state in {Notice.State.QUEUED, Notice.State.STOPPED}
    return Way(
        channel=CHANNELS.get(notice.channel, notice.channel),
        chip=chip,
        words=words,
        at=notice.delivered_at or notice.failed_at or notice.accepted_at or notice.sending_at,
        due_at=notice.due_at if waits else None,
        attempts=notice.attempts,
        reason=_reason(notice.last_error),
        maybe_twice=notice.maybe_twice,
    )


def _reason(code: str) -> str:
    words = _REASONS.get(code)
    return gettext("%(words)s（%(code)s）") % {"words": words, "code": code} if words else code

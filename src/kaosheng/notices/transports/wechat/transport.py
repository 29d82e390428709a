"""Template messages: template/send. `client_msg_id` lets WeChat recognise a repetition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from kaosheng.notices.transports import DeliveryError, Outgoing, require_approved
from kaosheng.notices.transports.wechat.client import TOKEN_DEAD, WechatClient

PASSES: Final = frozenset({-1, 40164, 45009, 45011, 45047, 48001, 61004, *TOKEN_DEAD})
"""Busy, our address not on their list, quotas and rates, our rights: a later attempt may not meet them."""
LONGEST_THING: Final = 20


class WechatTemplate:
    """Configuration: appid (also as `account`), secret; endpoint when it differs.

    The approved template is written `ID keyword=variable …`, for example `T1xY thing1=exam time3=deadline`;
    `title` and `text` may stand for a variable too.
    """

    remembers = timedelta(minutes=10)

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Nothing is asked before the first message."""
        self.client = WechatClient(config)

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the msgid. Raises DeliveryError."""
        identifier, *keywords = require_approved(message).split()
        answer = self.client.call(
            "/cgi-bin/message/template/send",
            {
                "touser": message.recipient,
                "template_id": identifier,
                "client_msg_id": message.key,
                "data": _data(keywords, message),
            },
        )
        code = answer.get("errcode")
        if code != 0:
            raise _refused(code)
        return str(answer.get("msgid", ""))


def _data(keywords: list[str], message: Outgoing) -> dict[str, dict[str, str]]:
    values = {**message.variables, "title": message.title, "text": message.text}
    data = {}
    for keyword in keywords:
        name, _, variable = keyword.partition("=")
        value = values.get(variable, "")
        data[name] = {"value": value[:LONGEST_THING] if name.startswith("thing") else value}
    return data


def _refused(code: object) -> DeliveryError:
    return DeliveryError(f"errcode {code}", permanent=code not in PASSES)

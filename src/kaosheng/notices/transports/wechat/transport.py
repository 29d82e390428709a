"""Template messages: a stable token, then template/send. `client_msg_id` lets WeChat recognise a repetition."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from kaosheng.notices.transports import TIMEOUT_SECONDS, DeliveryError, Outgoing, require_approved
from kaosheng.notices.transports.signed import refused, unanswered

TOKEN_DEAD: Final = frozenset({40001, 40014, 42001})
PASSES: Final = frozenset({-1, 40164, 45009, 45011, 45047, 48001, 61004, *TOKEN_DEAD})
"""Busy, our address not on their list, quotas and rates, our rights: a later attempt may not meet them."""
LONGEST_THING: Final = 20
EARLIER_SECONDS: Final = 60
"""A token is taken for dead this long before it is."""


class WechatTemplate:
    """Configuration: appid (also as `account`), secret; endpoint when it differs.

    The approved template is written `ID keyword=variable …`, for example `T1xY thing1=exam time3=deadline`;
    `title` and `text` may stand for a variable too.
    """

    deduplicates = True

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Nothing is asked before the first message."""
        self.appid, self.secret = str(config["appid"]), str(config["secret"])
        endpoint = str(config.get("endpoint", "https://api.weixin.qq.com")).rstrip("/")
        self.client = httpx.Client(base_url=endpoint, timeout=TIMEOUT_SECONDS)
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the msgid. Raises DeliveryError."""
        identifier, *keywords = require_approved(message).split()
        body = {
            "touser": message.recipient,
            "template_id": identifier,
            "client_msg_id": message.key,
            "data": _data(keywords, message),
        }
        answer = self._send(body, self.token())
        if answer.get("errcode") in TOKEN_DEAD:
            answer = self._send(body, self.token(fresh=True))
        code = answer.get("errcode")
        if code != 0:
            raise _refused(code)
        return str(answer.get("msgid", ""))

    def token(self, *, fresh: bool = False) -> str:
        """The stable token, asked for once its time is over or when told that it is dead. Raises DeliveryError."""
        with self._lock:
            if fresh or time.monotonic() >= self._until:
                answer = self._post(
                    "/cgi-bin/stable_token",
                    {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret},
                )
                if not isinstance(answer.get("access_token"), str):
                    raise DeliveryError(f"no token: {answer.get('errcode')}", permanent=False)
                self._token = answer["access_token"]
                self._until = time.monotonic() + int(answer.get("expires_in", 0)) - EARLIER_SECONDS
            return self._token

    def _send(self, body: dict[str, Any], token: str) -> dict[str, Any]:
        return self._post("/cgi-bin/message/template/send", body, access_token=token)

    def _post(self, path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
        try:
            answer = self.client.post(path, json=body, params=query)
            if answer.is_error:
                raise refused(answer.status_code)
            content = answer.json()
        except httpx.HTTPError as error:
            raise unanswered(error) from None
        except ValueError:
            raise DeliveryError("answer not understood", permanent=False, unsure=True) from None
        if not isinstance(content, dict):
            raise DeliveryError("answer not understood", permanent=False, unsure=True)
        return content


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

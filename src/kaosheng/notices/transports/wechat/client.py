"""Calling an official account's interfaces: a stable token, asked for once its time is over or when it has died."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from kaosheng.notices.transports import TIMEOUT_SECONDS, DeliveryError
from kaosheng.notices.transports.signed import refused, unanswered

TOKEN_DEAD: Final = frozenset({40001, 40014, 42001})
EARLIER_SECONDS: Final = 60
"""A token is taken for dead this long before it is."""


class WechatClient:
    """Configuration: appid, secret; endpoint when it differs. Threads may share one."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Nothing is asked before the first call."""
        self.appid, self.secret = str(config["appid"]), str(config["secret"])
        endpoint = str(config.get("endpoint", "https://api.weixin.qq.com")).rstrip("/")
        self.client = httpx.Client(base_url=endpoint, timeout=TIMEOUT_SECONDS)
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def close(self) -> None:
        """Let the connections go."""
        self.client.close()

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post the body with a token; once more with a fresh one when it had died. Raises DeliveryError."""
        answer = self._post(path, body, access_token=self.token())
        if answer.get("errcode") in TOKEN_DEAD:
            answer = self._post(path, body, access_token=self.token(fresh=True))
        return answer

    def token(self, *, fresh: bool = False) -> str:
        """The stable token. Raises DeliveryError."""
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

"""An official account as it calls us: events in the AES mode, signed; written here apart from the code that reads them.

By the official account manual, 消息加解密说明: SHA-1 over the sorted token, timestamp, nonce and ciphertext; AES-256-CBC
under EncodingAESKey, IV its first 16 bytes; 16 random bytes, 4 of length, the XML, the appid; padded to 32.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from django.test import Client

from factories.providers import Answer, Request

APPID: Final = "wx-test"
TOKEN: Final = "token-of-the-account"
AES_KEY: Final = base64.b64encode(bytes(range(32))).decode().rstrip("=")
LANE: Final = "*:wechat"
ADDRESS: Final = f"/api/wechat/{APPID}/"


def route(endpoint: str, **more: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The settings of an installation whose WeChat is this account."""
    return {
        "*": {
            "wechat": {
                "transport": "kaosheng.notices.transports.wechat.WechatTemplate", "endpoint": endpoint,
                "account": APPID, "appid": APPID, "secret": "account-secret", "token": TOKEN, "aes_key": AES_KEY,
                "template": "T title=title", "rate": 10_000, **more,
            }
        }
    }  # fmt: skip


def codes(request: Request) -> Answer:
    """Answers of its interfaces: a token for the right secret, and QR codes."""
    if request.path.endswith("/stable_token"):
        right = request.json == {
            "grant_type": "client_credential", "appid": APPID, "secret": "account-secret"
        }  # fmt: skip
        return 200, {"access_token": "A", "expires_in": 7200} if right else {"errcode": 40125}
    if request.parameter("access_token") != "A":
        return 200, {"errcode": 40001}
    scene = request.json["action_info"]["scene"]["scene_str"]
    return 200, {"ticket": "T", "expire_seconds": 600, "url": f"http://weixin.qq.com/q/{scene}"}


def event(kind: str, openid: str, **values: str) -> str:
    """The XML of an event."""
    rows = {"FromUserName": openid, "MsgType": "event", "Event": kind, **values}
    return "<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in rows.items()) + "</xml>"


def sealed(
    content: str, *, appid: str = APPID, token: str = TOKEN, stamp: float | None = None
) -> tuple[dict[str, str], bytes]:
    """Query and body of a call."""
    key = base64.b64decode(AES_KEY + "=")
    inner = content.encode()
    plain = os.urandom(16) + len(inner).to_bytes(4, "big") + inner + appid.encode()
    padding = 32 - len(plain) % 32
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    ciphertext = base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()
    timestamp, nonce = str(int(time.time() if stamp is None else stamp)), os.urandom(6).hex()
    digest = hashlib.sha1("".join(sorted([token, timestamp, nonce, ciphertext])).encode())  # noqa: S324 - WeChat's
    query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": digest.hexdigest()}
    return query, f"<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>".encode()


def post(query: dict[str, str], body: bytes, *, address: str = ADDRESS) -> int:
    """Call; the status."""
    answer = Client().post(address, data=body, content_type="text/xml", query_params=query)
    return answer.status_code


def tell(kind: str, openid: str, **values: str) -> int:
    """Tell of an event as the account does; the status."""
    return post(*sealed(event(kind, openid, **values)))

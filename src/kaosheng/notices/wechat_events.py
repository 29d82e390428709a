"""What an official account calls us with: signature, AES mode, and the events of binding (official account manual).

`msg_signature` is SHA-1 over token, timestamp, nonce and ciphertext in order. The ciphertext is AES-256-CBC under
EncodingAESKey, its first 16 bytes the IV, padded to 32: 16 random bytes, 4 of length, the XML, the appid.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.utils.crypto import constant_time_compare

from kaosheng.domain.errors import Refusal
from kaosheng.notices.bindings import WECHAT

FRESH_SECONDS: Final = 300
_HEAD: Final = 20
_FORBIDDEN: Final = ("<!DOCTYPE", "<!ENTITY")


@dataclass(frozen=True, slots=True)
class Account:
    """What an official account and we share."""

    appid: str
    token: str
    aes_key: str
    lane: str = ""

    @property
    def key(self) -> bytes:
        """EncodingAESKey: 43 characters that are 32 bytes."""
        return base64.b64decode(self.aes_key + "=")


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what happened, to whom, with which key."""

    kind: str
    openid: str
    key: str
    message_id: str
    status: str


def account_called(appid: str) -> Account:
    """The account the settings know under this appid, with the lane its messages go by. Raises Refusal `not_found`."""
    for area, channels in settings.NOTICE_ROUTES.items():
        config = channels.get(WECHAT, {})
        if config.get("account") == appid and config.get("token") and config.get("aes_key"):
            return Account(appid, config["token"], config["aes_key"], lane=f"{area}:{WECHAT}")
    raise Refusal("not_found")


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def require_address(account: Account, query: Mapping[str, str]) -> None:
    """The check WeChat makes of our address when it is entered there. Raises Refusal `signature_invalid`."""
    expected = signature(account.token, query.get("timestamp", ""), query.get("nonce", ""))
    if not constant_time_compare(expected, query.get("signature", "")):
        raise Refusal("signature_invalid")


def read_event(account: Account, query: Mapping[str, str], body: bytes) -> Event:
    """The event inside an encrypted call. Raises Refusal `signature_invalid`, `event_not_understood`."""
    ciphertext = _parsed(body).findtext("Encrypt", "")
    stamp = query.get("timestamp", "")
    expected = signature(account.token, stamp, query.get("nonce", ""), ciphertext)
    if not ciphertext or not constant_time_compare(expected, query.get("msg_signature", "")):
        raise Refusal("signature_invalid")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > FRESH_SECONDS:
        raise Refusal("signature_invalid")
    content = _parsed(decrypt(account, ciphertext))
    return Event(
        kind=content.findtext("Event", "").lower(),
        openid=content.findtext("FromUserName", ""),
        key=content.findtext("EventKey", "").removeprefix("qrscene_"),
        message_id=content.findtext("MsgID", ""),
        status=content.findtext("Status", ""),
    )


def _parsed(content: bytes) -> ET.Element:
    try:
        text = content.decode()
        if any(word in text for word in _FORBIDDEN):
            raise Refusal("event_not_understood")
        return ET.fromstring(text)  # noqa: S314 - UTF-8 without a document type: nothing to expand
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise Refusal("event_not_understood") from error


def decrypt(account: Account, ciphertext: str) -> bytes:
    """The XML inside. Raises Refusal `signature_invalid` for anything that isn't from this account."""
    try:
        decryptor = Cipher(algorithms.AES(account.key), modes.CBC(account.key[:16])).decryptor()
        padded = decryptor.update(base64.b64decode(ciphertext, validate=True)) + decryptor.finalize()
        plain = padded[: -padded[-1]]
        (length,) = struct.unpack("!I", plain[16:_HEAD])
    except (ValueError, IndexError, struct.error, binascii.Error) as error:
        raise Refusal("signature_invalid") from error
    if not constant_time_compare(plain[_HEAD + length :], account.appid.encode()):
        raise Refusal("signature_invalid")
    return plain[_HEAD : _HEAD + length]

"""A stand-in of the official account's interfaces (公众号), as far as a service uses them.

Tokens, QR codes with a parameter, template messages; and the events a follower causes, sent to the service in the
AES mode with their signature (official account manual: 消息加解密说明, 带参数二维码, 模板消息).
"""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from registration_demo.clock import phone_now
from registration_demo.models import Account, OutboxMessage, PhoneMessage, WechatFollower

APPID = "wx-demo"
TOKEN_SECONDS = 7200
LONGEST_CODE_SECONDS = 30 * 24 * 3600
LONGEST_SCENE = 64
BLOCK = 32
Answer = dict[str, Any]


def shared(purpose: str) -> bytes:
    """What the service and this account share, derived from the client's secret on both sides."""
    return hashlib.sha256(f"wechat-{purpose}:{settings.CLIENT_SECRET}".encode()).digest()


def interface(answer: Callable[[HttpRequest, Answer], Answer]) -> Callable[..., HttpResponse]:
    """An address of the interface: JSON in, and JSON with `errcode` out, always with status 200."""

    @csrf_exempt
    @require_POST
    @wraps(answer)
    def view(request: HttpRequest) -> JsonResponse:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        content = answer(request, body) if isinstance(body, dict) else error(47001, "data format error")
        return JsonResponse(content, json_dumps_params={"ensure_ascii": False})

    return view


def with_token(answer: Callable[[HttpRequest, Answer], Answer]) -> Callable[[HttpRequest, Answer], Answer]:
    """Only with a living access token."""

    @wraps(answer)
    def checked(request: HttpRequest, body: Answer) -> Answer:
        until, _, mark = request.GET.get("access_token", "").partition("-")
        if not until.isdigit() or not hmac.compare_digest(mark, _mark(until)):
            return error(40001, "invalid credential")
        if int(until) < time.time():
            return error(42001, "access_token expired")
        return answer(request, body)

    return checked


def error(code: int, words: str) -> Answer:
    """A refusal as the interface gives it."""
    return {"errcode": code, "errmsg": words}


@interface
def stable_token(_request: HttpRequest, body: Answer) -> Answer:
    """The token of an appid and its secret."""
    if body.get("appid") != APPID or not hmac.compare_digest(str(body.get("secret")), shared("secret").hex()):
        return error(40125, "invalid appsecret")
    until = str(int(time.time()) + TOKEN_SECONDS)
    return {"access_token": f"{until}-{_mark(until)}", "expires_in": TOKEN_SECONDS}


@interface
@with_token
def create_code(_request: HttpRequest, body: Answer) -> Answer:
    """A QR code with a parameter: its `url` is what the picture says, and what a phone that scans it opens."""
    try:
        scene, seconds = body["action_info"]["scene"]["scene_str"], int(body["expire_seconds"])
    except (KeyError, TypeError, ValueError):
        return error(47001, "data format error")
    if body.get("action_name") != "QR_STR_SCENE" or not isinstance(scene, str):
        return error(40071, "invalid scene type")
    if not 0 < len(scene) <= LONGEST_SCENE or not 0 < seconds <= LONGEST_CODE_SECONDS:
        return error(40053, "invalid action info")
    ticket = base64.urlsafe_b64encode(f"{scene}.{int(time.time()) + seconds}".encode()).decode().rstrip("=")
    return {"ticket": ticket, "expire_seconds": seconds, "url": f"{settings.ISSUER}/wechat/q/{ticket}/"}


def scene_of(ticket: str) -> str | None:
    """The parameter in a QR code; None when it is over or none of ours."""
    try:
        padded = ticket + "=" * (-len(ticket) % 4)
        scene, _, until = base64.urlsafe_b64decode(padded).decode().rpartition(".")
    except ValueError:
        return None
    return scene if until.isdigit() and int(until) >= time.time() else None


@interface
@with_token
def send_template(_request: HttpRequest, body: Answer) -> Answer:
    """A template message: onto the follower's phone, once a `client_msg_id`; an event says that it arrived."""
    follower = WechatFollower.objects.filter(openid=body.get("touser", ""), following=True).first()
    if follower is None:
        return error(43004, "require subscribe")
    if not body.get("template_id"):
        return error(40037, "invalid template_id")
    try:
        text = "\n".join(str(entry["value"]) for entry in body["data"].values())
    except (AttributeError, KeyError, TypeError):
        return error(47003, "argument invalid!")
    key = str(body.get("client_msg_id") or secrets.token_hex(16))
    with transaction.atomic():
        message, new = PhoneMessage.objects.get_or_create(
            id=key[:100],
            defaults={
                "channel": PhoneMessage.Channel.WECHAT,
                "phone": follower.phone,
                "text": text[:2000],
                "sent_at": phone_now(),
            },
        )
        identifier = int(hashlib.sha256(message.id.encode()).hexdigest()[:15], 16)
        if new:
            tell(follower, "TEMPLATESENDJOBFINISH", MsgID=str(identifier), Status="success")
    return {"errcode": 0, "errmsg": "ok", "msgid": identifier}


@transaction.atomic
def scan(account: Account, scene: str) -> None:
    """The person's WeChat scans a QR code of the official account; who doesn't follow it yet does so by that."""
    follower, _new = WechatFollower.objects.get_or_create(
        account=account, defaults={"openid": f"o{secrets.token_urlsafe(20)}", "following": False}
    )
    if follower.following:
        tell(follower, "SCAN", EventKey=scene)
    else:
        tell(follower, "subscribe", EventKey=f"qrscene_{scene}")
    WechatFollower.objects.filter(pk=follower.pk).update(following=True)


@transaction.atomic
def unfollow(account: Account) -> None:
    """取消关注."""
    for follower in WechatFollower.objects.filter(account=account, following=True):
        tell(follower, "unsubscribe", EventKey="")
    WechatFollower.objects.filter(account=account).update(following=False)


def tell(follower: WechatFollower, event: str, **values: str) -> None:
    """Leave an event for the service in the outbox."""
    rows = {
        "ToUserName": "gh_demo",
        "FromUserName": follower.openid,
        "CreateTime": str(int(time.time())),
        "MsgType": "event",
        "Event": event,
        **values,
    }
    body = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in rows.items())
    OutboxMessage.objects.create(kind=OutboxMessage.Kind.WECHAT, body=f"<xml>{body}</xml>")


def sealed_event(body: str) -> tuple[str, bytes]:
    """Address and body of an event in the AES mode, signed now."""
    ciphertext = _encrypted(body.encode())
    stamp, nonce = str(int(time.time())), secrets.token_hex(8)
    token = shared("token").hex()[:32]
    query = {
        "signature": _signature(token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": _signature(token, stamp, nonce, ciphertext),
    }
    content = (
        f"<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>"
    )
    return f"{settings.SERVICE_URL}/api/wechat/{APPID}/?{urlencode(query)}", content.encode()


def _encrypted(content: bytes) -> str:
    key = shared("aes")
    plain = secrets.token_bytes(16) + struct.pack("!I", len(content)) + content + APPID.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def _signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _mark(until: str) -> str:
    return hmac.new(shared("access-token"), until.encode(), hashlib.sha256).hexdigest()

"""The stand-in official account: tokens, QR codes, template messages on the phone, and the events it sends."""

from __future__ import annotations

import base64
import hashlib
import struct
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.test import Client

from registration_demo import wechat
from registration_demo.models import Account, OutboxMessage, PhoneMessage, WechatFollower

pytestmark = pytest.mark.usefixtures("people")
DAY = 24 * 3600


def ask(client: Client, path: str, body: Any, token: str = "") -> dict[str, Any]:
    """Call an interface."""
    query = {"access_token": token} if token else {}
    answer = client.post(f"/wechat{path}", body, content_type="application/json", query_params=query)
    assert answer.status_code == 200
    content: dict[str, Any] = answer.json()
    return content


@pytest.fixture
def token(client: Client) -> str:
    """A living token."""
    secret = hashlib.sha256(f"wechat-secret:{settings.CLIENT_SECRET}".encode()).hexdigest()
    wanted = {"grant_type": "client_credential", "appid": "wx-demo", "secret": secret}
    assert ask(client, "/cgi-bin/stable_token", {**wanted, "secret": "guessed"})["errcode"] == 40125
    return str(ask(client, "/cgi-bin/stable_token", wanted)["access_token"])


def code(scene: object = "scene-1", seconds: int = 600) -> dict[str, Any]:
    return {
        "expire_seconds": seconds,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }


def template(openid: str, **changes: Any) -> dict[str, Any]:
    return {
        "touser": openid,
        "template_id": "T",
        "client_msg_id": "notice-1",
        "data": {"first": {"value": "报名材料待补充"}, "remark": {"value": "请登录上传页面查看。"}},
    } | changes


def events() -> list[str]:
    """What waits for the service, in its order."""
    return [row.body for row in OutboxMessage.objects.filter(kind="wechat").order_by("created_at")]


def test_a_scanned_code_makes_a_follower_and_tells_the_service(client: Client, token: str) -> None:
    account = Account.objects.order_by("pk")[0]
    client.force_login(account)
    address = urlsplit(ask(client, "/cgi-bin/qrcode/create", code(), token)["url"]).path
    assert "关注公众号" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302
    follower = WechatFollower.objects.get()
    first, second = events()
    assert f"<FromUserName><![CDATA[{follower.openid}]]></FromUserName>" in first
    assert "<![CDATA[subscribe]]>" in first
    assert "<![CDATA[qrscene_scene-1]]>" in first
    assert "<![CDATA[SCAN]]>" in second
    assert "<![CDATA[scene-1]]>" in second
    assert client.post("/phone/unfollow/").status_code == 302
    assert "<![CDATA[unsubscribe]]>" in events()[2]


def test_a_template_message_lands_on_the_phone_once(client: Client, token: str) -> None:
    account = Account.objects.order_by("pk")[0]
    wechat.scan(account, "scene-1")
    openid = WechatFollower.objects.get().openid
    one, two = (
        ask(client, "/cgi-bin/message/template/send", template(openid), token),
        ask(client, "/cgi-bin/message/template/send", template(openid), token),
    )
    assert one == two
    assert one["errcode"] == 0
    message = PhoneMessage.objects.get()
    assert (message.channel, message.text) == ("wechat", "报名材料待补充\n请登录上传页面查看。")
    assert f"<![CDATA[{one['msgid']}]]></MsgID>" in events()[-1]
    client.force_login(account)
    assert "请登录上传页面查看。" in client.get("/phone/").content.decode()


def test_what_the_account_refuses(client: Client, token: str) -> None:
    send, create = "/cgi-bin/message/template/send", "/cgi-bin/qrcode/create"
    assert ask(client, send, template("oNobody"), token)["errcode"] == 43004
    assert ask(client, send, template("oNobody"), "1-forged")["errcode"] == 40001
    wechat.scan(Account.objects.order_by("pk")[0], "scene-1")
    openid = WechatFollower.objects.get().openid
    assert ask(client, send, template(openid, template_id=""), token)["errcode"] == 40037
    assert ask(client, send, template(openid, data={"first": "text"}), token)["errcode"] == 47003
    assert ask(client, create, code(scene="s" * 65), token)["errcode"] == 40053
    assert ask(client, create, code(seconds=31 * DAY), token)["errcode"] == 40053
    assert ask(client, create, code(scene=7), token)["errcode"] == 40071
    assert ask(client, create, {}, token)["errcode"] == 47001
    assert ask(client, create, "[]", token)["errcode"] == 47001
    assert not PhoneMessage.objects.exists()


def test_a_code_that_is_over_says_so(client: Client) -> None:
    client.force_login(Account.objects.order_by("pk")[0])
    over = base64.urlsafe_b64encode(f"scene.{int(time.time()) - 1}".encode()).decode().rstrip("=")
    for ticket in (over, "%%%", "c2NlbmU"):
        answer = client.get(f"/wechat/q/{ticket}/")
        assert (answer.status_code, "二维码已失效" in answer.content.decode()) == (404, True)
    assert not WechatFollower.objects.exists()


def test_an_event_goes_sealed_and_signed() -> None:
    address, body = wechat.sealed_event("<xml>样本</xml>")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    ciphertext = body.decode().partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    shared = hashlib.sha256(f"wechat-token:{settings.CLIENT_SECRET}".encode()).hexdigest()[:32]
    parts = sorted([shared, query["timestamp"], query["nonce"], ciphertext])
    assert query["msg_signature"] == hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - WeChat's
    key = hashlib.sha256(f"wechat-aes:{settings.CLIENT_SECRET}".encode()).digest()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(ciphertext)) + decryptor.finalize()
    (length,) = struct.unpack("!I", plain[16:20])
    assert plain[20 : 20 + length].decode() == "<xml>样本</xml>"
    assert plain[20 + length : -plain[-1]] == b"wx-demo"


def test_the_phone_follows_the_clock_of_the_demo(settings: Any, tmp_path: Any, client: Client) -> None:
    settings.CLOCK_FILE = str(tmp_path / "clock")
    (tmp_path / "clock").write_text(str(400 * DAY))
    wechat.scan(Account.objects.order_by("pk")[0], "scene-1")
    secret = hashlib.sha256(f"wechat-secret:{settings.CLIENT_SECRET}".encode()).hexdigest()
    wanted = {"grant_type": "client_credential", "appid": "wx-demo", "secret": secret}
    token = ask(client, "/cgi-bin/stable_token", wanted)["access_token"]
    ask(client, "/cgi-bin/message/template/send", template(WechatFollower.objects.get().openid), token)
    assert PhoneMessage.objects.get().sent_at.timestamp() - time.time() > 399 * DAY

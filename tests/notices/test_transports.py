"""Each provider's way over real HTTP, against a server that checks its signature: taken, throttled, refused, broken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.core import mail
from standardwebhooks import Webhook

from factories.providers import Answer, Provider, Request, acs3_holds, serving, tc3_holds
from kaosheng.notices import transports
from kaosheng.notices.transports import DeliveryError, Outgoing
from kaosheng.notices.transports.aliyun import AliyunSms
from kaosheng.notices.transports.gateway import SignedGateway
from kaosheng.notices.transports.mail import Mail
from kaosheng.notices.transports.tencent import TencentSms
from kaosheng.notices.transports.wechat import WechatTemplate

PHONE = "19900000001"
SECRET = "whsec_" + "c2FtcGxlLXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="


def outgoing(**changes: Any) -> Outgoing:
    """A return on its way."""
    values: dict[str, Any] = {
        "key": "notice-7", "channel": "sms", "recipient": PHONE, "language": "zh", "title": "报名材料待补充",
        "text": "您的报名材料有1项待补充。", "signature": "国家医学考试",
        "variables": {"exam": "医师资格考试", "places": "1"}, "approved": "T-1", **changes,
    }  # fmt: skip
    return Outgoing(**values)


def failed(transport: Any, message: Outgoing | None = None) -> tuple[str, bool, bool]:
    """Reason, permanent and unsure of a failure."""
    with pytest.raises(DeliveryError) as caught:
        transport.send(message or outgoing())
    assert PHONE not in str(caught.value)
    return str(caught.value), caught.value.permanent, caught.value.unsure


# --- Tencent -----------------------------------------------------------------------------------------------------
def _tencent_ok(_request: Request) -> Answer:
    return 200, {
        "Response": {"RequestId": "r", "SendStatusSet": [{"Code": "Ok", "SerialNo": "2640:1", "Message": ""}]}
    }


def _tencent_status(code: str) -> Answer:
    return 200, {
        "Response": {"RequestId": "r", "SendStatusSet": [{"Code": code, "SerialNo": "", "Message": PHONE}]}
    }


def _tencent_error(code: str) -> Answer:
    return 200, {"Response": {"RequestId": "r", "Error": {"Code": code, "Message": f"about {PHONE}"}}}


@contextmanager
def tencent(secret_key: str = "key") -> Iterator[tuple[TencentSms, Provider]]:
    with serving(lambda r: tc3_holds(r, secret_id="id", secret_key="key"), _tencent_ok) as provider:
        config = {"secret_id": "id", "secret_key": secret_key, "app_id": "1400", "endpoint": provider.host, "protocol": "http"}  # fmt: skip
        yield TencentSms(config), provider


def test_tencent_takes_a_message_with_template_and_variables_in_order() -> None:
    with tencent() as (transport, provider):
        assert transport.send(outgoing()) == "2640:1"
    (request,) = provider.came
    assert request.headers["x-tc-action"] == "SendSms"
    assert request.json == {
        "PhoneNumberSet": [f"+86{PHONE}"], "SmsSdkAppId": "1400", "TemplateId": "T-1", "SignName": "国家医学考试",
        "TemplateParamSet": ["医师资格考试", "1"], "SessionContext": "notice-7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "unsure"),
    [
        (_tencent_status("LimitExceeded.PhoneNumberThirtySecondLimit"), "LimitExceeded.PhoneNumberThirtySecondLimit", False, False),
        (_tencent_error("RequestLimitExceeded"), "RequestLimitExceeded", False, False),
        (_tencent_status("FailedOperation.TemplateIncorrectOrUnapproved"), "FailedOperation.TemplateIncorrectOrUnapproved", True, False),
        (_tencent_status("InvalidParameterValue.IncorrectPhoneNumber"), "InvalidParameterValue.IncorrectPhoneNumber", True, False),
        (_tencent_error("InternalError.Timeout"), "InternalError.Timeout", False, True),
        ((500, "oops"), "ServerNetworkError", False, True),
    ],
)  # fmt: skip
def test_tencent_says_whether_trying_again_can_help(
    answer: Answer, reason: str, permanent: object, unsure: object
) -> None:
    with tencent() as (transport, provider):
        provider.answer = lambda _request: answer
        assert failed(transport) == (reason, permanent, unsure)


def test_tencent_answering_garbage_may_have_taken_it() -> None:
    with tencent() as (transport, provider):
        provider.answer = lambda _request: (200, "<html>")
        assert failed(transport)[1:] == (False, True)


def test_tencent_finds_a_wrong_key() -> None:
    with tencent(secret_key="other") as (transport, provider):
        assert failed(transport)[1] is False
    assert (provider.came, provider.forged) == ([], 1)


# --- Alibaba -----------------------------------------------------------------------------------------------------
def _aliyun(code: str, status: int = 200) -> Answer:
    return status, {"Code": code, "BizId": "9006^0", "Message": f"about {PHONE}", "RequestId": "r"}


@contextmanager
def aliyun(key_secret: str = "secret") -> Iterator[tuple[AliyunSms, Provider]]:
    with serving(
        lambda r: acs3_holds(r, key_id="id", key_secret="secret"), lambda _r: _aliyun("OK")
    ) as provider:
        config = {
            "access_key_id": "id",
            "access_key_secret": key_secret,
            "endpoint": provider.host,
            "protocol": "HTTP",
        }
        yield AliyunSms(config), provider


def test_aliyun_takes_a_message_with_template_and_named_variables() -> None:
    with aliyun() as (transport, provider):
        assert transport.send(outgoing()) == "9006^0"
    (request,) = provider.came
    assert request.headers["x-acs-action"] == "SendSms"
    assert {name: request.parameter(name) for name in ("PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId")} == {
        "PhoneNumbers": PHONE, "SignName": "国家医学考试", "TemplateCode": "T-1",
        "TemplateParam": '{"exam": "医师资格考试", "places": "1"}', "OutId": "notice-7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "unsure"),
    [
        (_aliyun("isv.BUSINESS_LIMIT_CONTROL"), "isv.BUSINESS_LIMIT_CONTROL", False, False),
        (_aliyun("isv.SMS_TEMPLATE_ILLEGAL"), "isv.SMS_TEMPLATE_ILLEGAL", True, False),
        (_aliyun("isv.MOBILE_NUMBER_ILLEGAL"), "isv.MOBILE_NUMBER_ILLEGAL", True, False),
        (_aliyun("isp.SYSTEM_ERROR"), "isp.SYSTEM_ERROR", False, True),
        (_aliyun("Throttling.User", 400), "Throttling.User", False, False),
        (_aliyun("InternalError", 500), "InternalError", False, True),
    ],
)
def test_aliyun_says_whether_trying_again_can_help(
    answer: Answer, reason: str, permanent: object, unsure: object
) -> None:
    with aliyun() as (transport, provider):
        provider.answer = lambda _request: answer
        assert failed(transport) == (reason, permanent, unsure)


def test_aliyun_answering_garbage_may_have_taken_it() -> None:
    with aliyun() as (transport, provider):
        provider.answer = lambda _request: (200, "<html>")
        assert failed(transport)[1:] == (False, True)


def test_aliyun_finds_a_wrong_key() -> None:
    with aliyun(key_secret="other") as (transport, provider):
        failed(transport)
    assert (provider.came, provider.forged) == ([], 1)


def test_the_number_in_aliyuns_address_stays_out_of_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    with aliyun() as (transport, provider), caplog.at_level(logging.INFO):
        transport.send(outgoing())
        provider.answer = lambda _request: (500, "oops")
        failed(transport)
    assert PHONE not in caplog.text


def test_nobody_listening_is_a_fault_that_may_pass() -> None:
    config = {"access_key_id": "id", "access_key_secret": "s", "endpoint": "127.0.0.1:1", "protocol": "HTTP"}
    assert failed(AliyunSms(config))[1] is False
    config = {
        "secret_id": "id",
        "secret_key": "s",
        "app_id": "1",
        "endpoint": "127.0.0.1:1",
        "protocol": "http",
    }
    assert failed(TencentSms(config))[1] is False


# --- WeChat ------------------------------------------------------------------------------------------------------
class Account:
    """An official account: gives tokens to whoever knows its secret, and takes messages with a living one."""

    def __init__(self) -> None:
        self.given = 0
        self.living = ""
        self.answer: Answer = (200, {"errcode": 0, "errmsg": "ok", "msgid": 42})

    def __call__(self, request: Request) -> Answer:
        if request.path == "/cgi-bin/stable_token":
            if request.json != {"grant_type": "client_credential", "appid": "wx1", "secret": "s"}:
                return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.given += 1
            self.living = f"token-{self.given}"
            return 200, {"access_token": self.living, "expires_in": 7200}
        if request.parameter("access_token") != self.living:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        return self.answer


@contextmanager
def wechat(secret: str = "s") -> Iterator[tuple[WechatTemplate, Account, Provider]]:
    account = Account()
    with serving(lambda _request: True, account) as provider:
        transport = WechatTemplate({"appid": "wx1", "secret": secret, "endpoint": provider.url})
        yield transport, account, provider
        transport.client.close()


MAPPED = "T1xY thing1=title thing2=text time3=deadline"


def test_wechat_takes_a_message_with_one_token_for_many() -> None:
    with wechat() as (transport, account, provider):
        message = outgoing(
            recipient="openid-1", approved=MAPPED, text="字" * 30, variables={"deadline": "1月22日24:00"}
        )
        assert [transport.send(message), transport.send(message)] == ["42", "42"]
        assert account.given == 1
    assert provider.came[1].json == {
        "touser": "openid-1", "template_id": "T1xY", "client_msg_id": "notice-7",
        "data": {"thing1": {"value": "报名材料待补充"}, "thing2": {"value": "字" * 20}, "time3": {"value": "1月22日24:00"}},
    }  # fmt: skip


def test_wechat_asks_for_a_new_token_when_the_old_has_died() -> None:
    with wechat() as (transport, account, _provider):
        transport.send(outgoing(approved=MAPPED))
        account.living = "drawn elsewhere"
        assert transport.send(outgoing(approved=MAPPED)) == "42"
        assert account.given == 2


@pytest.mark.parametrize(
    ("code", "permanent"),
    [(-1, False), (40164, False), (45009, False), (43004, True), (40003, True), (40037, True)],
)
def test_wechat_says_whether_trying_again_can_help(code: int, permanent: object) -> None:
    with wechat() as (transport, account, _provider):
        account.answer = (200, {"errcode": code, "errmsg": "no"})
        assert failed(transport, outgoing(approved=MAPPED)) == (f"errcode {code}", permanent, False)


def test_wechat_with_a_wrong_secret_gets_no_token() -> None:
    with wechat(secret="other") as (transport, _account, _provider):
        assert failed(transport, outgoing(approved=MAPPED)) == ("no token: 40125", False, False)


@pytest.mark.parametrize("answer", [(500, "oops"), (200, "<html>"), (200, [])])
def test_wechat_broken_may_have_taken_it(answer: Answer) -> None:
    with wechat() as (transport, account, _provider):
        account.answer = answer
        assert failed(transport, outgoing(approved=MAPPED))[1:] == (False, True)


# --- gateway -----------------------------------------------------------------------------------------------------
def _webhook_holds(request: Request) -> bool:
    try:
        Webhook(SECRET).verify(request.body, dict(request.headers))
    except Exception:  # noqa: BLE001 - whatever it finds wrong
        return False
    return True


@pytest.mark.parametrize(
    ("body", "identifier"), [({"id": "g-1"}, "g-1"), ("<html>", "notice-7"), ([], "notice-7")]
)
def test_the_gateway_gets_signed_json(body: object, identifier: str) -> None:
    with serving(_webhook_holds, lambda _request: (200, body)) as provider:
        assert (
            SignedGateway({"endpoint": provider.url + "/send", "secret": SECRET}).send(outgoing())
            == identifier
        )
    (request,) = provider.came
    assert request.headers["webhook-id"] == "notice-7"
    assert (request.json["to"], request.json["text"]) == (PHONE, "您的报名材料有1项待补充。")


@pytest.mark.parametrize(
    ("status", "permanent", "unsure"), [(429, False, False), (422, True, False), (500, False, True)]
)
def test_the_gateway_says_by_its_status_whether_trying_again_can_help(
    status: int, permanent: object, unsure: object
) -> None:
    with serving(_webhook_holds, lambda _request: (status, {})) as provider:
        gateway = SignedGateway({"endpoint": provider.url, "secret": SECRET})
        assert failed(gateway) == (f"HTTP {status}", permanent, unsure)


def test_a_time_out_may_pass_and_may_have_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports.signed, "TIMEOUT_SECONDS", 0.2)
    with serving(_webhook_holds, lambda _request: (200, {})) as provider:
        provider.hangs = threading.Event()
        gateway = SignedGateway({"endpoint": provider.url, "secret": SECRET})
        assert failed(gateway) == (httpx.ReadTimeout.__name__, False, True)


# --- all ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("way", "module"),
    [("tencent", "tencent.transport"), ("aliyun", "aliyun.transport"), ("wechat", "wechat.client")],
)
def test_a_provider_that_hangs_may_have_taken_it(
    monkeypatch: pytest.MonkeyPatch, way: str, module: str
) -> None:
    monkeypatch.setattr(f"kaosheng.notices.transports.{module}.TIMEOUT_SECONDS", 0.3)
    ways: dict[str, Any] = {"tencent": tencent, "aliyun": aliyun, "wechat": wechat}
    with ways[way]() as (transport, *_rest, provider):
        provider.hangs = threading.Event()
        assert failed(transport)[1:] == (False, True)


def test_without_an_approved_template_nothing_is_asked() -> None:
    with tencent() as (transport, provider):
        assert failed(transport, outgoing(approved="")) == ("no approved template", False, False)
    assert provider.came == []


def test_a_mail_carries_title_text_and_key() -> None:
    identifier = Mail({"sender": "样本 <notice@example.org>"}).send(outgoing(recipient="someone@example.org"))
    (sent,) = mail.outbox
    assert identifier == "<notice-7@example.org>"
    assert (sent.subject, sent.body, sent.to) == (
        "报名材料待补充",
        "您的报名材料有1项待补充。",
        ["someone@example.org"],
    )
    assert sent.extra_headers == {"Message-ID": identifier}

"""The provider, walked through by the Authlib client the service uses, against a live server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import OAuth
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings
from visitor import Browser

from registration_demo import registrations
from registration_demo.models import Account, Consent, SigningKey

CALLBACK = "http://service.test/oidc/callback/"
SCOPE = "openid profile registrations"


class Service:
    """The service's side: one session of one browser."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self.session = SessionStore()
        self.issuer = issuer
        self.app: Any = OAuth().register(
            "registration",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "timeout": 5},
        )

    def start(self, **extra: str) -> str:
        """Where the browser is sent."""
        url: str = self.app.authorize_redirect(self._request("/start"), CALLBACK, **extra)["Location"]
        return url

    def finish(self, location: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Exchange the code of a callback; the token and the userinfo."""
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.app.client_id},
        }
        token = self.app.authorize_access_token(self._request(location), claims_options=options)
        return token, dict(self.app.userinfo(token=token))

    def _request(self, path: str) -> HttpRequest:
        request = RequestFactory().get(path)
        request.session = self.session
        return request


@pytest.fixture
def issuer(live_server: Any, live_people: None, settings: Settings) -> str:
    settings.ISSUER = live_server.url
    return str(live_server.url)


@pytest.fixture
def service(issuer: str, settings: Settings) -> Service:
    return Service(issuer, settings.CLIENT_ID, settings.CLIENT_SECRET)


@pytest.fixture
def visitor(issuer: str) -> Iterator[Browser]:
    visitor = Browser(issuer)
    yield visitor
    visitor.close()


def consented(
    visitor: Browser, service: Service, username: str = "anning", password: str = "sample-1"
) -> str:
    """Log in and allow; the address of the callback."""
    consent = visitor.log_in(visitor.open(service.start()), username, password)
    return visitor.send(consent, {"action": "grant"}).headers["location"]


def test_from_the_first_visit_to_the_registrations(visitor: Browser, service: Service) -> None:
    url = service.start()
    asked = parse_qs(urlsplit(url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()

    login = visitor.open(url)
    assert "请用报名系统的账号登录" in login.text
    consent = visitor.log_in(login, "anning", "sample-1")
    assert consent.status_code == 200
    assert "证件类型、证件号码和手机号码" in consent.text
    back = visitor.send(consent, {"action": "grant"})
    assert back.headers["location"].startswith(f"{CALLBACK}?")

    token, person = service.finish(back.headers["location"])
    assert token["userinfo"]["sub"] == person["sub"] == "subject-of-anning"
    assert token["userinfo"]["nonce"] == asked["nonce"][0]
    assert "name" not in token["userinfo"]
    assert person["name"] == "样本·安宁"
    assert [item["number"] for item in person["registrations"]] == ["1327000001"]
    account = Account.objects.get(username="anning")
    assert person["registrations"] == [registrations.as_object(item) for item in account.registrations.all()]


def test_every_registration_of_the_person_and_no_other(visitor: Browser, service: Service) -> None:
    _, person = service.finish(consented(visitor, service, "bohan"))
    assert [item["number"] for item in person["registrations"]] == ["1326000009", "1327000002"]


def test_consent_is_asked_for_once(
    visitor: Browser, service: Service, issuer: str, settings: Settings
) -> None:
    service.finish(consented(visitor, service))
    again = Service(issuer, settings.CLIENT_ID, settings.CLIENT_SECRET)
    back = visitor.open(again.start())
    assert back.headers["location"].startswith(f"{CALLBACK}?code=")
    token, person = again.finish(back.headers["location"])
    assert token["userinfo"]["sub"] == person["sub"] == "subject-of-anning"
    assert person["registrations"]
    assert Consent.objects.get().scopes == ["openid", "profile", "registrations"]
    assert visitor.open(again.start(prompt="consent")).status_code == 200


def test_consent_is_of_the_person_who_gave_it(visitor: Browser, service: Service, issuer: str) -> None:
    consented(visitor, service)
    other = Browser(issuer)
    consent = other.log_in(other.open(service.start()), "bohan", "sample-1")
    assert "不同意" in consent.text
    other.close()


def test_more_than_was_allowed_is_asked_for_again(visitor: Browser, service: Service) -> None:
    consented(visitor, service)
    Consent.objects.update(scopes=["openid"])
    assert "不同意" in visitor.open(service.start()).text


def test_refused_consent_goes_back_with_an_error(visitor: Browser, service: Service) -> None:
    consent = visitor.log_in(visitor.open(service.start()), "anning", "sample-1")
    back = visitor.send(consent, {"action": "cancel"})
    answer = parse_qs(urlsplit(back.headers["location"]).query)
    assert answer["error"] == ["access_denied"]
    assert "state" in answer
    with pytest.raises(OAuthError, match="access_denied"):
        service.finish(back.headers["location"])
    assert not Consent.objects.exists()


def test_a_code_works_once(visitor: Browser, service: Service, issuer: str, settings: Settings) -> None:
    callback = consented(visitor, service)
    service.finish(callback)
    code = parse_qs(urlsplit(callback).query)["code"][0]
    again = httpx.post(
        f"{issuer}/oidc/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": "x" * 43,
        },
        auth=(settings.CLIENT_ID, settings.CLIENT_SECRET),
    )
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("stolen", "refusal"),
    [({"verifier": "x" * 43}, (400, "invalid_grant")), ({"secret": "wrong"}, (401, "invalid_client"))],
)
def test_a_stolen_code_is_worth_nothing(
    visitor: Browser, service: Service, stolen: dict[str, str], refusal: tuple[int, str]
) -> None:
    code = parse_qs(urlsplit(consented(visitor, service)).query)["code"][0]
    answer = httpx.post(
        f"{service.issuer}/oidc/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": stolen.get("verifier", ""),
        },
        auth=(service.app.client_id, stolen.get("secret", service.app.client_secret)),
    )
    assert (answer.status_code, answer.json()["error"]) == refusal


def test_an_unknown_client_or_callback_is_told_on_the_spot(visitor: Browser, service: Service) -> None:
    page = visitor.open("/oidc/authorize?client_id=nobody")
    login = visitor.log_in(page, "anning", "sample-1")
    assert (login.status_code, "授权请求有误" in login.text) == (400, True)
    stranger = service.start().replace("service.test", "stranger.test")
    answer = visitor.open(stranger)
    assert (answer.status_code, "授权请求有误" in answer.text) == (400, True)


def test_log_out_of_the_service_ends_this_session_too(visitor: Browser, service: Service) -> None:
    token, _ = service.finish(consented(visitor, service))
    end = service.app.load_server_metadata()["end_session_endpoint"]
    query = {
        "id_token_hint": token["id_token"],
        "post_logout_redirect_uri": "http://service.test/",
        "state": "s",
    }
    back = visitor.open(str(httpx.URL(end, params=query)))
    assert back.headers["location"] == "http://service.test/?state=s"
    assert "考生登录" in visitor.open("/registrations/").text
    # The session is over, the consent isn't.
    back = visitor.log_in(visitor.open(service.start()), "anning", "sample-1")
    assert back.headers["location"].startswith(f"{CALLBACK}?code=")


def test_log_out_asks_when_nobody_vouches_for_it(visitor: Browser, service: Service) -> None:
    consented(visitor, service)
    page = visitor.open("/oidc/logout")
    assert "同时退出报名系统" in page.text
    assert (
        "上传相关材料" in visitor.send(page, {"action": "stay"}).text
        or visitor.open("/registrations/").status_code == 200
    )
    visitor.send(visitor.open("/oidc/logout"), {"action": "logout"})
    assert "考生登录" in visitor.open("/registrations/").text


def test_log_out_goes_to_registered_addresses_only(visitor: Browser, service: Service) -> None:
    token, _ = service.finish(consented(visitor, service))
    query = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": "http://stranger.test/"}
    answer = visitor.open(str(httpx.URL("/oidc/logout", params=query)))
    assert answer.status_code == 400


def test_a_fresh_log_in_can_be_asked_for(visitor: Browser, service: Service) -> None:
    consented(visitor, service)
    login = visitor.open(service.start(prompt="login"))
    assert "考生登录" in login.text
    back = visitor.log_in(login, "anning", "sample-1")
    assert back.headers["location"].startswith(f"{CALLBACK}?code=")


def test_discovery_names_only_what_there_is(issuer: str) -> None:
    metadata = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
    assert metadata["issuer"] == issuer
    assert metadata["scopes_supported"] == ["openid", "profile", "registrations"]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert "device_authorization_endpoint" not in metadata
    for name in ("jwks_uri", "token_endpoint", "userinfo_endpoint", "authorization_endpoint"):
        assert httpx.get(metadata[name]).status_code != 404


def test_loading_twice_keeps_key_and_client(issuer: str) -> None:
    before = httpx.get(f"{issuer}/.well-known/jwks.json").json()
    call_command("load_people", verbosity=0)
    assert httpx.get(f"{issuer}/.well-known/jwks.json").json() == before
    assert SigningKey.objects.count() == 1

"""Staff log-in: two factors, lock-out, what the trail keeps, and the pages nobody may open."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlparse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from factories import clients, people, world
from factories.people import PASSWORD, Cast
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
LOGIN = "/staff/account/login/"


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return people.cast(world())


def attempt(client: Client, user: User, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": user.username, "password": password}).status_code


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def events(user: User) -> list[tuple[str, str]]:
    rows = AuditEvent.objects.filter(object_kind="account", object=str(user.pk)).order_by("pk")
    return [(row.name, row.details.get("why", "")) for row in rows]


def set_up_totp(client: Client) -> str:
    page = client.get("/staff/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret: str = page.context["form"].secret
    answer = client.post("/staff/account/2fa/totp/activate/", {"code": code_for(secret)})
    assert answer.status_code == 302
    return secret


def test_the_first_log_in_leads_to_the_second_factor_and_nowhere_else(cast: Cast) -> None:
    client = clients.anonymous()
    assert attempt(client, cast.chen) == 302
    for page in ("/staff/", "/staff/queue/", "/office/"):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, "/staff/account/2fa/totp/activate/")
    assert client.post("/staff/queue/next/").status_code == 302
    set_up_totp(client)
    assert client.get("/staff/queue/").status_code == 200


def test_a_second_window_gives_a_code_once_the_first_has_set_up(cast: Cast) -> None:
    first, second = clients.anonymous(), clients.anonymous()
    attempt(first, cast.chen)
    attempt(second, cast.chen)
    secret = set_up_totp(first)
    away = second.get("/staff/queue/")
    assert urlparse(away["Location"]).path == "/staff/account/2fa/reauthenticate/"
    cache.clear()
    assert second.post(away["Location"], {"code": code_for(secret)}).status_code == 302
    assert second.get("/staff/queue/").status_code == 200


def test_the_set_up_page_shows_a_code_the_policy_lets_through(cast: Cast) -> None:
    client = clients.anonymous()
    attempt(client, cast.chen)
    page = client.get("/staff/account/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert "<script>" not in page
    assert "style=" not in page


def test_later_log_ins_ask_for_the_code(cast: Cast) -> None:
    first = clients.anonymous()
    attempt(first, cast.chen)
    secret = set_up_totp(first)
    Authenticator.objects.filter(user=cast.chen).update(last_used_at=None)
    cache.clear()

    client = clients.anonymous()
    answer = client.post(LOGIN, {"login": cast.chen.username, "password": PASSWORD})
    assert urlparse(answer["Location"]).path == "/staff/account/2fa/authenticate/"
    assert client.get("/staff/queue/").status_code == 302
    wrong = client.post("/staff/account/2fa/authenticate/", {"code": "000000"})
    assert "验证码不正确" in wrong.content.decode()
    assert client.post("/staff/account/2fa/authenticate/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/staff/queue/").status_code == 200
    assert events(cast.chen)[-2:] == [("staff:login_failed", "second_factor"), ("staff:logged_in", "")]


def test_secrets_are_sealed_in_the_database(cast: Cast) -> None:
    client = clients.anonymous()
    attempt(client, cast.chen)
    secret = set_up_totp(client)
    stored = Authenticator.objects.get(user=cast.chen, type=Authenticator.Type.TOTP).data["secret"]
    assert stored.startswith("aesgcm:")
    assert secret not in stored


def test_recovery_codes_are_shown_and_let_in_once(cast: Cast) -> None:
    first = clients.anonymous()
    attempt(first, cast.chen)
    set_up_totp(first)
    codes = first.get("/staff/account/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) >= 8
    for expected in (302, 200):
        cache.clear()
        client = clients.anonymous()
        attempt(client, cast.chen)
        assert client.post("/staff/account/2fa/authenticate/", {"code": codes[0]}).status_code == expected


def test_nobody_takes_his_own_second_factor_away(cast: Cast) -> None:
    client = clients.anonymous()
    attempt(client, cast.chen)
    set_up_totp(client)
    assert client.get("/staff/account/2fa/totp/deactivate/").status_code == 404
    assert client.post("/staff/account/2fa/totp/deactivate/").status_code == 404
    assert Authenticator.objects.filter(user=cast.chen, type=Authenticator.Type.TOTP).exists()


def test_five_failures_lock_the_account_even_for_the_right_password(cast: Cast) -> None:
    client = clients.anonymous()
    for _ in range(5):
        assert attempt(client, cast.chen, "wrong-password") == 200
    locked = client.post(LOGIN, {"login": cast.chen.username, "password": PASSWORD})
    assert "已暂时锁定" in locked.content.decode()
    assert client.get("/staff/queue/").status_code == 302
    assert events(cast.chen) == [("staff:login_failed", "password")] * 5 + [("staff:login_failed", "locked")]


def test_what_was_typed_is_kept_nowhere(cast: Cast) -> None:
    client = clients.anonymous()
    client.post(LOGIN, {"login": "my-secret-password", "password": "another-secret"})
    event = AuditEvent.objects.get(name="staff:login_failed")
    assert (event.actor, event.object, event.details) == ("unknown", "unknown", {"why": "password"})


def test_a_disabled_account_is_told_only_with_the_right_password(cast: Cast) -> None:
    User.objects.filter(pk=cast.chen.pk).update(is_active=False)
    client = clients.anonymous()
    wrong = client.post(LOGIN, {"login": cast.chen.username, "password": "wrong-password"})
    assert "用户名或密码不正确" in wrong.content.decode()
    right = client.post(LOGIN, {"login": cast.chen.username, "password": PASSWORD}, follow=True)
    assert "账号已停用" in right.content.decode()
    assert client.get("/staff/queue/").status_code == 302
    assert events(cast.chen) == [("staff:login_failed", "password"), ("staff:login_failed", "disabled")]


def test_log_out_is_a_post_and_recorded(cast: Cast) -> None:
    client = clients.of_staff(cast.chen)
    assert client.get("/staff/account/logout/").status_code == 200
    assert client.get("/staff/queue/").status_code == 200
    assert client.post("/staff/account/logout/").status_code == 302
    assert client.get("/staff/queue/").status_code == 302
    assert events(cast.chen)[-1] == ("staff:logged_out", "")


def test_after_log_in_one_comes_to_where_one_was_going(cast: Cast, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = clients.anonymous()
    away = client.get("/staff/queue/?tab=mine")
    query = parse_qs(urlparse(away["Location"]).query)
    assert query == {"next": ["/staff/queue/?tab=mine"]}
    page = client.get(away["Location"]).content.decode()
    assert "第二因素已关闭" in page
    answer = client.post(away["Location"], {"login": cast.chen.username, "password": PASSWORD})
    assert answer["Location"] == "/staff/queue/?tab=mine"


def test_the_log_in_page_of_two_factors_says_nothing_of_one(cast: Cast) -> None:
    assert "第二因素已关闭" not in clients.anonymous().get(LOGIN).content.decode()


@pytest.mark.parametrize(
    "page", ["signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "login/code/confirm/"]
)
@pytest.mark.parametrize("logged_in", [True, False])
def test_pages_of_the_library_staff_have_no_use_for_are_closed(
    cast: Cast, page: str, *, logged_in: bool
) -> None:
    client = clients.of_staff(cast.chen) if logged_in else clients.anonymous()
    assert client.get(f"/staff/account/{page}").status_code == 404
    assert client.post(f"/staff/account/{page}").status_code == 404


def test_account_pages_in_both_languages(cast: Cast) -> None:
    client = clients.of_staff(cast.chen)
    for language, words in (("zh-hans", "账号安全"), ("en", "Account security")):
        client.cookies["kaosheng_language"] = language
        assert words in client.get("/staff/account/2fa/").content.decode()


def test_somebody_without_a_role_is_told_whom_to_ask(cast: Cast) -> None:
    nobody = User.objects.create_user(username="li", password=PASSWORD, name="李")
    assert "安全管理员" in clients.of_staff(nobody).get("/staff/").content.decode()

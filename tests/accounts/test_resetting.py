"""A reset puts nobody in another's place: an own password first, and roles that sleep until a third person confirms."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from factories import clients, people, world
from factories.people import PASSWORD, Cast
from factories.refusals import refused
from kaosheng.accounts import services
from kaosheng.accounts.models import Grant, User
from kaosheng.accounts.services import FirstPerson
from kaosheng.audit.models import AuditEvent
from kaosheng.domain.roles import SEPARATED_ROLES, Role

pytestmark = pytest.mark.django_db
LOGIN = "/staff/account/login/"
CHOOSE = "/staff/account/password/change/"
OWN = "an-own-password-2"
WORK = {"chen": "/staff/queue/", "security_admin": "/office/roles/", "auditor": "/office/audit/"}


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return people.cast(world())


def reset(cast: Cast, user: User) -> str:
    return services.reset_access(staff=people.staff(cast.system_admin), user_id=user.pk).password


def logged_in(user: User, password: str) -> Client:
    client = clients.anonymous()
    assert client.post(LOGIN, {"login": user.username, "password": password}).status_code == 302
    return client


def choose(client: Client, old: str, new: str = OWN) -> int:
    return client.post(CHOOSE, {"oldpassword": old, "password1": new, "password2": new}).status_code


def chosen(user: User) -> None:
    User.objects.filter(pk=user.pk).update(must_choose_password=False)


def now(user: User) -> User:
    """The account as the next request reads it."""
    return User.objects.get(pk=user.pk)


def asleep(user: User) -> bool:
    return now(user).asleep_since is not None


def confirm(cast: Cast, who: str, user: User) -> User:
    return services.confirm_account(staff=people.staff(now(getattr(cast, who))), user_id=user.pk)


# --- one's own password ------------------------------------------------------------------------------------------
def test_a_drawn_password_opens_nothing_but_the_choice_of_an_own_one(cast: Cast) -> None:
    made = services.create_account(staff=people.staff(cast.system_admin), username="li", name="李")
    client = logged_in(made.user, made.password)
    for page in ("/staff/", "/office/", "/staff/account/2fa/", "/staff/account/2fa/totp/activate/"):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, CHOOSE)
    page = client.get(CHOOSE).content.decode()
    assert "只有您本人知道的密码" in page
    assert 'href="/staff/account/2fa/"' not in page.partition("<main")[2]
    assert choose(client, made.password, made.password) == 200
    assert User.objects.get(username="li").must_choose_password
    assert choose(client, made.password) == 302
    assert client.get("/staff/")["Location"] == "/staff/account/2fa/totp/activate/"
    assert User.objects.get(username="li").check_password(OWN)
    assert AuditEvent.objects.filter(name="account:password_chosen", actor=str(made.user.pk)).count() == 1


def test_the_first_three_choose_their_own(cast: Cast) -> None:
    Grant.objects.filter(role__in=SEPARATED_ROLES).delete()
    made = services.bootstrap(FirstPerson(role, role.value, "样本") for role in sorted(SEPARATED_ROLES))
    assert all(now(one.user).must_choose_password for one in made)
    assert not any(asleep(one.user) for one in made)


# --- asleep until confirmed ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "by"), [("chen", "security_admin"), ("auditor", "security_admin"), ("security_admin", "auditor")]
)
def test_roles_sleep_after_a_reset_until_a_third_person_confirms(cast: Cast, who: str, by: str) -> None:
    user = getattr(cast, who)
    password = reset(cast, user)
    client = clients.of_staff(now(user))
    chosen(user)
    assert client.get(WORK[who]).status_code == 404
    home = client.get("/staff/")
    assert (home.status_code, "角色暂停" in home.content.decode()) == (200, True)
    User.objects.filter(pk=user.pk).update(must_choose_password=True)

    confirmer, address = clients.of_staff(getattr(cast, by)), f"/office/roles/{user.pk}/confirm/"
    waiting = confirmer.get(WORK[by]).content.decode()
    assert "本人尚未选择密码" in waiting
    assert "系统 于" in waiting
    assert address not in waiting
    with refused("password_not_chosen"):
        confirm(cast, by, user)
    person = logged_in(user, password)
    assert choose(person, password) == 302
    assert address in confirmer.get(WORK[by]).content.decode()
    assert confirmer.post(address).status_code == 302
    assert not asleep(user)
    assert clients.of_staff(now(user)).get(WORK[who]).status_code == 200
    events = AuditEvent.objects.filter(
        object_kind="account", object=str(user.pk), name__startswith="account:"
    )
    assert [(event.name, event.actor) for event in events.order_by("pk")] == [
        ("account:reset", str(cast.system_admin.pk)),
        ("account:password_chosen", str(user.pk)),
        ("account:confirmed", str(getattr(cast, by).pk)),
    ]


@pytest.mark.parametrize("who", ["system_admin", "auditor", "jiang", "chen", "chen_two", "feng"])
def test_nobody_else_confirms_a_reviewer(cast: Cast, who: str) -> None:
    reset(cast, cast.chen)
    chosen(cast.chen)
    with refused("not_found"):
        confirm(cast, who, cast.chen)
    client = clients.of_staff(now(getattr(cast, who)))
    assert client.post(f"/office/roles/{cast.chen.pk}/confirm/").status_code == 404
    assert asleep(cast.chen)


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "jiang"])
def test_the_security_admin_is_confirmed_by_another_of_the_three(cast: Cast, who: str) -> None:
    reset(cast, cast.security_admin)
    chosen(cast.security_admin)
    with refused("not_found"):
        confirm(cast, who, cast.security_admin)
    second = people.staff_account(Role.SECURITY_ADMIN)
    services.confirm_account(staff=people.staff(second), user_id=cast.security_admin.pk)
    assert not asleep(cast.security_admin)


def test_whoever_reset_it_doesnt_confirm_it_in_another_role(cast: Cast) -> None:
    reset(cast, cast.chen)
    chosen(cast.chen)
    Grant.objects.filter(user=cast.system_admin).update(role=Role.SECURITY_ADMIN)
    assert cast.chen not in services.asleep_for(people.staff(cast.system_admin))
    with refused("own_confirmation"):
        confirm(cast, "system_admin", cast.chen)
    answer = clients.of_staff(cast.system_admin).post(f"/office/roles/{cast.chen.pk}/confirm/", follow=True)
    assert "重置的人也不能确认" in answer.content.decode()


def test_nobody_is_reset_whom_nobody_could_confirm(cast: Cast) -> None:
    reset(cast, cast.auditor)
    with refused("nobody_to_confirm"):
        reset(cast, cast.security_admin)
    assert now(cast.security_admin).check_password(PASSWORD)
    admin = clients.of_staff(cast.system_admin)
    assert admin.post(f"/office/accounts/{cast.security_admin.pk}/reset/").status_code == 409
    chosen(cast.auditor)
    confirm(cast, "security_admin", cast.auditor)
    reset(cast, cast.security_admin)


def test_an_account_without_roles_has_nothing_that_could_sleep(cast: Cast) -> None:
    nobody = User.objects.create_user(username="li", password=PASSWORD, name="李")
    reset(cast, nobody)
    assert not asleep(nobody)
    assert now(nobody).must_choose_password


def test_the_pages_say_who_sleeps_and_why(cast: Cast) -> None:
    admin = clients.of_staff(cast.system_admin)
    told = admin.post(f"/office/accounts/{cast.chen.pk}/reset/").content.decode()
    assert "角色已暂停" in told
    chosen(cast.chen)
    roles = clients.of_staff(cast.security_admin)
    for page in ("/office/roles/", f"/office/roles/{cast.chen.pk}/"):
        shown = roles.get(page).content.decode()
        assert "待确认的账号" in shown
        assert f"/office/roles/{cast.chen.pk}/confirm/" in shown
    assert "待确认的账号" not in roles.get(f"/office/roles/{cast.gao.pk}/").content.decode()
    assert "待确认的账号" not in clients.of_staff(cast.auditor).get("/office/audit/").content.decode()
    assert re.search(r"chip[^>]*>[^<]*(<[^>]*>)*[^<]*待确认", admin.get("/office/accounts/").content.decode())

"""三员: who may create, grant and read, and that nobody holds two of it."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from factories import people, world
from factories.people import Cast
from factories.world import World
from kaosheng.accounts import services
from kaosheng.accounts.models import Grant, User
from kaosheng.audit.models import AuditEvent
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import SEPARATED_ROLES, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> World:
    return world()


@pytest.fixture
def cast(places: World) -> Cast:
    return people.cast(places)


def refused(code: str, run: object, **given: object) -> None:
    with pytest.raises(Refusal) as refusal:
        run(**given)  # type: ignore[operator]
    assert refusal.value.code == code


# --- bootstrap -------------------------------------------------------------------------------------------------
def test_bootstrap_makes_three_people_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("staff", "bootstrap", auditor="wang:王审计")
    printed = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    assert {line[0] for line in printed} == {"system-admin", "security-admin", "wang"}
    assert {grant.role for grant in Grant.objects.all()} == SEPARATED_ROLES
    assert Grant.objects.values("user").distinct().count() == 3
    for username, password, _name in printed:
        assert User.objects.get(username=username).check_password(password)
    with pytest.raises(CommandError, match="exist already"):
        call_command("staff", "bootstrap")
    assert User.objects.count() == 3


def test_bootstrap_with_a_taken_name_makes_nobody(places: World) -> None:
    User.objects.create_user(username="auditor", password="x", name="样本")
    with pytest.raises(CommandError, match="auditor is taken"):
        call_command("staff", "bootstrap")
    assert User.objects.count() == 1
    assert not Grant.objects.filter(role__in=SEPARATED_ROLES).exists()


# --- accounts --------------------------------------------------------------------------------------------------
def test_the_system_admin_creates_an_account_without_any_role(cast: Cast) -> None:
    made = services.create_account(staff=people.staff(cast.system_admin), username=" li ", name="李")
    assert made.user.username == "li"
    assert made.user.check_password(made.password)
    assert not made.user.grants.exists()
    event = AuditEvent.objects.get(name="account:created")
    assert (event.actor, event.object) == (str(cast.system_admin.pk), str(made.user.pk))
    assert "li" not in str(event.details)


@pytest.mark.parametrize(
    ("username", "name", "code"), [("", "李", "account_incomplete"), ("li", " ", "account_incomplete")]
)
def test_an_account_needs_a_user_name_and_a_name(cast: Cast, username: str, name: str, code: str) -> None:
    refused(
        code, services.create_account, staff=people.staff(cast.system_admin), username=username, name=name
    )


def test_user_names_differ_by_more_than_case(cast: Cast) -> None:
    admin = people.staff(cast.system_admin)
    services.create_account(staff=admin, username="Li", name="李")
    refused("username_taken", services.create_account, staff=admin, username="li", name="黎")


@pytest.mark.parametrize("who", ["security_admin", "auditor", "jiang", "chen", "feng", "gao"])
def test_nobody_else_manages_accounts(cast: Cast, who: str) -> None:
    staff = people.staff(getattr(cast, who))
    refused("not_found", services.create_account, staff=staff, username="li", name="李")
    refused("not_found", services.disable_account, staff=staff, user_id=cast.chen_two.pk)
    refused("not_found", services.reset_access, staff=staff, user_id=cast.chen_two.pk)
    assert User.objects.get(pk=cast.chen_two.pk).is_active


def test_a_disabled_account_is_out_at_once(cast: Cast, client: Client) -> None:
    from factories import clients

    browser = clients.of_staff(cast.chen)
    assert browser.get("/staff/queue/").status_code == 200
    services.disable_account(staff=people.staff(cast.system_admin), user_id=cast.chen.pk)
    assert browser.get("/staff/queue/").status_code == 302
    services.enable_account(staff=people.staff(cast.system_admin), user_id=cast.chen.pk)
    assert [
        e.name
        for e in AuditEvent.objects.filter(object=str(cast.chen.pk), name__startswith="account").order_by(
            "pk"
        )
    ] == [
        "account:disabled",
        "account:enabled",
    ]


def test_nobody_disables_or_resets_himself(cast: Cast) -> None:
    staff = people.staff(cast.system_admin)
    refused("own_account", services.disable_account, staff=staff, user_id=cast.system_admin.pk)
    refused("own_account", services.reset_access, staff=staff, user_id=cast.system_admin.pk)


def test_reset_gives_a_new_password_and_takes_the_second_factor(cast: Cast) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.chen, type=Authenticator.Type.TOTP, data={"secret": "x"})
    made = services.reset_access(staff=people.staff(cast.system_admin), user_id=cast.chen.pk)
    chen = User.objects.get(pk=cast.chen.pk)
    assert chen.check_password(made.password)
    assert not chen.check_password(people.PASSWORD)
    assert not Authenticator.objects.filter(user=chen).exists()


# --- roles -----------------------------------------------------------------------------------------------------
def test_the_security_admin_grants_within_a_scope(places: World, cast: Cast) -> None:
    li = User.objects.create_user(username="li", password="x", name="李")
    staff = people.staff(cast.security_admin)
    services.grant_role(staff=staff, user_id=li.pk, role=Role.SITE_REVIEWER, site_id=places.site.pk)
    services.grant_role(staff=staff, user_id=li.pk, role=Role.AREA_REVIEWER, area_id=places.other_area.pk)
    grants = {(grant.role, grant.area_id, grant.site_id) for grant in li.grants.all()}
    assert grants == {
        ("site_reviewer", places.area.pk, places.site.pk),
        ("area_reviewer", places.other_area.pk, None),
    }
    assert AuditEvent.objects.filter(name="role:granted", object=str(li.pk)).count() == 2


@pytest.mark.parametrize("first", sorted(SEPARATED_ROLES))
@pytest.mark.parametrize(
    "second", [role for role in Role if role in SEPARATED_ROLES or role is Role.AREA_MANAGER]
)
def test_nobody_holds_one_of_the_three_with_another_role(
    places: World, cast: Cast, first: Role, second: Role
) -> None:
    li = User.objects.create_user(username="li", password="x", name="李")
    staff = people.staff(cast.security_admin)
    services.grant_role(staff=staff, user_id=li.pk, role=first)
    code = "grant_exists" if first == second else "roles_separated"
    refused(code, services.grant_role, staff=staff, user_id=li.pk, role=second, area_id=places.area.pk)
    assert li.grants.count() == 1


def test_an_area_reviewer_becomes_none_of_the_three(cast: Cast) -> None:
    staff = people.staff(cast.security_admin)
    refused("roles_separated", services.grant_role, staff=staff, user_id=cast.gao.pk, role=Role.AUDITOR)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.SITE_REVIEWER, {}),
        (Role.SITE_MANAGER, {"site_id": 999_999}),
        (Role.AREA_MANAGER, {}),
        (Role.AREA_REVIEWER, {"area_id": 999_999}),
        (Role.CANDIDATE, {}),
        (Role.CLOCK, {}),
        ("root", {}),
    ],
)
def test_a_scope_must_fit_its_role(cast: Cast, role: str, scope: dict[str, int]) -> None:
    refused(
        "scope_unknown",
        services.grant_role,
        staff=people.staff(cast.security_admin),
        user_id=cast.chen.pk,
        role=role,
        **scope,
    )


def test_nobody_grants_or_withdraws_his_own(places: World, cast: Cast) -> None:
    staff = people.staff(cast.security_admin)
    own = cast.security_admin.grants.get()
    refused("own_grant", services.grant_role, staff=staff, user_id=cast.security_admin.pk, role=Role.AUDITOR)
    refused("own_grant", services.withdraw_role, staff=staff, grant_id=own.pk)


@pytest.mark.parametrize("who", ["system_admin", "auditor", "jiang", "chen"])
def test_nobody_else_grants(cast: Cast, who: str) -> None:
    staff = people.staff(getattr(cast, who))
    refused("not_found", services.grant_role, staff=staff, user_id=cast.hu.pk, role=Role.AUDITOR)
    refused("not_found", services.withdraw_role, staff=staff, grant_id=cast.hu.grants.get().pk)


def test_a_withdrawn_role_ends_with_the_next_request(cast: Cast) -> None:
    from factories import clients

    browser = clients.of_staff(cast.chen)
    assert browser.get("/staff/queue/").status_code == 200
    services.withdraw_role(staff=people.staff(cast.security_admin), grant_id=cast.chen.grants.get().pk)
    assert browser.get("/staff/queue/").status_code == 404
    assert AuditEvent.objects.filter(name="role:withdrawn", object=str(cast.chen.pk)).exists()
    assert connection.vendor == "postgresql"

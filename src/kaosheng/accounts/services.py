"""Accounts and roles: created and disabled by the 系统管理员, granted by the 安全管理员 (三员分离, S5)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.models import STAFF_ROLES, Grant, User
from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import (
    AREA_ROLES,
    SEPARATED_ROLES,
    SITE_ROLES,
    Permission,
    Role,
    confirming_roles,
)
from kaosheng.regions.models import ExamArea, ExamSite

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_SETUP: Final = By("setup", "bootstrap")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new account and the password that is shown once."""

    user: User
    password: str


def drawn_password() -> str:
    """Sixteen random characters (79 bits) in four groups, without letters and digits that look alike."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


# --- the first three people --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FirstPerson:
    """One of the 三员 at set-up."""

    role: Role
    username: str
    name: str


def bootstrap(people: Iterable[FirstPerson]) -> list[NewAccount]:
    """Create the three 三员, one person each; only once in an installation.

    Raises Refusal `bootstrap_done` when any of the three roles is held already, `roles_separated` unless
    there is one person for each role, `username_taken`.
    """
    wanted = list(people)
    if {person.role for person in wanted} != SEPARATED_ROLES or len(wanted) != len(SEPARATED_ROLES):
        raise Refusal("roles_separated")
    with transaction.atomic(durable=True):
        if Grant.objects.filter(role__in=SEPARATED_ROLES).exists():
            raise Refusal("bootstrap_done")
        made = []
        for person in wanted:
            account = new_account(_SETUP, username=person.username, name=person.name)
            give_role(_SETUP, account.user, role=person.role, area=None, site=None)
            made.append(account)
        return made


# --- accounts ----------------------------------------------------------------------------------------------------
def create_account(*, staff: Staff, username: str, name: str) -> NewAccount:
    """A new account without any role. Raises Refusal `not_found`, `account_incomplete`, `username_taken`."""
    require(staff, Permission.ACCOUNT_MANAGE)
    with transaction.atomic(durable=True):
        return new_account(_by(staff), username=username, name=name)


def new_account(by: By, *, username: str, name: str) -> NewAccount:
    """The account itself, inside the caller's transaction. Raises Refusal `account_incomplete`, `username_taken`."""
    username, name = username.strip(), name.strip()
    if not username or not name:
        raise Refusal("account_incomplete")
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal("username_taken", username=username)
    password = drawn_password()
    user = User.objects.create_user(
        username=username, password=password, name=name, must_choose_password=True
    )
    record(AuditName.ACCOUNT_CREATED, by=by, about=_about(user))
    return NewAccount(user=user, password=password)


def disable_account(*, staff: Staff, user_id: int) -> User:
    """End an account: no log-in, running sessions end at once. Raises Refusal `not_found`, `own_account`."""
    return _set_active(staff, user_id, active=False, name=AuditName.ACCOUNT_DISABLED)


def enable_account(*, staff: Staff, user_id: int) -> User:
    """Let a disabled account in again. Raises Refusal `not_found`, `own_account`."""
    return _set_active(staff, user_id, active=True, name=AuditName.ACCOUNT_ENABLED)


def _set_active(staff: Staff, user_id: int, *, active: bool, name: AuditName) -> User:
    require(staff, Permission.ACCOUNT_MANAGE)
    with transaction.atomic(durable=True):
        user = locked_account(user_id)
        if user.pk == staff.user.pk:
            raise Refusal("own_account")
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
            record(name, by=_by(staff), about=_about(user))
        return user


def reset_access(*, staff: Staff, user_id: int) -> NewAccount:
    """A new password, and the second factor is set up anew: for a lost password or telephone.

    Who reset it knows the password, so its roles sleep until `confirm_account`. Raises Refusal `not_found`,
    `own_account`, `nobody_to_confirm`.
    """
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - its model needs this app's model loaded

    require(staff, Permission.ACCOUNT_MANAGE)
    with transaction.atomic(durable=True):
        user = locked_account(user_id)
        if user.pk == staff.user.pk:
            raise Refusal("own_account")
        if user.grants.exists():
            _require_confirmer(user)
            user.asleep_since = timezone.now()
        password = drawn_password()
        user.set_password(password)
        user.must_choose_password, user.reset_by = True, staff.user
        user.save(update_fields=["password", "must_choose_password", "asleep_since", "reset_by"])
        Authenticator.objects.filter(user=user).delete()
        record(AuditName.ACCOUNT_RESET, by=_by(staff), about=_about(user))
        return NewAccount(user=user, password=password)


def asleep_for(staff: Staff) -> list[User]:
    """Accounts that wait for this person's confirmation, the longest first."""
    waiting = User.objects.exclude(asleep_since=None).exclude(pk=staff.user.pk).exclude(reset_by=staff.user)
    found = waiting.select_related("reset_by").prefetch_related("grants").order_by("asleep_since")
    return [user for user in found if staff.roles & confirming_roles(_roles_of(user))]


def confirm_account(*, staff: Staff, user_id: int) -> User:
    """确认本人 after a reset: the person stands before him and has chosen his password; the roles count again.

    Raises Refusal `not_found`, `own_confirmation` to himself and to whoever reset it, `password_not_chosen`.
    """
    with transaction.atomic(durable=True):
        user = locked_account(user_id)
        if user.asleep_since is None or not staff.roles & confirming_roles(_roles_of(user)):
            raise Refusal("not_found")
        if staff.user.pk in {user.pk, user.reset_by_id}:
            raise Refusal("own_confirmation")
        if user.must_choose_password:
            raise Refusal("password_not_chosen")
        user.asleep_since = None
        user.save(update_fields=["asleep_since"])
        record(AuditName.ACCOUNT_CONFIRMED, by=_by(staff), about=_about(user))
        return user


def _require_confirmer(user: User) -> None:
    """Refuse a reset nobody could confirm: it would leave the account asleep for good."""
    able = User.objects.filter(
        is_active=True, asleep_since=None, grants__role__in=confirming_roles(_roles_of(user))
    )
    if not able.exclude(pk=user.pk).exists():
        raise Refusal("nobody_to_confirm")


def _roles_of(user: User) -> frozenset[Role]:
    """What he holds, awake or asleep."""
    return frozenset(Role(grant.role) for grant in user.grants.all())


def sign_out(*, staff: Staff, user_id: int) -> User:
    """强制退出: every session of this account ends now. Raises Refusal `not_found`, `own_account`."""
    require(staff, Permission.ACCOUNT_MANAGE)
    with transaction.atomic(durable=True):
        user = locked_account(user_id)
        if user.pk == staff.user.pk:
            raise Refusal("own_account")
        user.session_round += 1
        user.save(update_fields=["session_round"])
        record(AuditName.ACCOUNT_SIGNED_OUT, by=_by(staff), about=_about(user))
        return user


# --- roles -------------------------------------------------------------------------------------------------------
def grant_role(
    *, staff: Staff, user_id: int, role: str, area_id: int | None = None, site_id: int | None = None
) -> Grant:
    """授予 a role within a scope: a site's, an area's, or none for 三员.

    Raises Refusal `not_found`, `own_grant`, `roles_separated`, `scope_unknown`, `grant_exists`.
    """
    require(staff, Permission.ROLE_GRANT)
    if role not in STAFF_ROLES:
        raise Refusal("scope_unknown")
    wanted = Role(role)
    area, site = _scope(wanted, area_id, site_id)
    with transaction.atomic(durable=True):
        user = locked_account(user_id)
        _not_oneself(staff, user)
        return give_role(_by(staff), user, role=wanted, area=area, site=site)


def give_role(by: By, user: User, *, role: Role, area: ExamArea | None, site: ExamSite | None) -> Grant:
    """Give the role to a locked or new account, inside the caller's transaction.

    Raises Refusal `grant_exists`, and `roles_separated` where the separation of the three forbids it.
    """
    held = list(user.grants.all())
    if any((grant.role, grant.area_id, grant.site_id) == (role, _pk(area), _pk(site)) for grant in held):
        raise Refusal("grant_exists")
    together = {Role(grant.role) for grant in held} | {role}
    if together & SEPARATED_ROLES and len(together) > 1:
        raise Refusal("roles_separated")
    grant = Grant.objects.create(user=user, role=role, area=area, site=site)
    _record_role(AuditName.ROLE_GRANTED, by, grant)
    return grant


def withdraw_role(*, staff: Staff, grant_id: int) -> None:
    """收回 a role. Raises Refusal `not_found`, `own_grant`."""
    require(staff, Permission.ROLE_GRANT)
    with transaction.atomic(durable=True):
        grant = Grant.objects.select_related("user", "area", "site").filter(pk=grant_id).first()
        if grant is None:
            raise Refusal("not_found")
        _not_oneself(staff, locked_account(grant.user_id))
        if not Grant.objects.filter(pk=grant_id).exists():
            raise Refusal("not_found")  # another one was quicker
        _record_role(AuditName.ROLE_WITHDRAWN, _by(staff), grant)
        grant.delete()


def _scope(role: Role, area_id: int | None, site_id: int | None) -> tuple[ExamArea | None, ExamSite | None]:
    """The scope that fits the role. Raises Refusal `scope_unknown`."""
    if role in SEPARATED_ROLES:
        return None, None
    if role in SITE_ROLES:
        site = ExamSite.objects.select_related("area").filter(pk=site_id or 0).first()
        if site is None:
            raise Refusal("scope_unknown")
        return site.area, site
    area = ExamArea.objects.filter(pk=area_id or 0).first() if role in AREA_ROLES else None
    if area is None:
        raise Refusal("scope_unknown")
    return area, None


def locked_account(user_id: int) -> User:
    """The account, locked until the caller's transaction ends. Raises Refusal `not_found`."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise Refusal("not_found")
    return user


def require(staff: Staff, permission: Permission) -> None:
    """Raises Refusal `not_found` for somebody without the permission."""
    if permission not in staff.permissions:
        raise Refusal("not_found")


def _not_oneself(staff: Staff, user: User) -> None:
    if staff.user.pk == user.pk:
        raise Refusal("own_grant")


def _by(staff: Staff) -> By:
    return By("staff", staff.id)


def _about(user: User) -> tuple[str, str]:
    return ("account", str(user.pk))


def _pk(row: ExamArea | ExamSite | None) -> int | None:
    return row.pk if row is not None else None


def _record_role(name: AuditName, by: By, grant: Grant) -> None:
    record(
        name,
        by=by,
        about=("account", str(grant.user_id)),
        area=grant.area.code if grant.area else "",
        site=grant.site.code if grant.site else "",
        role=grant.role,
    )


def switch_keys(user: User, *, off: bool) -> None:
    """A person's own choice whether single keys do anything on his pages."""
    User.objects.filter(pk=user.pk).update(keys_off=off)

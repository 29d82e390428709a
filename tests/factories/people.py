"""Staff with their grants: the cast of access tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from factories.world import World
from kaosheng.accounts.models import Grant, User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.services import actors
from kaosheng.casework.services.actors import Actor
from kaosheng.domain.roles import AREA_ROLES, SITE_ROLES, Role
from kaosheng.regions.models import ExamArea, ExamSite

PASSWORD = "sample-password-1"
_numbers = itertools.count(1)


def staff_account(
    role: Role, *, site: ExamSite | None = None, area: ExamArea | None = None, name: str = ""
) -> User:
    """A staff account with one grant; a site brings its area along."""
    user = User.objects.create_user(
        username=f"staff{next(_numbers)}", password=PASSWORD, name=name or role.value
    )
    Grant.objects.create(
        user=user,
        role=role,
        site=site if role in SITE_ROLES else None,
        area=(site.area if site else area) if role in SITE_ROLES | AREA_ROLES else None,
    )
    return user


def staff(user: User) -> Staff:
    """The account with its grants."""
    return Staff.of(user)


def actor(user: User) -> Actor:
    """The account as an actor of the services."""
    return actors.of_staff(Staff.of(user))


@dataclass(frozen=True)
class Cast:
    """One of everybody."""

    chen: User
    """reviewer of the site"""
    chen_two: User
    """another reviewer of the site"""
    deng: User
    """reviewer of the other site"""
    feng: User
    """manager of the site"""
    gao: User
    he: User
    hu: User
    """three reviewers of the area"""
    jiang: User
    """manager of the area"""
    kong: User
    """reviewer of another area"""
    system_admin: User
    security_admin: User
    auditor: User


def cast(world: World) -> Cast:
    """The whole staff of a test."""
    return Cast(
        chen=staff_account(Role.SITE_REVIEWER, site=world.site, name="陈"),
        chen_two=staff_account(Role.SITE_REVIEWER, site=world.site, name="陈二"),
        deng=staff_account(Role.SITE_REVIEWER, site=world.other_site, name="邓"),
        feng=staff_account(Role.SITE_MANAGER, site=world.site, name="冯"),
        gao=staff_account(Role.AREA_REVIEWER, area=world.area, name="高"),
        he=staff_account(Role.AREA_REVIEWER, area=world.area, name="何"),
        hu=staff_account(Role.AREA_REVIEWER, area=world.area, name="胡"),
        jiang=staff_account(Role.AREA_MANAGER, area=world.area, name="姜"),
        kong=staff_account(Role.AREA_REVIEWER, area=world.other_area, name="孔"),
        system_admin=staff_account(Role.SYSTEM_ADMIN, name="系统"),
        security_admin=staff_account(Role.SECURITY_ADMIN, name="安全"),
        auditor=staff_account(Role.AUDITOR, name="审计"),
    )

"""账号申请: asked for by a manager, the account made by the 系统管理员, the role given by the 安全管理员."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kaosheng.accounts import services
from kaosheng.accounts.models import AccountRequest, User
from kaosheng.accounts.scope import Staff
from kaosheng.accounts.services import NewAccount
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.domain.errors import Refusal
from kaosheng.domain.reasons import short_reason
from kaosheng.domain.roles import AREA_ROLES, SITE_ROLES, Permission, Role
from kaosheng.regions.models import ExamArea, ExamSite

_OPEN: Final = Q(granted_at=None, refused_at=None)


def requests_in_reach(staff: Staff) -> QuerySet[AccountRequest]:
    """Requests of the areas and sites he manages, the newest first."""
    reached = Q(area__in=staff.area_ids(Permission.ACCOUNT_REQUEST)) | Q(
        site__in=staff.site_ids(Permission.ACCOUNT_REQUEST)
    )
    return AccountRequest.objects.filter(reached).select_related(
        "area", "site", "requested_by", "user", "refused_by"
    )


def waiting_for(role: Role) -> QuerySet[AccountRequest]:
    """Open requests the 系统管理员 or the 安全管理员 has to answer, the oldest first."""
    waits = AccountRequest.objects.filter(_OPEN, user__isnull=role is Role.SYSTEM_ADMIN)
    return waits.select_related("area", "site", "requested_by", "user").order_by("requested_at")


def request_account(
    *,
    staff: Staff,
    name: str,
    username: str,
    role: str,
    reason: str,
    area_id: int | None = None,
    site_id: int | None = None,
) -> AccountRequest:
    """申请 an account and a role within one's own 考点 or 考区, never for oneself.

    Somebody who has an account already waits for the role only. Raises Refusal `not_found`, `account_incomplete`,
    `reason_needed`, `reason_too_long`, `scope_unknown`, `own_grant`, `account_asked_already`.
    """
    name, username = name.strip(), username.strip()
    if not name or not username:
        raise Refusal("account_incomplete")
    why = short_reason(reason)
    area, site = _own_scope(staff, role, area_id, site_id)
    with transaction.atomic(durable=True):
        user = User.objects.select_for_update().filter(username__iexact=username).first()
        if user is not None and user.pk == staff.user.pk:
            raise Refusal("own_grant")
        same = AccountRequest.objects.filter(
            _OPEN, username__iexact=username, role=role, area=area, site=site
        )
        if same.exists():
            raise Refusal("account_asked_already", username=username)
        asked = AccountRequest.objects.create(
            name=name,
            username=username,
            role=role,
            area=area,
            site=site,
            reason=why,
            requested_by=staff.user,
            requested_at=timezone.now(),
            user=user,
        )
        _record(AuditName.ACCOUNT_REQUESTED, staff, asked)
        return asked


def _own_scope(
    staff: Staff, role: str, area_id: int | None, site_id: int | None
) -> tuple[ExamArea, ExamSite | None]:
    """The scope asked for, when it lies within the manager's own. Raises Refusal `scope_unknown`."""
    if role in SITE_ROLES:
        site = ExamSite.objects.select_related("area").filter(pk=site_id or 0).first()
        own = site is not None and (
            site.pk in staff.site_ids(Permission.ACCOUNT_REQUEST)
            or site.area_id in staff.area_ids(Permission.ACCOUNT_REQUEST)
        )
        if site is None or not own:
            raise Refusal("scope_unknown")
        return site.area, site
    area = ExamArea.objects.filter(pk=area_id or 0).first() if role in AREA_ROLES else None
    if area is None or area.pk not in staff.area_ids(Permission.ACCOUNT_REQUEST):
        raise Refusal("scope_unknown")
    return area, None


def make_account(*, staff: Staff, request_id: int) -> NewAccount:
    """建立账号 for a request, without any role yet. Raises Refusal `not_found`, `username_taken`."""
    services.require(staff, Permission.ACCOUNT_MANAGE)
    with transaction.atomic(durable=True):
        asked = _locked(request_id, Role.SYSTEM_ADMIN)
        made = services.new_account(_by(staff), username=asked.username, name=asked.name)
        AccountRequest.objects.filter(_OPEN, username__iexact=asked.username, user=None).update(
            user=made.user
        )
        return made


def grant_requested(*, staff: Staff, request_id: int) -> None:
    """授予 the role that was asked for. Raises Refusal `not_found`, `own_grant`, `grant_exists`, `roles_separated`."""
    services.require(staff, Permission.ROLE_GRANT)
    with transaction.atomic(durable=True):
        asked = _locked(request_id, Role.SECURITY_ADMIN)
        if asked.user_id is None or asked.user_id == staff.user.pk:
            raise Refusal("own_grant")
        user = services.locked_account(asked.user_id)
        services.give_role(_by(staff), user, role=Role(asked.role), area=asked.area, site=asked.site)
        asked.granted_at = timezone.now()
        asked.save(update_fields=["granted_at"])


def refuse_request(*, staff: Staff, request_id: int, reason: str) -> None:
    """不同意, with the reason the manager reads. Raises Refusal `not_found`, `reason_needed`, `reason_too_long`."""
    with transaction.atomic(durable=True):
        asked = AccountRequest.objects.select_for_update(of=("self",)).filter(_OPEN, pk=request_id).first()
        if asked is None or asked.waits_for not in staff.roles:
            raise Refusal("not_found")
        asked.refused_reason = short_reason(reason)
        asked.refused_at, asked.refused_by = timezone.now(), staff.user
        asked.save(update_fields=["refused_at", "refused_by", "refused_reason"])
        _record(AuditName.ACCOUNT_REQUEST_REFUSED, staff, asked)


def _locked(request_id: int, waits_for: Role) -> AccountRequest:
    asked = waiting_for(waits_for).select_for_update(of=("self",)).filter(pk=request_id).first()
    if asked is None:
        raise Refusal("not_found")
    return asked


def _by(staff: Staff) -> By:
    return By("staff", staff.id)


def _record(name: AuditName, staff: Staff, asked: AccountRequest) -> None:
    record(
        name,
        by=_by(staff),
        about=("account_request", str(asked.pk)),
        area=asked.area.code,
        site=asked.site.code if asked.site else "",
        role=asked.role,
    )

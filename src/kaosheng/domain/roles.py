"""Who acts on a dossier, and what each role may do besides moving one (requirements S1-S5)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A role within one scope: an 考区, an 考点 of it, or the whole installation."""

    CANDIDATE = "candidate"
    SITE_REVIEWER = "site_reviewer"
    SITE_MANAGER = "site_manager"
    AREA_REVIEWER = "area_reviewer"
    AREA_MANAGER = "area_manager"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    CLOCK = "clock"
    GATEWAY = "gateway"


SITE_ROLES: Final = frozenset({Role.SITE_REVIEWER, Role.SITE_MANAGER})
AREA_ROLES: Final = frozenset({Role.AREA_REVIEWER, Role.AREA_MANAGER})
SEPARATED_ROLES: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
"""三员分离 (GB/T 22239-2019 8.1.4.2, requirement S5): nobody holds two of these, or one of these and another role."""


class Permission(StrEnum):
    """What a page or a service asks for; moving a dossier has its own table in `domain.dossier`."""

    DOSSIER_VIEW = "dossier:view"
    DOSSIER_MARK = "dossier:mark"
    DOSSIER_TAKE = "dossier:take"
    HAND_OVER = "dossier:hand_over"
    REASONS_EDIT = "reasons:edit"
    COUNTER_UPLOAD = "counter:upload"
    DOUBT_ANSWER = "doubt:answer"
    EXTENSION_REQUEST = "extension:request"
    EXTENSION_GRANT = "extension:grant"
    SITE_CLOSE_OWN = "site:close_own"
    SITE_CLOSE_ANY = "site:close_any"
    RELEASE_PUBLISH = "release:publish"
    SITE_SET = "site:set"
    INTAKE_SET = "intake:set"
    CATALOGUE_PUBLISH = "catalogue:publish"
    REGISTRATION_IMPORT = "registration:import"
    DOSSIER_EXPORT = "dossier:export"
    PROGRESS_VIEW = "progress:view"
    RECHECK_ANSWER = "recheck:answer"
    ACCOUNT_REQUEST = "account:request"
    MESSAGE_VIEW = "message:view"
    MESSAGE_WORD = "message:word"
    BROADCAST_SEND = "broadcast:send"
    AUDIT_READ = "audit:read"
    ACCOUNT_MANAGE = "account:manage"
    ROLE_GRANT = "role:grant"


PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.CANDIDATE: frozenset(),
    Role.SITE_REVIEWER: frozenset(
        {Permission.DOSSIER_VIEW, Permission.DOSSIER_MARK, Permission.DOSSIER_TAKE}
    ),
    Role.SITE_MANAGER: frozenset(
        {
            Permission.DOSSIER_VIEW,
            Permission.HAND_OVER,
            Permission.COUNTER_UPLOAD,
            Permission.DOUBT_ANSWER,
            Permission.EXTENSION_REQUEST,
            Permission.SITE_CLOSE_OWN,
            Permission.SITE_SET,
            Permission.DOSSIER_EXPORT,
            Permission.MESSAGE_VIEW,
            Permission.BROADCAST_SEND,
            Permission.PROGRESS_VIEW,
            Permission.ACCOUNT_REQUEST,
        }
    ),
    Role.AREA_REVIEWER: frozenset(
        {
            Permission.DOSSIER_VIEW,
            Permission.DOSSIER_MARK,
            Permission.DOSSIER_TAKE,
            Permission.RECHECK_ANSWER,
        }
    ),
    Role.AREA_MANAGER: frozenset(
        {
            Permission.DOSSIER_VIEW,
            Permission.HAND_OVER,
            Permission.REASONS_EDIT,
            Permission.DOUBT_ANSWER,
            Permission.EXTENSION_GRANT,
            Permission.SITE_CLOSE_ANY,
            Permission.RELEASE_PUBLISH,
            Permission.SITE_SET,
            Permission.INTAKE_SET,
            Permission.CATALOGUE_PUBLISH,
            Permission.REGISTRATION_IMPORT,
            Permission.DOSSIER_EXPORT,
            Permission.MESSAGE_VIEW,
            Permission.MESSAGE_WORD,
            Permission.BROADCAST_SEND,
            Permission.PROGRESS_VIEW,
            Permission.RECHECK_ANSWER,
            Permission.ACCOUNT_REQUEST,
        }
    ),
    Role.SYSTEM_ADMIN: frozenset({Permission.ACCOUNT_MANAGE}),
    Role.SECURITY_ADMIN: frozenset({Permission.ROLE_GRANT}),
    Role.AUDITOR: frozenset({Permission.AUDIT_READ}),
    Role.CLOCK: frozenset(),
    Role.GATEWAY: frozenset(),
}


def confirming_roles(held: frozenset[Role]) -> frozenset[Role]:
    """Who lets an account with these roles act again once its access was reset.

    The 系统管理员 who resets never confirms. For the 安全管理员's own account the 审计员 may: there is often only one of them.
    """
    both = frozenset({Role.SECURITY_ADMIN, Role.AUDITOR})
    return both if Role.SECURITY_ADMIN in held else frozenset({Role.SECURITY_ADMIN})


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything these roles together may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles)) if roles else frozenset()

"""Who may do what: the whole matrix, so that a permission given in passing turns this red."""

from __future__ import annotations

import itertools

from kaosheng.domain.dossier import ROWS
from kaosheng.domain.roles import (
    AREA_ROLES,
    PERMISSIONS,
    SEPARATED_ROLES,
    SITE_ROLES,
    Permission,
    Role,
    permissions_of,
)

MATRIX = {
    "candidate": set(),
    "site_reviewer": {"dossier:view", "dossier:mark", "dossier:take"},
    "site_manager": {
        "dossier:view",
        "dossier:hand_over",
        "counter:upload",
        "extension:request",
        "site:close_own",
        "site:set",
        "dossier:export",
        "progress:view",
        "account:request",
        "doubt:answer",
        "message:view",
        "broadcast:send",
    },
    "area_reviewer": {"dossier:view", "dossier:mark", "dossier:take", "recheck:answer"},
    "area_manager": {
        "dossier:view",
        "dossier:hand_over",
        "reasons:edit",
        "extension:grant",
        "site:close_any",
        "release:publish",
        "site:set",
        "intake:set",
        "catalogue:publish",
        "registration:import",
        "dossier:export",
        "progress:view",
        "recheck:answer",
        "account:request",
        "doubt:answer",
        "message:view",
        "message:word",
        "broadcast:send",
    },
    "system_admin": {"account:manage"},
    "security_admin": {"role:grant"},
    "auditor": {"audit:read"},
    "clock": set(),
    "gateway": set(),
}


def test_the_matrix_is_this_and_nothing_else() -> None:
    assert {
        role.value: {permission.value for permission in granted} for role, granted in PERMISSIONS.items()
    } == MATRIX


def test_every_permission_is_somebodys() -> None:
    assert set().union(*PERMISSIONS.values()) == set(Permission)


def test_several_roles_may_do_what_each_of_them_may() -> None:
    assert permissions_of(frozenset()) == frozenset()
    both = frozenset({Role.SITE_REVIEWER, Role.SITE_MANAGER})
    assert {permission.value for permission in permissions_of(both)} == (
        MATRIX["site_reviewer"] | MATRIX["site_manager"]
    )


def test_three_people_keep_the_installation_and_see_no_dossier() -> None:
    assert {"system_admin", "security_admin", "auditor"} == SEPARATED_ROLES
    for role in SEPARATED_ROLES:
        assert Permission.DOSSIER_VIEW not in PERMISSIONS[role]
        assert not any(role in row.by for row in ROWS.values())
    for one, other in itertools.combinations(SEPARATED_ROLES, 2):
        assert not PERMISSIONS[one] & PERMISSIONS[other]


def test_the_two_stages_share_no_role() -> None:
    assert {"site_reviewer", "site_manager"} == SITE_ROLES
    assert {"area_reviewer", "area_manager"} == AREA_ROLES

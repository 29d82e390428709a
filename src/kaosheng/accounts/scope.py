"""Which roles somebody has where: the one reading of grants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kaosheng.accounts.models import Grant, User
from kaosheng.domain.roles import AREA_ROLES, SITE_ROLES, Permission, Role, permissions_of


@dataclass(frozen=True)
class Staff:
    """A staff member with the grants read once for this request."""

    user: User
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, user: User) -> Staff:
        """Read the grants in one query; those of an account whose access was reset don't count until it is confirmed."""
        if user.asleep_since is not None:
            return cls(user=user, grants=())
        return cls(user=user, grants=tuple(user.grants.select_related("area", "site").order_by("pk")))

    @property
    def id(self) -> str:
        """The id as text, as audit and rules want it."""
        return str(self.user.pk)

    def roles_for(self, *, area_id: int, site_id: int) -> frozenset[Role]:
        """The roles that reach a dossier of this area and site; nothing for strangers."""
        return frozenset(
            Role(grant.role)
            for grant in self.grants
            if (grant.role in SITE_ROLES and grant.site_id == site_id)
            or (grant.role in AREA_ROLES and grant.area_id == area_id)
        )

    @cached_property
    def roles(self) -> frozenset[Role]:
        """All roles, wherever they hold."""
        return frozenset(Role(grant.role) for grant in self.grants)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything some role of his allows somewhere."""
        return permissions_of(self.roles)

    def site_ids(self, *permissions: Permission) -> frozenset[int]:
        """Sites where a site role of his carries one of these permissions."""
        return frozenset(
            grant.site_id
            for grant in self.grants
            if grant.site_id and permissions_of(frozenset({Role(grant.role)})) & set(permissions)
        )

    def area_ids(self, *permissions: Permission) -> frozenset[int]:
        """Areas where an area role of his carries one of these permissions."""
        return frozenset(
            grant.area_id
            for grant in self.grants
            if grant.area_id
            and grant.role in AREA_ROLES
            and permissions_of(frozenset({Role(grant.role)})) & set(permissions)
        )

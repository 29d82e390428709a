"""Staff: people of the house and what each may do where. Candidates are never here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.roles import AREA_ROLES, SITE_ROLES, Role
from kaosheng.regions.models import ExamArea, ExamSite

STAFF_ROLES = tuple(role for role in Role if role not in {Role.CANDIDATE, Role.CLOCK, Role.GATEWAY})


class UserManager(BaseUserManager["User"]):
    """Creates staff accounts; `accounts.services` decides who may."""

    def create_user(
        self, *, username: str, password: str, name: str, must_choose_password: bool = False
    ) -> User:
        """Store a new account with a hashed password."""
        user = self.model(username=username, name=name, must_choose_password=must_choose_password)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """By user name."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """One staff member, one account (GB/T 22239 8.1.4.1: no shared accounts)."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    session_round = models.PositiveIntegerField(default=0)
    """Part of what every session is checked against: one more ends them all."""
    keys_off = models.BooleanField(default=False)
    must_choose_password = models.BooleanField(default=False)
    """Whether somebody else knows his password: it was drawn for him, and nothing opens until he has chosen his own."""
    asleep_since = models.DateTimeField(null=True, blank=True)
    """Since his access was reset, until a third person confirms that it is he: he logs in, and his roles don't count."""
    reset_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """The user name."""
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own digest over the password, and over the round besides."""
        salt = "kaosheng.accounts.models.User.session"
        checked = f"{self.password}\x00{self.session_round}"
        return salted_hmac(salt, checked, secret=secret, algorithm="sha256").hexdigest()


class Grant(models.Model):
    """A role within a scope: a site's for site roles, an area's for area roles, none for 三员."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in STAFF_ROLES])
    area = models.ForeignKey(ExamArea, on_delete=models.PROTECT, null=True, blank=True)
    site = models.ForeignKey(ExamSite, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """The scope fits the role, and no grant stands twice."""

        constraints = (
            models.UniqueConstraint(
                fields=["user", "role", "area", "site"], name="grant_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="grant_scope_fits_role",
                condition=(
                    Q(role__in=sorted(SITE_ROLES), site__isnull=False, area__isnull=False)
                    | Q(role__in=sorted(AREA_ROLES), site__isnull=True, area__isnull=False)
                    | Q(
                        role__in=sorted({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}),
                        site__isnull=True,
                        area__isnull=True,
                    )
                ),
            ),
        )

    def __str__(self) -> str:
        """Who is what."""
        return f"{self.user_id} {self.role}"


class AccountRequest(models.Model):
    """账号申请: a manager asks for a person's account and role; two of the 三员 answer, one each.

    `user` is the account once the 系统管理员 made it (or at once, when the person has one); `granted_at` is when the
    安全管理员 gave the role.
    """

    name = models.CharField(max_length=60)
    username = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in STAFF_ROLES])
    area = models.ForeignKey(ExamArea, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(ExamSite, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="account_requests"
    )
    granted_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    refused_reason = models.CharField(max_length=REASON_LENGTH, blank=True)

    class Meta:
        """Nobody asks for himself; granted or refused, never both."""

        ordering = ("-requested_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=True) | ~Q(user=models.F("requested_by")),
                name="account_request_not_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(granted_at__isnull=True) | Q(refused_at__isnull=True),
                name="account_request_one_answer",
            ),
        )

    def __str__(self) -> str:
        """Who is to be what."""
        return f"{self.username} {self.role}"

    @property
    def waits_for(self) -> Role | None:
        """Which of the 三员 has to act next; None when it is answered."""
        if self.granted_at or self.refused_at:
            return None
        return Role.SYSTEM_ADMIN if self.user_id is None else Role.SECURITY_ADMIN

"""Log-ins and log-outs in the trail; never a password, a name as typed, or another personal datum."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction

from kaosheng.accounts.models import User
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record


def record_failure(*, username: str, why: str) -> None:
    """A failed log-in. What was typed isn't kept: people type their password into the wrong field."""
    user = User.objects.filter(username__iexact=username).first()
    _record(AuditName.STAFF_LOGIN_FAILED, user, why=why)


def record_password_chosen(user: User) -> None:
    """A person chose another password for himself."""
    _record(AuditName.PASSWORD_CHOSEN, user)


def _record(name: AuditName, user: User | None, **details: str) -> None:
    account = str(user.pk) if user is not None else "unknown"
    with transaction.atomic():
        record(name, by=By("staff", account), about=("account", account), **details)


def _logged_in(sender: object, user: object, **_kwargs: Any) -> None:
    if isinstance(user, User):
        _record(AuditName.STAFF_LOGGED_IN, user)


def _logged_out(sender: object, user: object, **_kwargs: Any) -> None:
    if isinstance(user, User):
        _record(AuditName.STAFF_LOGGED_OUT, user)


def _second_factor_failed(sender: object, user: object, **_kwargs: Any) -> None:
    if isinstance(user, User):
        _record(AuditName.STAFF_LOGIN_FAILED, user, why="second_factor")


def connect() -> None:
    """Listen to Django and allauth; called once when the app is ready."""
    from allauth.mfa.signals import authentication_failed  # noqa: PLC0415 - needs loaded apps

    user_logged_in.connect(_logged_in, dispatch_uid="audit_logged_in")
    user_logged_out.connect(_logged_out, dispatch_uid="audit_logged_out")
    authentication_failed.connect(_second_factor_failed, dispatch_uid="audit_second_factor_failed")

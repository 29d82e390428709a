"""How staff log in: allauth with our words, our audit rows, and sealed second factors."""

from __future__ import annotations

import time
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from kaosheng.accounts.models import User
from kaosheng.accounts.sign_in import record_failure, record_password_chosen
from kaosheng.crypto.sealing import seal, unseal

_FRESH_SECONDS: Final = 300
_SECRET_LABEL: Final = "mfa_authenticator.data"  # noqa: S105 - the label of a column, not a secret


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by the 系统管理员 only; every failed log-in is recorded."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("用户名或密码不正确。"),
        "incorrect_code": _("验证码不正确。"),
        "incorrect_password": _("密码不正确。"),
        "enter_current_password": _("当前密码不正确。"),
        "invalid_login": _("用户名或密码不正确。"),
        "username_password_mismatch": _("用户名或密码不正确。"),
        "too_many_login_attempts": _("登录失败次数过多，账号已暂时锁定，请 5 分钟后再试。"),
        "rate_limited": _("操作过于频繁，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers himself."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a locked account before its password is looked at."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            record_failure(username=str(credentials.get("username", "")), why="locked")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong name or password."""
        record_failure(username=str(credentials.get("username", "")), why="password")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of a log-in: the first log-in goes straight on to the second factor."""
        methods = get_authentication_records(context.request, context.request.user)
        if methods and time.time() - methods[-1]["at"] < _FRESH_SECONDS:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def clean_password(self, password: str, user: User | None = None) -> str:
        """A chosen password is another than the one before, which somebody else may know."""
        if user is not None and user.check_password(password):
            raise ValidationError(_("新密码不能与当前密码相同。"))
        return str(super().clean_password(password, user))

    def set_password(self, user: User, password: str) -> None:
        """Store the password a person chose himself, with a row in the trail."""
        user.must_choose_password = False
        with transaction.atomic():
            super().set_password(user, password)
            record_password_chosen(user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to his work, or on to what stands before it."""
        return str(resolve_url(settings.LOGIN_REDIRECT_URL))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponseBase:
        """The right password of a disabled account: told so, and recorded."""
        record_failure(username=user.username, why="disabled")
        return super().respond_user_inactive(request, user)  # type: ignore[no-any-return]  # allauth has no types

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Staff accounts have no mail address; the audit trail tells of changes."""

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Our pages say themselves what happened."""


class StaffMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of the second factor are sealed in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不正确。"),
        "cannot_delete_authenticator": _("账号必须使用第二因素，不能停用；更换手机请联系系统管理员。"),
    }

    def get_totp_label(self, user: User) -> str:
        """The user name, as the authenticator app shows it."""
        return user.username

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal(text, label=_SECRET_LABEL)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return unseal(encrypted_text, label=_SECRET_LABEL)

    def can_delete_authenticator(self, authenticator: object) -> bool:
        """Never by the person himself: a lost telephone is the 系统管理员's work (`reset_access`)."""
        return False

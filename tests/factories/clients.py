"""HTTP clients with a session. They raise nothing: an error is a 500 as the reader would see it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.registration.models import Candidate
from kaosheng.web.identity import CANDIDATE_KEY


def anonymous() -> Client:
    """Nobody."""
    return Client(raise_request_exception=False)


def of_candidate(candidate: Candidate | None) -> Client:
    """A candidate who has logged in."""
    assert candidate is not None
    client = anonymous()
    session = SessionStore()
    session[CANDIDATE_KEY] = candidate.pk
    session["seen_at"] = timezone.now().timestamp()
    session.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


def of_staff(user: User) -> Client:
    """A staff member who has logged in with both factors."""
    client = anonymous()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp(), "username": user.username},
        {"method": "mfa", "at": timezone.now().timestamp(), "type": "totp"},
    ]
    session.save()
    return client

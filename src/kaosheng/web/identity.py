"""Who is at the other end: a candidate or a staff member, never both in one session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import logout as staff_logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff

CANDIDATE_KEY: Final = "candidate_id"
_SEEN_KEY: Final = "seen_at"
_BACKGROUND: Final = "X-Background"
"""Header of requests nobody made by hand (polling, preloading); they don't count as activity."""
_UNKNOWN: Final = object()
_NOTE_EVERY: Final = 60
"""Seconds between two notes of activity: a session row isn't written for every click."""


def candidate_id_of(request: HttpRequest) -> int | None:
    """The candidate of this session, by id; no query."""
    value = request.session.get(CANDIDATE_KEY)
    return int(value) if value is not None else None


def staff_of(request: HttpRequest) -> Staff | None:
    """The staff member of this session with his grants, read once a request."""
    known = getattr(request, "staff_member", _UNKNOWN)
    if known is _UNKNOWN:
        user = request.user
        known = Staff.of(user) if isinstance(user, User) and user.is_active else None
        request.staff_member = known  # type: ignore[attr-defined]
    return known if isinstance(known, Staff) else None


def begin_candidate_session(request: HttpRequest, candidate_id: int) -> None:
    """Start a candidate's session with a new key; whoever was logged in before is not any more."""
    request.session.flush()
    request.session[CANDIDATE_KEY] = candidate_id
    request.session[_SEEN_KEY] = timezone.now().timestamp()


def end_session(request: HttpRequest) -> None:
    """Forget everybody."""
    staff_logout(request)
    request.session.flush()


class IdleMiddleware:
    """Ends sessions nobody used: 15 minutes for staff, 30 for candidates."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check before the view, note the activity."""
        self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        is_candidate = CANDIDATE_KEY in request.session
        if not is_candidate and "_auth_user_id" not in request.session:
            return
        now = timezone.now().timestamp()
        seen = request.session.get(_SEEN_KEY, now)
        if is_candidate and "_auth_user_id" in request.session:
            del request.session[CANDIDATE_KEY]
        limit = settings.CANDIDATE_IDLE_SECONDS if is_candidate else settings.STAFF_IDLE_SECONDS
        if now - seen > limit:
            end_session(request)
        elif _SEEN_KEY not in request.session or (
            now - seen > _NOTE_EVERY and request.headers.get(_BACKGROUND) is None
        ):
            request.session[_SEEN_KEY] = now

"""A candidate's session as the key to the API; unsafe methods need the CSRF token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie

from kaosheng.domain.errors import Refusal
from kaosheng.web.identity import candidate_id_of


class CandidateSession(APIKeyCookie):
    """Answers with the candidate's id. Raises Refusal `login_needed`."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> int:
        """Whose session it is; the cookie was read by the session middleware."""
        candidate_id = candidate_id_of(request)
        if candidate_id is None:
            raise Refusal("login_needed")
        return candidate_id


candidate_session = CandidateSession()

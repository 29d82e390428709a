"""Logging candidates in with the registration system's accounts: OpenID Connect, code flow with PKCE.

The library checks signature, nonce and PKCE; what it leaves open is closed here: issuer and audience are pinned
to the settings, an answer without an ID token is refused, and userinfo must speak of the same subject.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
import structlog
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.django_client import OAuth
from authlib.oauth2.rfc6749 import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from joserfc.errors import JoseError

from kaosheng.domain.texts import can_be_kept

log = structlog.get_logger(__name__)

_SECOND_TRY: Final = "again-"
"""Prefix of the `state` of a restarted log-in: a second mismatch is said, not restarted, cookies or not."""
_KEPT_TOKEN: Final = "oidc_id_token"  # noqa: S105 - the name of a place in the session
_LARGEST_TOKEN: Final = 8_000

_oauth = OAuth()
_oauth.register("registration")


class LoginError(Exception):
    """The log-in didn't come to its end; `reason` says which page the candidate sees."""

    REFUSED: Final = "refused"
    """He didn't consent, or cancelled."""
    EXPIRED: Final = "expired"
    """State or code are too old, used, or of another browser; a new try helps."""
    DOWN: Final = "down"
    """The registration system doesn't answer."""
    INVALID: Final = "invalid"
    """It answered something that can't be trusted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Person:
    """Who logged in, by the registration system's word."""

    subject: str
    name: str
    registrations: list[object]
    id_token: str


def begin(request: HttpRequest, *, second_try: bool = False) -> HttpResponse:
    """Send the browser to the registration system. Raises LoginError DOWN."""
    state = (_SECOND_TRY if second_try else "") + secrets.token_urlsafe(24)
    # Asked anew each time: a system that went down since is said here, in our words, not by the browser.
    _oauth.registration.server_metadata.pop("_loaded_at", None)
    try:
        answer: HttpResponse = _oauth.registration.authorize_redirect(request, _redirect_uri(), state=state)
    except (requests.RequestException, ValueError, KeyError, RuntimeError) as error:
        # Discovery that isn't JSON, or lacks its addresses, is as good as none.
        log.warning("oidc.discovery_failed", error=type(error).__name__)
        raise LoginError(LoginError.DOWN) from error
    return answer


def was_second_try(request: HttpRequest) -> bool:
    """Whether this callback belongs to a log-in that was restarted already."""
    return request.GET.get("state", "").startswith(_SECOND_TRY)


def finish(request: HttpRequest) -> Person:
    """Turn the callback into a person. Raises LoginError."""
    if request.GET.get("error") in {"access_denied", "consent_required", "interaction_required"}:
        raise LoginError(LoginError.REFUSED)
    try:
        return _person(request)
    except MismatchingStateError as error:
        raise LoginError(LoginError.EXPIRED) from error
    except requests.RequestException as error:
        log.warning("oidc.unreachable", error=type(error).__name__)
        raise LoginError(LoginError.DOWN) from error
    except (OAuthError, OAuth2Error) as error:
        log.warning("oidc.refused", code=str(getattr(error, "error", "")))
        stale = getattr(error, "error", "") in {"invalid_grant", "invalid_request"}
        raise LoginError(LoginError.EXPIRED if stale else LoginError.INVALID) from error
    except (JoseError, KeyError, TypeError, ValueError, RuntimeError) as error:
        log.warning("oidc.invalid", error=type(error).__name__)
        raise LoginError(LoginError.INVALID) from error


def _person(request: HttpRequest) -> Person:
    client, issuer = _oauth.registration, settings.REGISTRATION_ISSUER
    token = client.authorize_access_token(
        request,
        claims_options={
            # Settings take the slash off that some providers' own names end in.
            "iss": {"essential": True, "values": [issuer, f"{issuer}/"]},
            "aud": {"essential": True, "value": settings.REGISTRATION_CLIENT_ID},
            "sub": {"essential": True},
        },
    )
    id_token, claims = token["id_token"], token["userinfo"]
    info: Mapping[str, Any] = client.userinfo(token=token)
    if not info.get("sub") or info["sub"] != claims["sub"]:
        message = "userinfo speaks of another subject"
        raise ValueError(message)
    registrations = info.get("registrations", claims.get("registrations", []))
    if not isinstance(registrations, list):
        message = "registrations is no list"
        raise TypeError(message)
    subject, name = str(claims["sub"]), str(info.get("name") or claims.get("name") or "")
    if not can_be_kept([subject, name]):
        message = "subject or name can't be stored"
        raise ValueError(message)
    return Person(
        subject=subject,
        name=name,
        registrations=registrations,
        id_token=id_token if len(id_token) <= _LARGEST_TOKEN else "",
    )


def keep_id_token(request: HttpRequest, person: Person) -> None:
    """Keep what log-out hands back, in the new session."""
    request.session[_KEPT_TOKEN] = person.id_token


def id_token_of(request: HttpRequest) -> str:
    """The ID token of this session, before it ends; empty when there is none."""
    return str(request.session.get(_KEPT_TOKEN, ""))


def end_session_address(id_token: str) -> str:
    """Where the registration system's own session ends; our entrance when it names no such address."""
    back = f"{settings.SERVICE_URL}/"
    try:
        metadata = _oauth.registration.load_server_metadata()
    except (requests.RequestException, ValueError, RuntimeError):
        return back
    endpoint = metadata.get("end_session_endpoint")
    if not endpoint or not id_token:
        return back
    parameters = {
        "id_token_hint": id_token,
        "post_logout_redirect_uri": back,
        "client_id": settings.REGISTRATION_CLIENT_ID,
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def _redirect_uri() -> str:
    return f"{settings.SERVICE_URL}{reverse('candidate:callback')}"

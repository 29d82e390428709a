"""The API and what its addresses share: errors as JSON, the candidate's session with its CSRF token."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie

from kaosheng.domain.errors import Refusal
from kaosheng.web.api import candidate, providers, receipts, registrations
from kaosheng.web.errors import answer_refusal
from kaosheng.web.identity import candidate_id_of

_FORBIDDEN: Final = 403


class CandidateSession(APIKeyCookie):
    """The session of a candidate who has logged in by the pages; writing needs the CSRF token too."""

    param_name: str = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> int | None:
        """The candidate's id."""
        return candidate_id_of(request)


api = NinjaAPI(
    title="考生服务系统",
    version="1",
    description="Pictures and state of one's own dossier, check of receipts, push of registrations.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("/dossiers/", candidate.router, auth=CandidateSession())
api.add_router("/receipts/", receipts.router)
api.add_router("/registrations/", registrations.router)
api.add_router("/", providers.router)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return answer_refusal(request, refusal)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return answer_refusal(request, Refusal("login_needed"))


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return answer_refusal(request, Refusal("form_incomplete", field=_field(error.errors)))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == _FORBIDDEN:
        return answer_refusal(request, Refusal("csrf_missing"))
    return answer_refusal(request, Refusal("form_incomplete", field=str(error)[:80]))


def _field(errors: list[dict[str, Any]]) -> str:
    """The place of the first mistake: picture, or path.dossier_id."""
    return ".".join(str(part) for part in errors[0]["loc"]) if errors else ""

"""Addresses under /api/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from kaosheng.domain.errors import Refusal
from kaosheng.web.api import pictures, receipts, registrations, state
from kaosheng.web.errors import answer_refusal

api = NinjaAPI(title="Kaosheng", urls_namespace="api", docs_url=None, openapi_url=None)
api.add_router("", pictures.router)
api.add_router("", state.router)
api.add_router("", registrations.router)
api.add_router("", receipts.router)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return answer_refusal(request, refusal)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    field = ".".join(str(part) for part in error.errors[0]["loc"]) if error.errors else ""
    return answer_refusal(request, Refusal("form_incomplete", field=field))


@api.exception_handler(HttpError)
def _forbidden(request: HttpRequest, _error: HttpError) -> HttpResponse:
    return answer_refusal(request, Refusal("login_needed"))


urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]

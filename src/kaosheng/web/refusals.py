"""Turning a refusal into its answer, wherever a view raises it, and a wrong method into its own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from kaosheng.domain.errors import Refusal
from kaosheng.web.errors import answer_refusal, wrong_method


class RefusalMiddleware:
    """Answers every Refusal a view raises with its status and sentence; nothing half-written stays behind it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; what Django answers without a word gets one."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return wrong_method(request, response.headers["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a Refusal; leave everything else to Django."""
        return answer_refusal(request, exception) if isinstance(exception, Refusal) else None

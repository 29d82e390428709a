"""Turning a refusal into its answer: a page for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from kaosheng.domain.errors import Refusal
from kaosheng.web.ui.errors import error_page
from kaosheng.web.ui.messages import sentence_of, status_of


class RefusalMiddleware:
    """Answers every Refusal a view raises with its status and sentence; nothing half-written stays behind it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a Refusal; leave everything else to Django."""
        if not isinstance(exception, Refusal):
            return None
        status, sentence = status_of(exception), sentence_of(exception)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": exception.code, "message": sentence}, status=status)
        return error_page(request, status, sentence=sentence)

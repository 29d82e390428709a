"""NUL: PostgreSQL keeps no text that holds it, and nobody types it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import UnreadablePostError

from kaosheng.domain.errors import Refusal
from kaosheng.domain.texts import NUL
from kaosheng.web.errors import answer_refusal


class NulMiddleware:
    """Refuses NUL in address, query and form before a view reads them; a cookie that holds it is no cookie of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take such cookies away before the session looks for its own."""
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in value}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Answer 400; bodies were measured by then, and the check of the CSRF token would read the form here too."""
        if NUL in request.path or _holds_nul(request.GET) or _holds_nul(_form(request)):
            return answer_refusal(request, Refusal("nul_in_text"))
        return None


def _form(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except UnreadablePostError:
        return QueryDict()  # whoever sent it has gone


def _holds_nul(fields: QueryDict) -> bool:
    return any(NUL in text for name, values in fields.lists() for text in (name, *values))

"""What browsers and caches may keep of the service: nothing, unless an answer says otherwise itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


class NothingKeptMiddleware:
    """Marks every answer as never to be kept; pictures and pages that ask again and again have words of their own.

    One place for pages, redirects, refusals and errors of candidates, staff and the API: a shared browser shows
    nobody what the one before him saw.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; an answer that has a Cache-Control of its own goes out as it is."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

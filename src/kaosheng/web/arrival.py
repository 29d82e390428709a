"""When a request reached us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

_LONGEST_RECEIPT: Final = 600.0
"""Seconds; a proxy gives up long before."""


class ArrivalMiddleware:
    """Notes the start of the call; behind our own proxy minus the time it took to receive the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the arrival before anything else runs."""
        request.arrived_at = timezone.now() - timedelta(seconds=_received_for(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def arrived_at(request: HttpRequest) -> datetime:
    """When the request reached us; deadlines are asked of this instant."""
    instant: datetime = request.arrived_at  # type: ignore[attr-defined]
    return instant


def _received_for(request: HttpRequest) -> float:
    if not settings.TRUSTED_PROXY:
        return 0.0
    try:
        seconds = float(request.headers.get("X-Request-Time", "0"))
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_RECEIPT)

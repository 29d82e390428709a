"""How much of a request is read: up to 20 MB, so that a picture too large is answered with its own figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kaosheng.domain.errors import Refusal
from kaosheng.pictures.limits import MAX_BYTES
from kaosheng.web.errors import answer_refusal

_DRAINED: Final = 64 * 1024 * 1024
"""Bytes still taken off the line and thrown away: a browser that is cut off while sending shows no answer."""
_PIECE: Final = 64 * 1024
_MEGA: Final = 1024 * 1024
_FOR_PICTURES: Final = ("/upload/", "/pictures/")
"""How the addresses end that take a picture: the candidate's, his phone's, the counter's, the API's."""


class BodyLimitMiddleware:
    """Answers bodies over MAX_BODY_BYTES with 413 before anything parses them, in the words of a too large picture where one was meant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the announced length."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= settings.MAX_BODY_BYTES:
            return self.get_response(request)
        _drain(request, min(length, _DRAINED))
        return answer_refusal(request, _refusal(request.path, length))


def _refusal(path: str, length: int) -> Refusal:
    """Where a picture belongs its own rule is named, as for any other too large one: nothing else there weighs megabytes."""
    if path.endswith(_FOR_PICTURES):
        return Refusal("picture_too_large", bytes=length, limit=MAX_BYTES)
    return Refusal(
        "body_too_large",
        size=_megabytes(length),
        bytes=f"{length:,}",
        limit=_megabytes(settings.MAX_BODY_BYTES),
    )


def _megabytes(size: int) -> str:
    """Write a size in MB, rounded up to a tenth: over the limit must not read as the limit."""
    return f"{-(-size * 10 // _MEGA) / 10:g} MB"


def _drain(request: HttpRequest, count: int) -> None:
    while count > 0 and (piece := request.read(min(_PIECE, count))):
        count -= len(piece)

"""Reading what other systems post."""

from __future__ import annotations

from django.http import HttpRequest

from kaosheng.domain.errors import Refusal


def body_of(request: HttpRequest, *, largest: int) -> bytes:
    """The body, at most `largest` bytes of it. Raises Refusal `message_too_large` (limit)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > largest:
        raise Refusal("message_too_large", limit=largest)
    return request.read(largest)

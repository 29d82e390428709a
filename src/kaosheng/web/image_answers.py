"""Answering with the bytes of a picture: the same headers for candidates and staff (design §4, serving)."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

NEVER_KEPT: Final = "no-store"
KEPT_BRIEFLY: Final = "private, max-age=600"
_EXTENSIONS: Final = {"jpeg": "jpg", "png": "png"}


def image_answer(data: bytes, *, kind: str, name: str, cache: str) -> HttpResponse:
    """Bytes of a picture as a browser may show them and never run them; `kind` is jpeg or png."""
    return HttpResponse(
        data,
        content_type=f"image/{kind}",
        headers={
            "Cache-Control": cache,
            "Content-Disposition": f'inline; filename="{name}.{_EXTENSIONS[kind]}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Vary": "Cookie",
        },
    )

"""Answering with the bytes of a picture: the same headers for candidates and staff."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.catalogue import sample_key
from kaosheng.pictures.sniff import EXTENSIONS, browser_kind
from kaosheng.pictures.store import get_store

NEVER_KEPT: Final = "no-store"
KEPT_BRIEFLY: Final = "private, max-age=600"


def image_answer(data: bytes, *, kind: str, name: str, cache: str) -> HttpResponse:
    """Bytes of a picture as a browser may show them and never run them; `kind` is jpeg or png."""
    return HttpResponse(
        data,
        content_type=f"image/{kind}",
        headers={
            "Cache-Control": cache,
            "Content-Disposition": f'inline; filename="{name}.{EXTENSIONS[kind]}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Vary": "Cookie",
        },
    )


def sample_answer(dossier: Dossier, code: str) -> HttpResponse:
    """The 示例 of a kind in the catalogue the dossier goes by. Raises Refusal `not_found`."""
    data = get_store().read(sample_key(dossier, code))
    return image_answer(data, kind=browser_kind(data), name=f"sample-{code}", cache=KEPT_BRIEFLY)

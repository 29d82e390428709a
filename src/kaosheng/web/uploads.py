"""Reading an uploaded picture out of a request: the same for page, form and API."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from kaosheng.domain.errors import Refusal

FIELD: Final = "picture"
KEY_HEADER: Final = "Idempotency-Key"
_KEY_LENGTH: Final = 80
_POSITION_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """One picture as it came, with the place it is meant for (None: the lowest gap)."""

    data: bytes
    position: int | None
    idempotency_key: str


def read_upload(request: HttpRequest) -> Upload:
    """Take the one file of a multipart request.

    The idempotency key comes by header from scripts, by hidden field from forms. Raises Refusal
    `file_missing`, `too_many_files`, `form_incomplete`.
    """
    files = request.FILES.getlist(FIELD)
    if not files:
        raise Refusal("file_missing")
    if len(files) > 1:
        raise Refusal("too_many_files", count=len(files))
    key = request.headers.get(KEY_HEADER) or str(request.POST.get("idempotency_key") or uuid.uuid4())
    if len(key) > _KEY_LENGTH or "\x00" in key:
        raise Refusal("form_incomplete", field="idempotency_key")
    return Upload(data=files[0].read(), position=_position(request), idempotency_key=key)


def _position(request: HttpRequest) -> int | None:
    given = str(request.POST.get("position") or "")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > _POSITION_DIGITS or int(given) < 1:
        raise Refusal("form_incomplete", field="position")
    return int(given)

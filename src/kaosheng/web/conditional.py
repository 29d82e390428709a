"""Answers to pages that ask again and again: nothing is sent while nothing changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from kaosheng.crypto.digests import digest


def conditional_answer(request: HttpRequest, body: str, *, content_type: str) -> HttpResponse:
    """The body, or 304 when the reader has it; its ETag is a digest of what he sees and tells of nothing else."""
    tag = f'"{digest(body.encode())}"'
    if tag in request.headers.get("If-None-Match", ""):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(body, content_type=content_type)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer

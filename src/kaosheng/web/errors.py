"""Every answer that is an error: a page with the telephone for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse

from kaosheng.domain.errors import Refusal
from kaosheng.web.candidate.frame import set_facts_for_error
from kaosheng.web.ui import errors as pages
from kaosheng.web.ui.messages import sentence_of, status_of

API = "/api/"


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a rule that said no, in the reader's language."""
    status, sentence = status_of(refusal), sentence_of(refusal)
    if request.path.startswith(API):
        return json_error(refusal.code, sentence, status)
    set_facts_for_error(request)
    return pages.error_page(request, status, sentence=sentence)


def json_error(code: str, message: str, status: int) -> JsonResponse:
    """Return the one form of an API's error."""
    return JsonResponse(
        {"code": code, "message": message}, status=status, json_dumps_params={"ensure_ascii": False}
    )


def _answering(code: str, status: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(page)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.path.startswith(API):
            return json_error(code, str(pages.SENTENCES[status]), status)
        set_facts_for_error(request)
        return page(request, *args, **kwargs)

    return answer


bad_request = _answering("bad_request", 400, pages.bad_request)
forbidden = _answering("forbidden", 403, pages.forbidden)
not_found = _answering("not_found", 404, pages.not_found)
server_error = _answering("server_error", 500, pages.server_error)
csrf_failure = _answering("csrf_failed", 403, pages.csrf_failure)

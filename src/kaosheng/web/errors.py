"""Every answer that is an error: a page with the telephone for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from kaosheng.domain.errors import Refusal
from kaosheng.web.candidate.frame import set_facts_for_error
from kaosheng.web.ui import errors as pages
from kaosheng.web.ui.messages import sentence_of, status_of

API = "/api/"

DATABASE_AWAY: Final = (OperationalError, InterfaceError)
"""What the database's absence raises: stopped, starting, out of room or connections, or cut off in mid-statement."""
RETRY_SECONDS: Final = 5
"""When to come again: PostgreSQL needs about that long to start after a crash."""


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a rule that said no, in the reader's language."""
    status, sentence = status_of(refusal), sentence_of(refusal)
    if request.path.startswith(API):
        return json_error(refusal.code, sentence, status)
    set_facts_for_error(request)
    return pages.error_page(request, status, sentence=sentence, code=refusal.code)


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


_malformed = _answering("bad_request", 400, pages.bad_request)
_fault_of_ours = _answering("server_error", 500, pages.server_error)
forbidden = _answering("forbidden", 403, pages.forbidden)
not_found = _answering("not_found", 404, pages.not_found)
_wrong_method = _answering("method_not_allowed", 405, pages.wrong_method)
csrf_failure = _answering("csrf_failed", 403, pages.csrf_failure)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer a request of a kind its address doesn't take; `allowed` are those it does, as Django lists them."""
    response = _wrong_method(request)
    response.headers["Allow"] = allowed
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django found malformed (handler400); a session that couldn't be saved comes here too."""
    return unavailable(request) if _database_was_away(exception) else _malformed(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours; the absence of the database is none (handler500)."""
    if _database_was_away(sys.exception()):
        return unavailable(request)
    try:
        return _fault_of_ours(request)
    except DATABASE_AWAY:
        return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 and when to come again, asking the database nothing."""
    # What fails in the outer middleware comes here after the request's language was left.
    with translation.override(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)):
        response = _no_database() if request.path.startswith(API) else pages.unavailable_page(request)
    if hasattr(request, "session"):
        # What this request changed of the session isn't saved, as after a 500.
        request.session.modified = False
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _no_database() -> HttpResponse:
    return json_error("database_unavailable", str(pages.SENTENCES[503]), 503)


def _database_was_away(error: BaseException | None) -> bool:
    return any(isinstance(one, DATABASE_AWAY) for one in _with_causes(error))


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

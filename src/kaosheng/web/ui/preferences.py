"""The switches every page carries: 长辈版 and language. Plain POST forms; the language one is Django's own view."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kaosheng.web.ui.page import ELDER_COOKIE

YEAR = 365 * 24 * 3600


@require_POST
def display_mode(request: HttpRequest) -> HttpResponse:
    """Keep or drop 长辈版 for this browser and go back to the page the form stood on."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.POST.get("mode") == "elder":
        response.set_cookie(
            ELDER_COOKIE,
            "elder",
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(ELDER_COOKIE)
    return response

"""Addresses of the service."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kaosheng.web.candidate.urls")),
    path("", include("kaosheng.web.ui.urls")),
    path("api/", include("kaosheng.web.api.urls")),
    path("staff/account/", include("allauth.urls")),
    path("staff/", include("kaosheng.web.reviewer.urls")),
    path("office/", include("kaosheng.web.office.urls")),
]

handler400 = "kaosheng.web.errors.bad_request"
handler403 = "kaosheng.web.errors.forbidden"
handler404 = "kaosheng.web.errors.not_found"
handler500 = "kaosheng.web.errors.server_error"

"""Addresses of the service."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kaosheng.web.ui.urls")),
    path("staff/account/", include("allauth.urls")),
]

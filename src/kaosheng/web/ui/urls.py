"""Addresses of the ui itself: the two switches, and the style guide where the settings open it."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from kaosheng.web.ui import preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", set_language, name="set_language"),
    path("display/", preferences.display_mode, name="display_mode"),
]
if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", include("kaosheng.web.ui.styleguide.urls")))

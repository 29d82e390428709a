"""Addresses of the API."""

from __future__ import annotations

from kaosheng.web.api.api import api

urlpatterns = api.urls[0]

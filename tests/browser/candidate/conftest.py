"""A candidate at the pages of a dossier that builders made, on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.guide.test_guide import PHONE
from factories import clients, dossiers

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from kaosheng.casework.models import Dossier


@pytest.fixture
def sees(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open a page below a dossier as its candidate; `script` runs before every page's own."""

    def seen(dossier: Dossier, path: str = "", *, script: str = "") -> Page:
        context = new_context(**PHONE)
        client = clients.of_candidate(dossiers.candidate_of(dossier))
        session = client.cookies["kaosheng_session"].value
        context.add_cookies([{"name": "kaosheng_session", "value": session, "url": live_server.url}])
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.goto(f"{live_server.url}/dossiers/{dossier.pk}/{path}")
        return page

    return seen

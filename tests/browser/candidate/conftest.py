"""A candidate at the pages of a dossier that builders made, on a telephone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.core.signals import request_finished, request_started

from browser.guide.system import PATIENCE_SECONDS
from browser.guide.test_guide import PHONE
from factories import clients, dossiers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from kaosheng.casework.models import Dossier


@pytest.fixture
def _all_answered(live_server: LiveServer) -> Iterator[None]:
    """Wait at the end for what the service still works on: the database is emptied next."""
    count, changed = 0, threading.Condition()

    def came(**_signal: object) -> None:
        nonlocal count
        with changed:
            count += 1

    def went(**_signal: object) -> None:
        nonlocal count
        with changed:
            count -= 1
            changed.notify_all()

    request_started.connect(came)
    request_finished.connect(went)
    yield
    with changed:
        assert changed.wait_for(lambda: count == 0, PATIENCE_SECONDS)
    request_started.disconnect(came)
    request_finished.disconnect(went)


@pytest.fixture
def telephone(
    new_context: Callable[..., BrowserContext], _all_answered: None
) -> Iterator[Callable[[], BrowserContext]]:
    """Hold a telephone; it is put away before the database is emptied."""
    held: list[BrowserContext] = []

    def taken() -> BrowserContext:
        held.append(new_context(**PHONE))
        return held[-1]

    yield taken
    for context in held:
        context.close()


@pytest.fixture
def sees(live_server: LiveServer, telephone: Callable[[], BrowserContext]) -> Callable[..., Page]:
    """Open a page below a dossier as its candidate; `script` runs before every page's own."""

    def seen(dossier: Dossier, path: str = "", *, script: str = "") -> Page:
        context = telephone()
        client = clients.of_candidate(dossiers.candidate_of(dossier))
        session = client.cookies["kaosheng_session"].value
        context.add_cookies([{"name": "kaosheng_session", "value": session, "url": live_server.url}])
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.goto(f"{live_server.url}/dossiers/{dossier.pk}/{path}")
        return page

    return seen

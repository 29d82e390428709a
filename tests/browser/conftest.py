"""Every browser test fails on a console error, a broken script or a violation of the content policy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from browser.guide.system import PATIENCE_SECONDS, System, shared_system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError


PATIENCE: Final = PATIENCE_SECONDS * 1000
"""Milliseconds until something counts as not coming: a busy machine's moments; what holds is seen at once."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run the whole system on free ports with a small seed, one for all workers of a test run."""
    base = tmp_path_factory.getbasetemp()
    yield from shared_system(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained about. A test that provokes a complaint removes it from the list."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], complaints: list[str]
) -> Callable[..., BrowserContext]:
    """Make contexts that report every complaint of every page of theirs."""

    def heard(message: ConsoleMessage) -> None:
        # Of a lost request htmx knows less than `lost` below: neither the address nor that its page was left.
        if message.type == "error" and not message.text.startswith(("htmx:sendError", "htmx:afterRequest")):
            complaints.append(f"console: {message.text}")

    def broke(error: WebError) -> None:
        complaints.append(f"script: {error.error}")

    def lost(request: Request) -> None:
        # A page left while something loads aborts it; that is no fault.
        if request.failure and "ERR_ABORTED" not in request.failure:
            complaints.append(f"request: {request.url} {request.failure}")

    def listening_context(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.on("console", heard)
        context.on("weberror", broke)
        context.on("requestfailed", lost)
        return context

    return listening_context

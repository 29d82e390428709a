"""The page of all components loads without a complaint of the browser, at both sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_the_styleguide_loads_cleanly(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], width: int, height: int
) -> None:
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{live_server.url}/styleguide/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_violation_of_the_content_policy_is_a_complaint(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = new_context().new_page()
    page.goto(f"{live_server.url}/styleguide/")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    assert [text for text in complaints if "Content Security Policy" in text]
    complaints.clear()

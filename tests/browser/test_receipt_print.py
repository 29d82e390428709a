"""The receipt on paper: one A4 for every usual list, with every picture, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from factories import clients, dossiers, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THIRTY = 30
"""More than any list the demo's catalogue asks for (tests/demo_data/test_catalogue.py)."""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_thirty_pictures_print_on_one_page(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], language: str
) -> None:
    dossier = dossiers.fill(dossiers.register(world()))
    while dossier.pictures.count() < THIRTY:
        dossiers.upload(dossier, "M99")
    dossiers.submit(dossier)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    context = new_context()
    for name, value in (
        ("kaosheng_session", client.cookies["kaosheng_session"].value),
        ("kaosheng_language", language),
    ):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/dossiers/{dossier.pk}/submissions/1/")
    page.emulate_media(media="print")
    shown = page.locator(".proofs img").evaluate_all(
        "all => all.filter(one => one.complete && one.naturalWidth && one.getBoundingClientRect().height > 20).length"
    )
    assert shown == THIRTY
    assert page.locator(".seal .qr").evaluate("code => code.getBoundingClientRect().width") > 80
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1

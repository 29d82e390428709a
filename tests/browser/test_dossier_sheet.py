"""材料单: the dossier on screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from factories import clients, dossiers, people, world
from kaosheng.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_seen_and_printed(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> None:
    here = world()
    cast = people.cast(here)
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client = clients.of_staff(cast.feng)
    context = new_context()
    session = client.cookies["kaosheng_session"].value
    context.add_cookies([{"name": "kaosheng_session", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/office/export/dossiers/{dossier.pk}/")
    page.get_by_label("理由").fill("留档")
    page.get_by_role("button", name="导出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("报名材料单")
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        expect(page.locator(".facts")).to_contain_text(dossier.registration.id_number)
        expect(page.locator(".paper__pictures img").first).to_be_visible()

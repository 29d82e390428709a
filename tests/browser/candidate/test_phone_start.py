"""The first page of a telephone that scanned a code, while its script is still on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.held import Held
from factories import dossiers, world
from kaosheng.casework.services import handing_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_was_scanned_is_there_after_a_press_that_came_too_early(
    live_server: LiveServer, telephone: Callable[[], BrowserContext], complaints: list[str]
) -> None:
    dossier = dossiers.register(world())
    opened = handing_over.open_handover(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M03")
    page = telephone().new_page()
    script = Held(page, "**/candidate-*.js", method="GET")
    page.goto(f"{live_server.url}/phone/#{handing_over.secret_of(opened)}", wait_until="commit")
    script.come()
    begin = page.get_by_role("button", name="开始上传")
    begin.tap()
    expect(page.get_by_label("电脑上显示的 8 位数字")).to_be_hidden()
    expect(page.locator(".errors")).to_be_hidden()
    assert page.url == f"{live_server.url}/phone/"
    begin.tap()
    expect(page.get_by_role("heading", name="上传毕业证书")).to_be_visible()
    assert all("422" in text for text in complaints)
    complaints.clear()

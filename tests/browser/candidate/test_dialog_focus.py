"""Where the focus is once a dialog has closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.held import Held
from browser.uploading.steps import card, file, send
from factories import dossiers, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_at_the_card_that_was_changed_under_the_dialog(sees: Callable[..., Page]) -> None:
    page = sees(dossiers.register(world()))
    upload = Held(page, "**/upload/**")
    send(page, file(1))
    sent = upload.come()
    card(page).locator(".slot__add").tap()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    sent.continue_()
    expect(card(page).locator(".slot img")).to_have_count(1)
    dialog.get_by_role("button", name="关闭").tap()
    expect(card(page).locator("[data-card-focus]")).to_be_focused()

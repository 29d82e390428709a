"""Which place a picture goes to while others are on their way: the one that was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import Page, expect

from browser.held import Held
from browser.uploading.steps import card, empty, file, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.guide.system import System

pytestmark = pytest.mark.browser

WHO: Final = "two_sided"
TWO_SIDES: Final = "M01"
"""身份证明: 人像面 and 国徽面."""
UPLOADS: Final = "**/kinds/M01/upload/**"
REFUSED: Final[dict[str, Any]] = {"status": 422, "headers": {"X-Refusal": "no"}}


def taken(system: System) -> list[int]:
    """The places of 身份证明 that hold a picture."""
    statement = "SELECT position FROM casework_picture WHERE dossier_id = %s AND kind = %s ORDER BY position"
    return [position for (position,) in system.execute(statement, system.people[WHO]["dossier"], TWO_SIDES)]


def test_a_picture_goes_to_the_place_that_was_pressed_though_another_waits(
    phone: Callable[..., Page], system: System, complaints: list[str]
) -> None:
    page = phone(WHO)
    for way in ("taken back", "refused"):
        page.reload()
        empty(page, TWO_SIDES)
        upload = Held(page, UPLOADS)
        send(page, file(31), kind=TWO_SIDES, place=0)
        send(page, file(32), kind=TWO_SIDES, place=1)
        rows = card(page, TWO_SIDES).locator(".sending")
        expect(rows).to_have_count(2)
        sent = upload.come()
        if way == "refused":
            sent.fulfill(**REFUSED)
            expect(rows).to_have_count(1)
            expect(rows).to_have_class("sending is-refused")
        rows.first.get_by_role("button", name="取消上传").tap()
        expect(rows).to_have_count(0)
        assert taken(system) == [2], way
        page.unroute_all()
    assert all("422" in text for text in complaints)
    complaints.clear()


def test_of_several_pictures_none_moves_to_the_place_of_one_that_was_refused(
    phone: Callable[..., Page], system: System, complaints: list[str]
) -> None:
    page = phone(WHO)
    empty(page, TWO_SIDES)
    upload = Held(page, UPLOADS)
    send(page, file(33), file(34), kind=TWO_SIDES, place=0)
    rows = card(page, TWO_SIDES).locator(".sending")
    expect(rows).to_have_count(2)
    upload.come().fulfill(**REFUSED)
    expect(rows).to_have_count(1)
    assert taken(system) == [2]
    assert all("422" in text for text in complaints)
    complaints.clear()


def test_the_second_for_one_place_takes_the_next(phone: Callable[..., Page], system: System) -> None:
    page = phone(WHO)
    empty(page, TWO_SIDES)
    upload = Held(page, UPLOADS)
    send(page, file(35), kind=TWO_SIDES, place=1)
    send(page, file(36), kind=TWO_SIDES, place=1)
    rows = card(page, TWO_SIDES).locator(".sending")
    expect(rows).to_have_count(2)
    upload.come().continue_()
    expect(rows).to_have_count(0)
    assert taken(system) == [1, 2]


def test_a_card_that_was_read_before_the_last_picture_was_in_is_read_again(
    phone: Callable[..., Page], system: System
) -> None:
    page = phone(WHO)
    empty(page, TWO_SIDES)
    first = Held(page, UPLOADS)
    send(page, file(37), kind=TWO_SIDES, place=0)
    send(page, file(38), kind=TWO_SIDES, place=1)
    first.come()
    second, reading = Held(page, UPLOADS), Held(page, "**/dossiers/*/", method="GET")
    card(page, TWO_SIDES).locator(".sending").first.get_by_role("button", name="取消上传").tap()
    early = reading.come().fetch()
    second.come().continue_()
    picture = card(page, TWO_SIDES).locator(".slot img")
    expect(picture).to_have_count(1)
    with page.expect_request("**/dossiers/*/"):
        reading.come().fulfill(response=early)
    expect(picture).to_have_count(1)
    assert taken(system) == [2]

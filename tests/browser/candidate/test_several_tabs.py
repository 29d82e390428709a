"""Pictures that wait in a browser with a second tab, another person, or nobody who is logged in any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from browser.guide.system import moments
from browser.held import Held
from browser.uploading.steps import KIND, card, file, kept, send
from factories import dossiers, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UPLOADS: Final = "**/upload/**"
DONE: Final = "kaosheng-uploads-done"
KEEP: Final = """entries => new Promise((resolve) => {
    indexedDB.open("kaosheng-uploads").onsuccess = ({ target: { result: database } }) => {
        const transaction = database.transaction("entries", "readwrite");
        const common = { action: "", card: "", label: "", type: "", data: new ArrayBuffer(1), digest: "" };
        entries.forEach((entry, age) => transaction.objectStore("entries").put({ ...common, addedAt: Date.now() + age, ...entry }));
        transaction.oncomplete = () => { database.close(); resolve(); };
    };
})"""
KEYS: Final = """() => new Promise((resolve) => {
    indexedDB.open("kaosheng-uploads").onsuccess = ({ target: { result: database } }) => {
        database.transaction("entries").objectStore("entries").getAllKeys().onsuccess = ({ target }) => {
            database.close();
            resolve(target.result);
        };
    };
})"""


def test_what_one_tab_took_back_the_other_does_not_send(sees: Callable[..., Page]) -> None:
    dossier = dossiers.register(world())
    first = sees(dossier)
    held = Held(first, UPLOADS)
    send(first, file(1), file(2))
    expect(card(first).locator(".sending")).to_have_count(2)
    held.come()

    second = first.context.new_page()
    also_held = Held(second, UPLOADS)
    second.goto(first.url)
    expect(second.locator(".sending")).to_have_count(2)
    sent = also_held.come()
    card(first).locator(".sending").last.get_by_role("button", name="取消上传").tap()
    expect(card(first).locator(".sending")).to_have_count(1)
    sent.continue_()
    expect(second.locator(".sending")).to_have_count(0)
    expect(card(second).locator(".slot img")).to_have_count(1)
    assert dossier.pictures.filter(kind=KIND).count() == 1


def test_a_telephones_pictures_are_left_to_the_telephones_page(sees: Callable[..., Page]) -> None:
    """The next code sends them; a candidate who logs in on the same telephone in between doesn't end that."""
    page = sees(dossiers.register(world()))
    page.wait_for_load_state("networkidle")
    telephones = {"key": "telephone's", "owner": "", "scope": "a code"}
    another = {"key": "another person's", "owner": "somebody", "scope": "a dossier"}
    page.evaluate(KEEP, [telephones, another])
    page.reload()
    for _ in moments():
        if (left := page.evaluate(KEYS)) != [another["key"], telephones["key"]]:
            break
    assert left == [telephones["key"]]


def test_logging_out_leaves_no_picture_where_the_browser_clears_nothing_itself(
    sees: Callable[..., Page],
) -> None:
    page = sees(dossiers.register(world()))
    held = Held(page, UPLOADS)
    send(page, file(3))
    held.come()
    assert kept(page) == 1
    page.evaluate("done => localStorage.setItem(done, JSON.stringify(['x']))", DONE)
    page.route("**/logout/", lambda route: route.fulfill(body="out"))
    page.on("dialog", lambda question: question.accept())
    page.get_by_role("button", name="退出", exact=True).tap()
    page.wait_for_url("**/logout/")
    assert kept(page) == 0
    assert page.evaluate("done => localStorage.getItem(done)", DONE) == "[]"


def test_who_stays_after_all_keeps_the_picture_in_the_page(sees: Callable[..., Page]) -> None:
    page = sees(dossiers.register(world()))
    held = Held(page, UPLOADS)
    send(page, file(4))
    sent = held.come()
    page.on("dialog", lambda question: question.dismiss())
    with page.expect_event("dialog"):
        page.get_by_role("button", name="退出", exact=True).tap()
    expect(card(page).locator("[data-only-here]")).to_have_count(1)
    sent.continue_()
    expect(card(page).locator(".slot img")).to_have_count(1)

"""The candidate's part of the guide with scripts switched off: plain links and plain forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, expect

from browser.guide.desks import REMARK, returns_one_place
from browser.guide.test_guide import DESKTOP, LIMIT, PHONE, RETURNED
from browser.guide.walking import Album, Candidate, Staff
from kaosheng.domain.places import Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser


def test_upload_delete_submit_replace_and_resubmit_without_scripts(
    system: System,
    new_context: Callable[..., BrowserContext],
    album: Callable[[str], Album],
    complaints: list[str],
) -> None:
    pictures = album("plain")
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    candidate = Candidate(page, system, pictures, touch=True, person=system.people["plain"])
    candidate.log_in()
    candidate.press(page.get_by_role("link", name="上传相关材料"))
    candidate.press(page.get_by_role("button", name="同意授权"))
    page.wait_for_url(f"{system.service}/dossiers/**")
    candidate.dossier_url = page.url

    front, *others = candidate.slots()
    right = candidate.picture(front)
    send(candidate, front, {**right, "buffer": right["buffer"] + bytes(LIMIT)})
    expect(page.locator("[data-refusal]")).to_contain_text("200 KB")
    candidate.keep("too-large")
    forgive_switched_off_scripts(complaints)
    assert complaints
    assert all("413" in text for text in complaints)
    complaints.clear()
    for slot in (front, *others):
        candidate.see()
        send(candidate, slot, candidate.picture(slot))
        expect(page.get_by_text("上传成功")).to_be_visible()
        expect(candidate.slot(slot).locator("img")).to_be_visible()
    candidate.press(candidate.slot(front).locator(".slot__remove"))
    expect(page.get_by_role("heading", name="删除这张图片？")).to_be_visible()
    candidate.keep("delete")
    candidate.press(page.get_by_role("button", name="删除", exact=True))
    expect(page.get_by_text("图片已删除")).to_be_visible()
    send(candidate, front, candidate.picture(front, seed=1))
    first = candidate.submit("first")

    reviewer = Staff(new_context(**DESKTOP).new_page(), system, pictures)
    reviewer.log_in("site-reviewer-2")
    returns_one_place(reviewer, candidate.registration["number"])

    candidate.see()
    expect(page.locator("#status-panel")).to_contain_text(REMARK)
    candidate.press(candidate.slot(RETURNED).locator(".slot__remove"))
    candidate.press(page.get_by_role("button", name="删除", exact=True))
    send(candidate, RETURNED, candidate.picture(RETURNED, seed=2))
    expect(page.locator("#primary-action a")).to_have_text("重新提交")
    assert candidate.submit("second") != first
    forgive_switched_off_scripts(complaints)


def forgive_switched_off_scripts(complaints: list[str]) -> None:
    """Chromium reports every script it may not run as a request that failed."""
    complaints[:] = [text for text in complaints if not text.endswith(".js csp")]


def send(candidate: Candidate, slot: Slot, picture: FilePayload) -> None:
    """Follow 上传 to its page and send the form."""
    page = candidate.page
    candidate.press(candidate.slot(slot).locator(".slot__add"))
    expect(page).to_have_url(re.compile(f"/kinds/{slot.kind}/upload/"))
    page.locator("#upload-file").set_input_files(picture)
    candidate.press(page.get_by_role("button", name="提交", exact=True))

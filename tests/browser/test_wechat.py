"""Binding one's WeChat on the running system: both sides speak the official account's protocol, through a real QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from browser.guide.cast import CASES
from browser.guide.walking import STAFF_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

PHONE: Final = {"width": 390, "height": 844}
PATIENCE: Final = 30_000
"""Milliseconds until an event has come through the outbox of the other side."""


def test_a_candidate_binds_by_scanning_and_unfollowing_ends_it(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    person = system.people["at_area"]
    context = new_context(viewport=PHONE)
    context.add_cookies(
        [{"name": "kaosheng_session", "value": str(person["session"]), "url": system.service}]
    )
    page = context.new_page()
    page.goto(f"{system.service}/dossiers/{person['dossier']}/data/")
    page.get_by_role("link", name="绑定微信").click()
    page.get_by_role("button", name="生成二维码").click()
    code = page.get_by_role("img", name="官方公众号的二维码，用微信扫描后绑定")
    expect(code).to_have_js_property("complete", value=True)
    assert code.evaluate("image => image.naturalWidth") > 0
    with context.expect_page() as opened:
        page.get_by_role("link", name="用“我的手机”扫描这个二维码").click()
    phone = opened.value
    phone.locator("input[name=username]").fill(CASES["at_area"]["username"])
    phone.locator("input[name=password]").fill(STAFF_PASSWORD)
    phone.locator("input[name=password]").press("Enter")
    phone.get_by_role("button", name="关注公众号").click()
    expect(phone.get_by_text("微信已关注国家医学考试中心公众号")).to_be_visible()
    expect(page.get_by_role("heading", name="已绑定微信")).to_be_visible(timeout=PATIENCE)
    ((sealed,),) = system.execute("SELECT openid FROM notices_wechatbinding")
    assert str(sealed).startswith("aesgcm:")

    phone.get_by_role("button", name="取消关注").click()
    for _ in range(PATIENCE // 1000):
        page.reload()
        if page.get_by_role("heading", name="还没有绑定微信").is_visible():
            break
        page.wait_for_timeout(1000)
    assert system.execute("SELECT openid FROM notices_wechatbinding") == []

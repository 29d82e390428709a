"""Staff with a second factor: set up once, asked at the next log-in, and a wrong code is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.axe import complaints_of
from browser.guide.walking import STAFF_PASSWORD, Album, Staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

USERNAME = "tangshan-manager"
STEP_SECONDS = 30


def test_a_second_factor_is_set_up_and_then_asked_for(
    system: System,
    new_context: Callable[..., BrowserContext],
    album: Callable[[str], Album],
    complaints: list[str],
) -> None:
    person = Staff(new_context(viewport={"width": 1440, "height": 900}).new_page(), system, album("factor"))
    page = person.page
    person.log_in(USERNAME)
    page.goto(f"{system.service}/staff/account/2fa/totp/activate/")
    secret = page.locator(".code").inner_text().strip()
    person.keep("set-up")
    assert complaints_of(page) == ""
    page.get_by_label("验证码").fill(code(secret, ahead=0))
    person.press(person.button("启用"))
    expect(page.locator("main")).to_contain_text(re.compile("恢复码"))
    person.keep("recovery-codes")
    assert complaints_of(page) == ""
    page.goto(f"{system.service}/staff/")
    person.press(person.button("退出"))

    page.get_by_label("用户名").fill(USERNAME)
    page.get_by_label("密码").fill(STAFF_PASSWORD)
    person.press(person.button("登录"))
    expect(page.get_by_role("heading", name="第二因素验证")).to_be_visible()
    page.get_by_label("验证码").fill("000000")
    person.press(person.button("登录"))
    expect(page.get_by_role("alert").first).to_contain_text("验证码")
    person.keep("asked")
    assert complaints_of(page) == ""
    page.get_by_label("验证码").fill(code(secret, ahead=1))
    person.press(person.button("登录"))
    page.wait_for_url(f"{system.service}/office/**")


def code(secret: str, *, ahead: int) -> str:
    """The code of RFC 6238 an authenticator shows so many steps from now; each code is taken once."""
    counter = int(time.time()) // STEP_SECONDS + ahead
    mac = hmac.new(
        base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", counter), hashlib.sha1
    )
    digest = mac.digest()
    start = digest[-1] & 15
    number: int = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"

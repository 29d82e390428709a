"""Every page in a real Chromium, on a phone and on a desktop: nothing blocked by the policy, nothing axe finds, no sideways scroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django import Settings

from registration_demo.models import PhoneMessage, Registration

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live_people")]
CALLBACK = "http://service.test/oidc/callback/"


class Walker:
    """A page that complains about everything a visitor would see go wrong."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        """Go to a page and look at it."""
        self.page.goto(self.base + path)
        self.look()

    def look(self) -> None:
        """Check the page that is open."""
        self.page.wait_for_load_state()
        assert self.complaints == []
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url
        found = Axe().run(self.page).response["violations"]
        assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == [], self.page.url

    def _listen(self, message: ConsoleMessage) -> None:
        # Chromium reports the status of a refused form as an error; the test looks at that page on purpose.
        if message.type == "error" and "422" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture(params=[(390, 844), (1440, 900)], ids=["phone", "desktop"])
def walker(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any, settings: Settings
) -> Iterator[Walker]:
    settings.ISSUER = live_server.url
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", bypass_csp=False
    )
    yield Walker(context.new_page(), live_server.url)
    context.close()


def log_in(walker: Walker) -> None:
    walker.page.get_by_label("用户名").fill("anning")
    walker.page.get_by_label("密码").fill("sample-1")
    walker.page.get_by_role("button", name="登录").click()


def test_the_pages_of_a_candidate(walker: Walker) -> None:
    Registration.objects.filter(number="1327000001").update(
        status="passed", status_serial=1, status_text_zh="已提交，审核中", status_received_at=timezone.now()
    )
    for channel in PhoneMessage.Channel.values:
        PhoneMessage.objects.create(
            id=channel,
            channel=channel,
            phone="19900000001",
            sent_at=timezone.now(),
            text="【样本】您的报名材料需补充：试用期考核证明等2项，请登录考生服务系统。",
        )
    walker.open("/")
    log_in(walker)
    expect(walker.page.get_by_text("已提交，审核中")).to_be_visible()
    walker.look()
    walker.page.get_by_role("link", name="修改报名信息").click()
    walker.look()
    walker.page.get_by_label("手机号码").fill("123")
    walker.page.get_by_role("button", name="保存").click()
    expect(walker.page.get_by_role("alert")).to_be_visible()
    walker.look()
    for path in ("/registrations/1327000001/cancel/", "/phone/", "/oidc/logout"):
        walker.open(path)
    walker.page.get_by_role("button", name="退出").last.click()
    walker.look()


def test_the_consent_page_leads_back_to_the_service(walker: Walker) -> None:
    # Chromium applies form-action to the redirect after the form: a policy without the service would stop it here.
    walker.page.route(
        "http://service.test/**",
        lambda route: route.fulfill(body="<title>service</title>", content_type="text/html"),
    )
    query = {
        "response_type": "code",
        "client_id": "kaosheng-test",
        "redirect_uri": CALLBACK,
        "scope": "openid profile registrations",
        "state": "s",
        "nonce": "n",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    walker.open(f"/oidc/authorize?{urlencode(query)}")
    log_in(walker)
    walker.look()
    walker.page.get_by_role("button", name="同意授权").click()
    walker.page.wait_for_url(f"{CALLBACK}?**")
    assert "code=" in walker.page.url
    assert walker.complaints == []

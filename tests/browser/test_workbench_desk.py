"""One dossier at the workbench: what is asked for can be taken back, what is refused isn't lost, keys do what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.desk import PANEL, logged_in, open_dossier
from browser.guide.cast import DESK_REVIEWER, KEYLESS_REVIEWER
from browser.guide.system import moments
from browser.guide.walking import WAITING, unhurried
from browser.held import Held

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

STRIP = ".sending:not([hidden])"


def test_asking_for_more_of_a_kind_can_be_taken_back(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_lacking")
    shown = page.locator('.panel[data-kind="M10"]').get_attribute("data-place")
    certificate = page.locator(f'.kind__picture[data-place="{shown}"]')
    certificate.click()
    waiting = page.locator(WAITING).count()
    place = page.locator(f"{PANEL} h2").first.inner_text()
    page.keyboard.press("1")
    expect(page.locator(".kind__picture--replace")).to_have_count(1)
    certificate.click()
    page.keyboard.press("Shift+X")
    page.keyboard.type("请补充第二页。")
    page.keyboard.press("Control+Enter")
    lacking = page.locator(f"{PANEL} .marked--missing")
    expect(lacking).to_contain_text("请补充第二页。")
    # The picture's own mark is another matter, and it is still the one that is shown.
    expect(page.locator(f"{PANEL} h2").first).to_have_text(place)
    expect(page.locator(".kind__picture--replace")).to_have_count(1)
    page.keyboard.press("u")
    expect(lacking).to_have_count(0)
    expect(page.locator(".kind__picture--replace")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator(WAITING)).to_have_count(waiting)


def test_a_refused_remark_is_there_again_with_the_reason(
    system: System, new_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_refused")
    waiting = page.locator(WAITING).count()
    page.keyboard.press("a")
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    place = page.locator(f"{PANEL} h2").first.inner_text()
    page.keyboard.press("m")
    for key in ("ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.keyboard.press("x")
    page.keyboard.type("请联系白云飞。")
    page.keyboard.press("Control+Enter")
    refused = page.locator(f"{PANEL} [data-refused]:visible")
    expect(refused).to_contain_text("白云飞")
    expect(page.locator(f"{PANEL} h2").first).to_have_text(place)
    words = page.locator(f'{PANEL} .asking textarea[name="text"]')
    expect(words).to_have_value("请联系白云飞。")
    expect(words).to_be_focused()
    expect(page.locator(f'{PANEL} input[name="top"]')).to_have_value("38")
    expect(page.locator(".stage__box:visible")).to_have_count(1)
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    # Mended, it is sent; what was marked before can still be taken back.
    words.fill("请重新拍摄。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".kind__picture--replace")).to_have_count(1)
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(page.locator(WAITING)).to_have_count(waiting)
    complaints[:] = [one for one in complaints if "422" not in one]


def test_enter_in_a_field_sends_the_own_words_and_no_reason(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_enter")
    waiting = page.locator(WAITING).count()
    panel = page.locator(PANEL)
    words = panel.locator('.asking textarea[name="text"]')
    page.keyboard.press("x")
    expect(words).to_be_focused()
    for field in ('[name="manner"]:checked', '[name="only_this"]', '[name="left"]'):
        panel.locator(field).press("Enter")
        expect(words).to_be_focused()  # nothing was chosen, nothing written: that is asked for first
    expect(page.locator(WAITING)).to_have_count(waiting)
    words.fill("请重新拍摄。")
    panel.locator('[name="height"]').press("Enter")
    marked = page.locator(".kind__picture--replace")
    expect(marked).to_have_count(1)
    marked.click()
    expect(panel.locator(".marked--replace p").first).to_have_text("请重新拍摄。")


def test_every_key_leads_somewhere(system: System, new_context: Callable[..., BrowserContext]) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_contain_text("姓名、报名号或证件号后四位")
    open_dossier(system, page, "desk_keys")
    page.keyboard.press("k")
    expect(page.locator(".unneeded[open] a").first).to_be_focused()
    wanted = page.locator(".unneeded a").first.get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")
    expect(page.locator(PANEL)).to_have_attribute("data-kind", wanted.rpartition("=")[2])
    page.keyboard.press("x")
    expect(page.locator(f'{PANEL} textarea[name="text"]')).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+A")
    expect(page.locator(WAITING)).to_have_count(0)
    page.keyboard.press("d")
    expect(page.get_by_role("dialog")).to_contain_text("建议不通过")


def test_keys_switched_off_are_off_while_a_mark_is_under_way(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, KEYLESS_REVIEWER)
    page.get_by_role("button", name=re.compile("^快捷键")).click()
    page.get_by_role("button", name="关闭快捷键").click()
    page.wait_for_load_state()
    open_dossier(system, page, "keyless")
    marks = Held(page, "**/accept-rest/")
    page.get_by_role("button", name=re.compile("^其余全部合格")).click()
    expect(page.locator(WAITING)).to_have_count(0)
    page.locator(".stage-now .stage").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    marks.come().continue_()
    expect(page.get_by_role("link", name=re.compile("^建议通过"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^其余全部合格"))).to_have_count(0)
    expect(page.locator(STRIP)).to_have_count(0)


COMPOSE = """how => ["ArrowUp", "Enter", "Escape", "a", "1"].map((key) => {
  const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how });
  (document.activeElement ?? document.body).dispatchEvent(press);
  return press.defaultPrevented;
})"""
"""Keys of an input method that chooses characters: browsers say so in one of two ways."""


def test_a_spot_leaves_fields_and_composing_keys_alone(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_spot")
    waiting = page.locator(WAITING).count()
    spot, layer = page.locator(".stage__box:visible"), page.locator(".spot-layer")
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    drawn = spot.get_attribute("data-box")
    for how in ({"isComposing": True}, {"keyCode": 229}):
        assert page.evaluate(COMPOSE, how) == [False] * 5
    expect(layer).to_have_count(1)
    expect(spot).to_have_attribute("data-box", drawn or "")
    page.keyboard.press("x")
    words = page.locator(f'{PANEL} .asking textarea[name="text"]')
    expect(words).to_be_focused()
    for key in ("b", "Enter", "c", "ArrowLeft", "d"):
        page.keyboard.press(key)
    for how in ({"isComposing": True}, {"keyCode": 229}):
        assert page.evaluate(COMPOSE, how) == [False] * 5
    expect(words).to_have_value("b\ndc")
    page.keyboard.press("Escape")
    expect(words).not_to_be_focused()
    expect(layer).to_have_count(1)
    expect(spot).to_have_attribute("data-box", drawn or "")
    page.keyboard.press("Enter")
    expect(layer).to_have_count(0)
    expect(page.locator(f'{PANEL} input[name="top"]')).to_have_value("38")
    expect(page.locator(WAITING)).to_have_count(waiting)


HOLD_MARKS = """() => {
  const send = window.fetch;
  window.fetch = (address, how) => String(address).endsWith("/mark/") ? new Promise(() => undefined) : send(address, how);
}"""


def test_an_act_of_a_page_that_was_left_arrives_or_is_told(
    system: System, new_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_left")
    address = f"{system.service}/staff/dossiers/{system.people['desk_left']['dossier']}/"
    name = page.locator(".workbench__who h1").inner_text().split()[0]
    forward = page.get_by_role("link", name=re.compile("^建议通过"))
    trouble = page.locator("#trouble")
    page.keyboard.press("Shift+A")
    unhurried(page)
    forward.click()
    expect(page.locator(STRIP)).to_be_visible()
    # Meanwhile another tab gives the dossier back: the act is refused when nobody is there to read it.
    token = page.locator('[name="csrfmiddlewaretoken"]').first.input_value()
    given_back = page.request.post(f"{address}give-back/", form={"csrfmiddlewaretoken": token})
    assert given_back.ok
    page.unroute_all()  # or the request that leaves with the page would be lost on its way through the test
    page.goto(f"{system.service}/staff/queue/")
    expect(trouble).to_contain_text(re.compile(f"{name}（\\d+）的“建议通过”没有发出"))
    page.reload()
    page.get_by_role("searchbox").wait_for()
    expect(trouble).to_be_hidden()

    # A mark is still under way when the page is left: the act that waits for it goes along.
    open_dossier(system, page, "desk_left")
    page.evaluate(HOLD_MARKS)
    page.keyboard.press("a")
    forward.click()
    page.get_by_role("button", name=re.compile("^立即发出")).click()
    page.unroute_all()
    page.goto(f"{system.service}/staff/queue/")
    for _ in moments():
        page.goto(address)
        if page.locator(".workbench__who .chip").first.inner_text() == "已上报考区":
            break
    expect(page.locator(".workbench__who .chip").first).to_have_text("已上报考区")
    expect(trouble).to_be_hidden()
    complaints[:] = [one for one in complaints if "409" not in one]


def test_an_answer_leaves_open_what_the_reviewer_opened(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_folds")
    marks = Held(page, "**/accept-rest/")
    page.keyboard.press("Shift+A")
    words = page.locator(f"{PANEL} summary").first
    words.click()
    marks.come().continue_()
    expect(page.get_by_role("button", name=re.compile("^其余全部合格"))).to_have_count(
        0
    )  # the answer is there
    expect(page.locator(f"{PANEL} textarea").first).to_be_visible()
    expect(words).to_be_focused()
    page.locator(f"{PANEL} textarea").first.fill("请重拍。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".kind__picture--replace")).to_have_count(1)


def test_the_lease_goes_on_behind_another_window(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    page.clock.install()
    open_dossier(system, page, "desk_hidden")
    page.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })")
    with page.expect_response(re.compile("/renew/")) as renewed:
        page.clock.run_for("04:01")
    assert renewed.value.status == 204


BESIDE_EACH_OTHER = """() => {
  const [left, right] = [".stage-before img", ".stage-now img"].map((one) => document.querySelector(one).getBoundingClientRect());
  return left.right <= right.left;
}"""


def test_old_and_new_stand_beside_each_other(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    page = logged_in(system, new_context, DESK_REVIEWER)
    open_dossier(system, page, "desk_answered")
    expect(page.locator(".kind__picture--new")).to_have_count(1)
    page.locator(".kind__picture--new").click()
    expect(page.get_by_role("button", name=re.compile("^对比上次"))).to_be_visible()
    page.keyboard.press("c")
    old, new = page.locator(".stage-before img"), page.locator(".stage-now img")
    expect(old).to_be_visible()
    for picture in (old, new):
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    page.wait_for_function(BESIDE_EACH_OTHER)  # the viewer fits them anew in the next frame
    assert old.get_attribute("src") != new.get_attribute("src")
    page.keyboard.press("c")
    expect(old).to_be_hidden()

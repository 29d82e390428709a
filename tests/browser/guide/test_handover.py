"""手机扫码上传: a computer and a telephone side by side, and a telephone without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from browser.guide.system import moments
from browser.guide.test_guide import DESKTOP, PHONE
from browser.guide.test_plain_forms import forgive_switched_off_scripts
from browser.guide.walking import Album, Candidate
from browser.uploading.steps import UNDER_WAY, file, kept, slow
from kaosheng.domain.places import Slot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Route

    from browser.guide.system import System

pytestmark = pytest.mark.browser

FRONT, BACK = Slot("M01", 1), Slot("M01", 2)


Sits = Callable[[str], Candidate]


@pytest.fixture
def sits_at_computer(
    system: System, new_context: Callable[..., BrowserContext], album: Callable[[str], Album]
) -> Sits:
    """Sit down at the upload page on a computer."""

    def sits(name: str) -> Candidate:
        person = system.people[name]
        context = new_context(**DESKTOP)
        context.add_cookies([{"name": "kaosheng_session", "value": person["session"], "url": system.service}])
        url = f"{system.service}/dossiers/{person['dossier']}/"
        candidate = Candidate(context.new_page(), system, album(name), person=person, dossier_url=url)
        candidate.see()
        return candidate

    return sits


def at_phone(
    system: System, context: BrowserContext, candidate: Candidate, *, speaking: str = "zh-hans"
) -> Candidate:
    """Hold a telephone that has never seen the system."""
    context.add_cookies([{"name": "kaosheng_language", "value": speaking, "url": system.service}])
    return Candidate(context.new_page(), system, candidate.album, touch=True, person=candidate.person)


def scanned(code: Locator) -> str:
    """Point a camera at a QR code until it is read, as a telephone does: it may not be drawn yet."""
    for _ in moments():
        picture = seen(code)
        if picture is None:
            continue
        # Its older detector never reads one code in two hundred.
        read, _points, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(picture)
        if read:
            return str(read)
    raise AssertionError("no camera reads this code")


def seen(code: Locator) -> Any:
    """The code as the screen shows it, by its place there; None while the page puts the same code there anew."""
    code.scroll_into_view_if_needed()
    box = code.bounding_box()
    if box is None:
        return None
    picture = code.page.screenshot(
        clip={"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
    )
    shown = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    return cv2.copyMakeBorder(shown, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)


def opens_the_code(candidate: Candidate, slot: Slot) -> None:
    """Empty a place, press its 上传 and 手机扫码上传."""
    page = candidate.page
    candidate.see()
    if candidate.slot(slot).locator(".slot__remove").count():
        candidate.remove(slot)
    candidate.press(candidate.slot(slot).locator(".slot__add"))
    sheet = page.locator("dialog.sheet[open]")
    candidate.keep("dialog-offer", whole=False)
    candidate.press(candidate.button("手机扫码上传", sheet))
    expect(page.get_by_role("heading", name="等待手机扫码")).to_be_visible()
    assert scanned(page.locator(".handover__code"))  # it is drawn


def sends(phone: Candidate, picture: Any) -> None:
    """Choose one picture on the telephone and press 提交."""
    page = phone.page
    expect(page.locator("#upload-file")).to_be_enabled()
    page.locator("#upload-file").set_input_files(picture)
    phone.press(page.get_by_role("button", name="提交", exact=True))


def test_the_computer_shows_what_the_phone_sends(
    system: System, new_context: Callable[..., BrowserContext], sits_at_computer: Sits
) -> None:
    at_computer = sits_at_computer("handover")
    opens_the_code(at_computer, FRONT)
    computer = at_computer.page
    at_computer.keep("waiting")
    address = scanned(computer.locator(".handover__code"))
    assert address.startswith(f"{system.service}/phone/#")

    phone = at_phone(system, new_context(**PHONE), at_computer)
    requested: list[str] = []
    phone.page.on("request", lambda request: requested.append(request.url + str(request.headers)))
    phone.page.goto(address)
    assert phone.page.url == f"{system.service}/phone/"
    expect(phone.page.get_by_label("电脑上显示的 8 位数字")).to_be_hidden()
    phone.keep("phone-start")
    expect(computer.get_by_role("heading", name="等待手机扫码")).to_be_visible()
    phone.press(phone.button("开始上传"))
    expect(phone.page.get_by_role("heading", name="上传身份证明")).to_be_visible()
    phone.keep("phone-upload")
    expect(computer.get_by_role("heading", name="手机已连接")).to_be_visible()
    assert not any(address.partition("#")[2] in one for one in requested)

    expect(at_computer.slot(FRONT).locator("img")).to_have_count(0)
    sends(phone, at_computer.picture(FRONT, seed=7))
    expect(phone.page.get_by_text("已有 2 张")).to_be_visible()
    phone.keep("phone-full")
    expect(at_computer.slot(FRONT).locator("img")).to_be_visible()
    at_computer.keep("arrived")

    phone.press(phone.page.get_by_role("link", name="删除").nth(1))
    expect(phone.page.get_by_role("heading", name="删除这张图片？")).to_be_visible()
    phone.keep("phone-delete")
    phone.press(phone.page.get_by_role("button", name="删除", exact=True))
    expect(at_computer.slot(BACK).locator("img")).to_have_count(0)

    at_computer.press(at_computer.button("结束手机上传"))
    computer.wait_for_url("**/dossiers/*/#material-M01")
    phone.page.reload()
    expect(phone.page.get_by_role("heading", name="手机上传", exact=True)).to_be_visible()
    phone.keep("phone-over")
    at_computer.upload(BACK, at_computer.picture(BACK))


def test_a_phone_without_scripts_types_the_digits(
    system: System,
    new_context: Callable[..., BrowserContext],
    sits_at_computer: Sits,
    complaints: list[str],
) -> None:
    at_computer = sits_at_computer("handover_typed")
    opens_the_code(at_computer, FRONT)
    digits = at_computer.page.locator(".handover__digits").inner_text()
    context = new_context(**PHONE, java_script_enabled=False)
    phone = at_phone(system, context, at_computer, speaking="en")
    phone.page.goto(f"{system.service}/phone/")
    phone.keep("plain-start")
    phone.press(phone.button("Start uploading"))
    expect(phone.page.get_by_role("alert")).to_contain_text("Enter the 8 digits")
    phone.keep("plain-nothing-typed")
    phone.page.get_by_label("8 digits shown on the computer").fill(digits)
    phone.press(phone.button("Start uploading"))
    expect(phone.page.get_by_role("heading", name="Upload: Proof of identity")).to_be_visible()
    phone.keep("plain-upload")
    phone.page.locator("#upload-file").set_input_files(at_computer.picture(FRONT, seed=9))
    phone.press(phone.page.get_by_role("button", name="Send", exact=True))
    expect(phone.page.get_by_text("2 pictures")).to_be_visible()
    expect(at_computer.slot(FRONT).locator("img")).to_be_visible()
    at_computer.page.context.add_cookies(
        [{"name": "kaosheng_language", "value": "en", "url": system.service}]
    )
    at_computer.page.reload()
    at_computer.keep("arrived-en")
    at_computer.press(at_computer.button("End upload by phone"))
    forgive_switched_off_scripts(complaints)
    complaints[:] = [text for text in complaints if "422" not in text]


def test_a_picture_cut_off_by_the_end_goes_on_with_the_next_code(
    system: System,
    new_context: Callable[..., BrowserContext],
    sits_at_computer: Sits,
    complaints: list[str],
) -> None:
    candidate = sits_at_computer("cut_off")
    opens_the_code(candidate, FRONT)
    computer = candidate.page
    phone = at_phone(system, new_context(**PHONE), candidate)
    phone.page.goto(scanned(computer.locator(".handover__code")))
    phone.press(phone.button("开始上传"))
    expect(phone.page.get_by_role("heading", name="上传身份证明")).to_be_visible()
    slow(phone.page)
    sends(phone, file(11, 195_000))  # some seconds of this line
    row = phone.page.locator(".sending")
    expect(row.locator(".sending__state")).to_have_text(UNDER_WAY)
    candidate.press(candidate.button("结束手机上传"))
    computer.wait_for_url("**/dossiers/*/#material-M01")
    expect(row).to_contain_text("手机上传已失效")
    expect(row.get_by_role("link", name="重新登录")).to_be_hidden()
    assert kept(phone.page) == 1
    complaints[:] = [text for text in complaints if "403" not in text]

    opens_the_code(candidate, FRONT)
    phone.page.goto("about:blank")  # the same address but for the part behind the # would load nothing
    phone.page.goto(scanned(computer.locator(".handover__code")))
    phone.press(phone.button("开始上传"))
    expect(candidate.slot(FRONT).locator("img")).to_be_visible()
    expect(phone.page.get_by_text("已有 2 张")).to_be_visible()
    assert kept(phone.page) == 0


def test_the_computer_asks_again_after_a_trouble_of_the_service(
    system: System, sits_at_computer: Sits, complaints: list[str]
) -> None:
    at_computer = sits_at_computer("handover_again")
    computer = at_computer.page
    troubles = iter((503, 429))

    def in_trouble(route: Route) -> None:
        status = next(troubles, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status)

    computer.route("**/handover/news/", in_trouble)
    opens_the_code(at_computer, FRONT)
    assert at_computer.person is not None
    system.execute("DELETE FROM casework_handover WHERE dossier_id = %s", at_computer.person["dossier"])
    expect(computer.get_by_role("heading", name="二维码已失效")).to_be_visible()
    assert next(troubles, None) is None
    assert all("503" in text or "429" in text for text in complaints)
    complaints.clear()

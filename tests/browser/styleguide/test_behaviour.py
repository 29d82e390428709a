"""What the scripts add to the components, and that everything works without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from factories.pictures import jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, FilePayload, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


def picture(
    name: str = "proof.jpg", kind: str = "image/jpeg", data: bytes = b"", *, size: int = 0
) -> FilePayload:
    """Choose a file; of a certain size it is a right picture with bytes behind its end, as telephones write them."""
    data = data or jpeg(1)
    return {"name": name, "mimeType": kind, "buffer": data + bytes(max(0, size - len(data)))}


def damaged() -> bytes:
    """Return a picture with a hole in its middle, which browsers show as if nothing were wrong."""
    whole = jpeg(2, width=640, height=480)
    return whole[:700] + b"\xff\xd0\x01" + whole[703:]


@pytest.fixture
def show(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def shown(path: str, **options: Any) -> Page:
        page = new_context(**{"viewport": PHONE, **options}).new_page()
        page.goto(f"{live_server.url}/styleguide/{path}")
        return page

    return shown


def open_upload(page: Page) -> None:
    page.locator("#material-M09 .slot__add").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_an_upload_happens_over_the_page_and_swaps_the_card(show: Callable[..., Page]) -> None:
    page = show("candidate/draft/")
    open_upload(page)
    assert page.evaluate("document.activeElement.id") == "sheet-title"
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_disabled()
    page.set_input_files("#upload-file", picture(size=20_000))
    expect(page.get_by_text("19.6 KB")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#material-M09")).to_contain_text("需更换")
    expect(page.locator("#material-M09-name")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("上传成功")
    assert "/candidate/draft/" in page.url


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (
            picture("scan.gif", "image/gif", b"GIF89a" + bytes(50)),
            "文件的实际格式是 GIF，只接受 jpg、jpeg、png 图片",
        ),
        (picture("scan.jpg", "image/jpeg", b"%PDF-1.7" + bytes(50)), "文件的实际格式是 PDF，只接受"),
        (picture("notes.jpg", "image/jpeg", b"no picture at all"), "无法识别文件的实际格式，只接受"),
        (picture("cut.jpg", "image/jpeg", jpeg(1)[:1500]), "JPEG 图片（1.5 KB）不完整或已损坏，无法完整打开"),
        (
            {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""},
            "文件是空的（0 字节），请重新选取图片",
        ),
    ],
)
def test_what_the_server_would_refuse_is_said_before_sending(
    show: Callable[..., Page], file: FilePayload, sentence: str
) -> None:
    page = show("candidate/draft/")
    open_upload(page)
    page.set_input_files("#upload-file", file)
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_disabled()


def test_a_picture_of_exactly_the_limit_is_sent_as_it_is(show: Callable[..., Page]) -> None:
    page = show("upload/")
    page.set_input_files("#upload-file", picture(size=204_800))
    expect(page.get_by_text("符合要求，按原图上传。")).to_be_visible()
    expect(page.get_by_text("200 KB", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_enabled()


def test_one_byte_more_is_made_smaller(show: Callable[..., Page]) -> None:
    page = show("upload/")
    page.set_input_files("#upload-file", picture(size=204_801))
    expect(page.get_by_text("已自动缩小并摆正。")).to_be_visible()
    expect(page.locator(".upload__sizes")).to_contain_text("200.1 KB →")


def test_the_servers_refusal_stands_in_the_card_until_it_is_taken_back(
    show: Callable[..., Page], complaints: list[str]
) -> None:
    page = show("candidate/draft/")
    open_upload(page)
    page.set_input_files("#upload-file", picture(data=damaged()))
    page.get_by_role("button", name="提交", exact=True).click()
    row = page.locator("#material-M09 .sending")
    expect(row).to_contain_text("不完整或已损坏，无法完整打开")
    expect(page.get_by_role("status")).to_contain_text("不完整或已损坏")
    row.get_by_role("button", name="取消上传").click()
    expect(row).to_have_count(0)
    assert all("422" in complaint for complaint in complaints)
    complaints.clear()


def test_a_picture_waits_for_the_network_and_goes_on_by_itself(show: Callable[..., Page]) -> None:
    page = show("candidate/draft/")
    open_upload(page)
    page.set_input_files("#upload-file", picture())
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_enabled()
    page.context.set_offline(True)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#material-M09 .sending")).to_contain_text("网络已断开，图片已保存在这台设备上")
    expect(page.locator(".uploads__bar")).to_contain_text("1 张图片等待网络恢复")
    page.context.set_offline(False)
    expect(page.locator("#material-M09")).to_contain_text("需更换")
    expect(page.locator(".sending")).to_have_count(0)


def test_closing_the_dialog_gives_the_focus_back(show: Callable[..., Page]) -> None:
    page = show("candidate/draft/")
    open_upload(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "slot__add"


def test_deleting_asks_once_and_swaps_the_card(show: Callable[..., Page]) -> None:
    page = show("candidate/returned/")
    page.get_by_role("link", name="删除试用期考核合格证明 第 1 张").click()
    dialog = page.get_by_role("dialog", name="删除这张图片？")
    dialog.get_by_role("link", name="取消").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="删除试用期考核合格证明 第 1 张").click()
    dialog.get_by_role("button", name="删除").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#material-M09")).to_contain_text("已齐全")
    expect(page.locator("#material-M09-name")).to_be_focused()


def test_pictures_open_large_and_are_leafed_through(show: Callable[..., Page]) -> None:
    page = show("candidate/returned/")
    page.get_by_role("link", name="有效身份证明 正面").first.click()
    frame = page.locator("dialog.lightbox")
    expect(frame).to_contain_text("1 / 2")
    frame.get_by_role("button", name="下一张").click()
    expect(frame.get_by_role("img", name="有效身份证明 反面")).to_be_visible()
    frame.get_by_role("button", name="关闭").click()
    expect(frame).to_be_hidden()


def scale(page: Page) -> int:
    return int(page.locator("[data-viewer-target=scale]").inner_text().split()[0])


def test_the_viewer_zooms_at_the_pointer_turns_and_fits(show: Callable[..., Page]) -> None:
    page = show("workbench/", viewport={"width": 1440, "height": 900})
    stage = page.locator(".pane--stage .stage")
    box = stage.bounding_box()
    canvas = page.locator(".pane--stage .stage__canvas")
    assert box is not None
    fitted = canvas.bounding_box()
    assert fitted is not None
    assert fitted["height"] <= box["height"] + 1
    before = scale(page)
    corner = (fitted["x"] + 40, fitted["y"] + 40)
    page.mouse.move(*corner)
    page.mouse.wheel(0, -100)
    zoomed = canvas.bounding_box()
    assert zoomed is not None
    assert scale(page) > before
    assert zoomed["height"] > fitted["height"]
    page.keyboard.press("t")
    turned = canvas.bounding_box()
    assert turned is not None
    assert turned["width"] > turned["height"]
    page.keyboard.press("f")
    page.keyboard.press("0")
    assert scale(page) == 100


def test_a_key_clicks_its_button_and_nothing_else(show: Callable[..., Page]) -> None:
    page = show("workbench/", viewport={"width": 1440, "height": 900})
    page.evaluate(
        """() => {
          window.clicked = [];
          document.addEventListener("click", (event) => {
            const button = event.target.closest("[aria-keyshortcuts]");
            if (button) window.clicked.push(button.getAttribute("aria-keyshortcuts"));
          });
          const field = document.createElement("textarea");
          field.id = "note";
          document.querySelector(".pane--right").append(field);
        }"""
    )
    page.keyboard.press("a")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+x")
    page.focus("#note")
    page.keyboard.type("ax1")
    page.evaluate(
        """() => document.body.dispatchEvent(
            new KeyboardEvent("keydown", {key: "a", bubbles: true, isComposing: true}))"""
    )
    assert page.evaluate("window.clicked") == ["A", "2", "Enter"]
    page.locator("#note").blur()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="快捷键")
    expect(keys).to_contain_text("退回补充")
    page.keyboard.press("a")
    assert page.evaluate("window.clicked") == ["A", "2", "Enter", "?"]


def test_asking_first_and_sending_once(show: Callable[..., Page]) -> None:
    page = show("")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None)
    button = page.get_by_role("button", name="confirm + submit-once")
    button.click()
    page.get_by_role("dialog", name="提交审核").get_by_role("button", name="取消").click()
    assert sent == []
    page.route("**/remove/", lambda route: route.fulfill(status=204))
    button.click()
    page.get_by_role("dialog", name="提交审核").get_by_role("button", name="提交").click()
    expect(page.get_by_role("button", name="正在上传。")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="正在上传。").dispatch_event("click")
    page.wait_for_timeout(300)
    assert len(sent) == 1
    assert "act=ask" in sent[0]


def test_the_error_summary_is_read_first_and_leads_to_the_field(show: Callable[..., Page]) -> None:
    page = show("staff-form/", viewport={"width": 1440, "height": 900})
    assert page.evaluate("document.activeElement.className") == "errors"
    page.get_by_role("link", name="咨询电话只能包含数字").click()
    assert page.evaluate("document.activeElement.name") == "telephone"
    described = page.locator("[name=telephone]").get_attribute("aria-describedby") or ""
    assert "咨询电话只能包含" in page.locator(f"#{described}").inner_text()


def test_large_type_and_language_are_kept(show: Callable[..., Page]) -> None:
    page = show("candidate/returned/")
    with page.expect_response("**/display/"):
        page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html.elder")).to_have_count(1)
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Submit again")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    assert page.evaluate("document.documentElement.lang") == "en"


def test_everything_works_without_scripts(show: Callable[..., Page], complaints: list[str]) -> None:
    page = show("candidate/draft/", java_script_enabled=False)
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html.elder")).to_have_count(1)
    page.locator("#material-M09 .slot__add").click()
    assert page.url.endswith("/styleguide/upload/")
    page.set_input_files("#upload-file", picture(data=damaged()))
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="不完整或已损坏，无法完整打开")).to_be_visible()
    page.get_by_role("link", name="返回材料列表").click()
    page.get_by_role("link", name="删除试用期考核合格证明 第 1 张").click()
    expect(page.get_by_role("heading", name="删除这张图片？")).to_be_visible()
    complaints.clear()

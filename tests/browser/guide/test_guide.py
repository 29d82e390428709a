"""附件2 考生服务系统操作指南, from G1 to G16 in its order, on a telephone and on a desktop computer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import FilePayload, expect

from browser.guide.cast import WALKS
from browser.guide.desks import REMARK, closes_the_site, decides, forwards, releases, returns_one_place
from browser.guide.walking import TITLE, Album, Candidate, Staff
from kaosheng.domain.places import Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser

PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}
LIMIT: Final = 204_800
RETURNED: Final = Slot("M09", 1)


@pytest.mark.parametrize(
    ("walk", "window"), [("phone", PHONE), ("desktop", DESKTOP)], ids=["phone", "desktop"]
)
def test_the_guide_from_the_registration_to_the_result(
    system: System,
    new_context: Callable[..., BrowserContext],
    album: Callable[[str], Album],
    walk: str,
    window: dict[str, Any],
) -> None:
    pictures = album(walk)
    candidate = Candidate(
        new_context(**window).new_page(),
        system,
        pictures,
        touch="has_touch" in window,
        person=system.people[walk],
    )

    def at_desk(username: str) -> Staff:
        person = Staff(new_context(**DESKTOP).new_page(), system, pictures)
        person.log_in(username)
        return person

    enters_from_the_registration_system(candidate)
    reads_what_is_asked(candidate)
    uploads_pictures(candidate)
    deletes_and_uploads_again(candidate)
    changes_the_registration(candidate)
    first = submits(candidate)
    finds_everything_locked(candidate)
    reviewer = at_desk("site-reviewer-1")
    returns_one_place(reviewer, candidate.registration["number"])
    reads_the_message_and_answers(candidate, first)
    forwards(reviewer, candidate.registration["number"])
    candidate.await_status("已提交，审核中")
    nothing_shows_the_decision(candidate, at_desk("area-reviewer-1"))
    closes_the_site(at_desk("site-manager-1"), WALKS[walk])
    reads_that_the_site_passed(candidate)
    releases(at_desk("area-manager-1"), WALKS[walk])
    reads_the_result(candidate)


def enters_from_the_registration_system(candidate: Candidate) -> None:
    page = candidate.page
    candidate.log_in()
    expect(page.get_by_text("暂无审核状态")).to_be_visible()
    candidate.keep("registration")
    candidate.press(page.get_by_role("link", name="上传相关材料"))
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    candidate.keep("consent")
    candidate.press(page.get_by_role("button", name="同意授权"))
    page.wait_for_url(f"{candidate.system.service}/dossiers/**")
    expect(page).to_have_title(re.compile(re.escape(TITLE)))
    candidate.dossier_url = page.url


def reads_what_is_asked(candidate: Candidate) -> None:
    page = candidate.page
    notes = page.locator("details.fold", has_text="考区和考点的通知")
    expect(notes).to_have_attribute("open", "")
    expect(notes).to_contain_text("报名信息以国家医学考试考生报名系统为准")
    candidate.keep("upload-page")
    page.reload()
    expect(notes).not_to_have_attribute("open", "")
    for slot in candidate.slots():
        expect(candidate.card(slot.kind).locator(".material__reason")).not_to_be_empty()
        expect(candidate.card(slot.kind).locator(".material__requirement")).not_to_be_empty()
    expect(page.locator(".material")).to_have_count(23)
    candidate.unfold("M19")
    expect(candidate.card("M19")).to_be_visible()
    candidate.press(candidate.link("示例", candidate.card("M01")))
    sample = page.locator("dialog.lightbox[open] img")
    expect(sample).to_be_visible()
    expect(sample).to_have_js_property("complete", True)
    assert sample.evaluate("image => image.naturalWidth") >= 600
    candidate.keep("sample", whole=False)
    candidate.press(page.locator("dialog.lightbox").get_by_label("关闭"))
    expect(page.locator("dialog.lightbox[open]")).to_have_count(0)


def uploads_pictures(candidate: Candidate) -> None:
    page = candidate.page
    front, back, *others = candidate.slots()
    assert (front, back) == (Slot("M01", 1), Slot("M01", 2))
    candidate.press(candidate.slot(front).locator(".slot__add"))
    sheet = page.locator("dialog.sheet[open]")
    expect(sheet.locator(".rules li")).to_have_text(
        [
            "信息真实、准确、完整、有效",
            "画面保持正向，不得翻转、旋转",
            "jpg、jpeg 或 png 格式",
            "图像清晰，文字和印章看得清",
            "单张图片不超过 200 KB",
        ]
    )
    candidate.keep("dialog", whole=False)
    right = candidate.picture(front)
    large: FilePayload = {**right, "buffer": right["buffer"] + bytes(LIMIT)}
    sheet.locator("#upload-file").set_input_files(large)
    expect(sheet.locator(".upload__sizes")).to_contain_text("符合 200 KB")
    expect(sheet.locator(".upload__sizes")).to_contain_text("→")
    candidate.keep("made-smaller", whole=False)
    sheet.locator("#upload-file").set_input_files(right)
    expect(sheet.get_by_alt_text("所选图片的预览")).to_be_visible()
    candidate.keep("chosen", whole=False)
    candidate.press(sheet.get_by_role("button", name="提交", exact=True))
    expect(sheet).to_be_hidden()
    candidate.upload(back, candidate.picture(back))
    expect(candidate.card("M01")).to_contain_text("2 / 2 张")
    expect(candidate.card("M01").locator(".slot__add")).to_have_count(0)
    answer = send(candidate, "M01", candidate.picture(front, seed=1))
    assert answer == (409, "这种材料最多上传 2 张，已达到上限，不能继续上传。")
    for slot in others:
        candidate.upload(slot, candidate.picture(slot))


def deletes_and_uploads_again(candidate: Candidate) -> None:
    page, back = candidate.page, Slot("M01", 2)
    candidate.press(candidate.slot(back).locator(".slot__remove"))
    sheet = page.locator("dialog.sheet[open]")
    expect(sheet.get_by_role("button", name="删除", exact=True)).to_be_visible()
    candidate.keep("delete", whole=False)
    candidate.press(sheet.get_by_role("link", name="取消"))
    expect(sheet).to_be_hidden()
    expect(candidate.slot(back).locator("img")).to_be_visible()
    candidate.remove(back)
    expect(candidate.card("M01")).to_contain_text("1 / 2 张")
    candidate.upload(back, candidate.picture(back, seed=2))


def changes_the_registration(candidate: Candidate) -> None:
    """G5: the list follows the registration, and nothing uploaded is lost."""
    page = candidate.page
    given = page.locator(".slot img").count()
    page.goto(f"{candidate.system.registration}/registrations/")
    candidate.press(page.get_by_role("link", name="修改报名信息"))
    page.get_by_label("报考类别").select_option("142")
    page.get_by_label("姓名或证件号曾变更").check()
    page.get_by_label("首次报考").uncheck()
    candidate.press(page.get_by_role("button", name="保存", exact=True))
    expect(page.get_by_text("报名信息已保存")).to_be_visible()
    candidate.await_page("现在还需要：")
    change = page.locator("section", has=page.get_by_role("heading", name="报名信息已变更"))
    expect(change).to_contain_text("中西医结合执业医师")
    expect(change.get_by_text("现在还需要：")).to_contain_text("变更")
    expect(change.get_by_text("不再需要：")).to_contain_text("已上传的图片都还在")
    candidate.keep("registration-changed")
    expect(page.locator(".slot img")).to_have_count(given)
    candidate.press(candidate.button("知道了", change))
    expect(change).to_have_count(0)
    for kind in ("M20", "M22"):
        slot = Slot(kind, 1)
        candidate.upload(slot, candidate.picture(slot))


def submits(candidate: Candidate) -> str:
    """G11, G12: the button stays at the top right while the page is scrolled."""
    page = candidate.page
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    action = page.locator("#primary-action a")
    expect(action).to_have_text("提交审核")
    expect(action).to_be_in_viewport()
    box = action.bounding_box()
    assert box is not None
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert box["y"] < 120
    assert box["x"] + box["width"] > width * 0.8
    candidate.keep("ready", whole=False)
    return candidate.submit("first")


def finds_everything_locked(candidate: Candidate) -> None:
    """G10, G12: for the page, the form and the API."""
    page = candidate.page
    candidate.see()
    expect(page.get_by_role("heading", level=1)).to_have_text("上报完成，内容已锁定")
    expect(page.locator("#status-panel")).to_contain_text("已提交，待考点审核")
    expect(page.locator(".slot__remove, .slot__add, #primary-action a")).to_have_count(0)
    locks = page.locator(".slot:has(img)")
    for number in range(locks.count()):
        expect(locks.nth(number)).to_contain_text("已锁定")
    candidate.keep("locked")
    locked = (409, "材料已锁定：已提交审核或正在审核，不能修改。")
    assert send(candidate, "M02", candidate.picture(Slot("M02", 1))) == locked
    link = page.locator(".slot__picture").first.get_attribute("href") or ""
    api = page.context.request.delete(f"{candidate.system.service}/api{link}", headers=token_of(candidate))
    assert api.status == 409
    upload = page.context.request.post(
        f"{candidate.dossier_url}kinds/M02/upload/",
        multipart={"picture": candidate.picture(Slot("M02", 1))},
        headers=token_of(candidate),
    )
    assert upload.status == 409
    assert locked[1] in upload.text()
    form = page.context.request.post(f"{candidate.system.service}{link}delete/", headers=token_of(candidate))
    assert form.status == 409
    assert locked[1] in form.text()


def reads_the_message_and_answers(candidate: Candidate, first_receipt: str) -> None:
    page = candidate.page
    candidate.await_status("待补充（1项）")
    text = candidate.await_message("待补充")
    assert "1项待补充：试用期考核证明" in text
    assert re.search(r"请于\d+月\d+日24:00前在线更换", text)
    candidate.keep("telephone")
    candidate.enter()
    panel = page.locator("#status-panel")
    expect(panel).to_contain_text("待补充（1项）")
    expect(panel).to_contain_text(REMARK)
    expect(candidate.card(RETURNED.kind)).to_contain_text(REMARK)
    expect(candidate.slot(RETURNED)).to_contain_text("未锁定")
    expect(candidate.slot(RETURNED)).to_contain_text("需更换")
    expect(page.locator(".slot__remove")).to_have_count(1)
    accepted = page.locator(".slot--accepted")
    expect(accepted.first).to_contain_text("合格")
    expect(accepted.first).to_contain_text("已锁定")
    candidate.keep("returned")
    candidate.remove(RETURNED)
    candidate.upload(RETURNED, candidate.picture(RETURNED, seed=3))
    expect(page.locator("#primary-action a")).to_have_text("重新提交")
    candidate.keep("answered", whole=False)
    assert candidate.submit("second") != first_receipt


def nothing_shows_the_decision(candidate: Candidate, area: Staff) -> None:
    """G16: the same words before and after the decision, on the page, for programs and in the registration system."""
    candidate.see()
    expect(candidate.page.locator("#status-panel")).to_contain_text("已提交，审核中")
    candidate.keep("in-review")
    before = candidate.page.locator("main").inner_text()
    state = state_of(candidate)
    decides(area, candidate.registration["number"])
    candidate.see()
    assert candidate.page.locator("main").inner_text() == before
    assert state_of(candidate) == state
    candidate.await_status("已提交，审核中")


def reads_that_the_site_passed(candidate: Candidate) -> None:
    """F2: 考点通过 once the 考点 has closed, on both sides."""
    candidate.await_status("考点通过，考区复审中")
    candidate.see()
    expect(candidate.page.locator("#status-panel")).to_contain_text("考点通过，考区复审中")
    expect(candidate.page.get_by_text("这还不是最终结果")).to_be_visible()
    candidate.keep("site-passed")


def reads_the_result(candidate: Candidate) -> None:
    candidate.await_status("审核通过")
    candidate.keep("registration-passed")
    assert "审核结果已公布" in candidate.await_message("审核结果已公布")
    candidate.enter()
    panel = candidate.page.locator("#status-panel")
    expect(panel).to_contain_text("审核通过")
    expect(panel).to_contain_text("您的报名资格审核已通过")
    candidate.keep("result")


def token_of(candidate: Candidate) -> dict[str, str]:
    """The header that proves a request comes from the page."""
    cookies = candidate.page.context.cookies(candidate.system.service)
    value = next(cookie["value"] for cookie in cookies if cookie["name"] == "kaosheng_csrf")
    return {"X-CSRFToken": value, "Referer": candidate.system.service}


def state_of(candidate: Candidate) -> tuple[str, str]:
    """What the API says, and its validator."""
    answer = candidate.page.context.request.get(
        candidate.dossier_url.replace("/dossiers/", "/api/dossiers/") + "state/"
    )
    assert answer.status == 200
    return answer.text(), answer.headers["etag"]


def send(candidate: Candidate, kind: str, picture: Any) -> tuple[int, str]:
    """Upload past the page, by the API: the status and the sentence."""
    dossier = candidate.dossier_url.rstrip("/").rsplit("/", 1)[-1]
    answer = candidate.page.context.request.post(
        f"{candidate.system.service}/api/dossiers/{dossier}/pictures/",
        multipart={"kind": kind, "picture": picture},
        headers=token_of(candidate),
    )
    return answer.status, answer.json()["message"]

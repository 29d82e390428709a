"""Any photograph becomes an accepted picture in the page: upright, turned, cut, small enough, or an exact sentence."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import Page, expect

from browser.guide.system import moments
from browser.held import Held
from browser.test_for_everyone import press, tab_to
from factories.photographs import heic, noise, other, photograph, print_as_png
from factories.pictures import jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, FilePayload, Route
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: Final = {"width": 390, "height": 844}
WITHOUT_WORKER: Final = "delete window.OffscreenCanvas"
"""As in iOS before 16.4: the page itself must do the work."""


@pytest.fixture
def show(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open the upload page of the style guide; its floor is 1600 pixels."""

    def shown(script: str = "", before: Callable[[Page], None] | None = None) -> Page:
        page = new_context(viewport=PHONE).new_page()
        if script:
            page.add_init_script(script)
        if before:
            before(page)
        page.goto(f"{live_server.url}/styleguide/upload/")
        expect(page.locator("#upload-file")).to_be_enabled()
        return page

    return shown


def file(data: bytes, kind: str = "jpeg") -> FilePayload:
    return {"name": f"photo.{kind}", "mimeType": f"image/{kind}", "buffer": data}


def prepared(page: Page, data: bytes, kind: str = "jpeg") -> dict[str, Any]:
    """Choose a file and read what became of it."""
    page.set_input_files("#upload-file", file(data, kind))
    return result(page)


def result(page: Page) -> dict[str, Any]:
    """Read sides and the colours of the upper corners of the prepared picture."""
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_enabled()
    found = page.evaluate(
        """async () => {
            const image = document.querySelector('[data-upload-target="preview"]');
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = image.naturalWidth;
            canvas.height = image.naturalHeight;
            const pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0);
            const at = (x, y) => Array.from(pen.getImageData(x, y, 1, 1).data.slice(0, 3));
            return { width: canvas.width, height: canvas.height,
                     left: at(8, 8), right: at(canvas.width - 9, 8) };
        }"""
    )
    assert isinstance(found, dict)
    return found


def colour(pixel: list[int]) -> str:
    red, green, blue = pixel
    if red > 150 and blue < 100:
        return "red"
    return "blue" if blue > 150 and red < 100 else f"{red} {green} {blue}"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("script", ["", WITHOUT_WORKER], ids=["worker", "page"])
def test_every_exif_orientation_comes_out_upright(
    show: Callable[..., Page], orientation: int, script: str
) -> None:
    page = show(script)
    found = prepared(page, photograph(900, 1200, orientation=orientation, quality=99))
    assert (found["width"], found["height"]) == (900, 1200)
    assert (colour(found["left"]), colour(found["right"])) == ("red", "blue")


@pytest.mark.parametrize("script", ["", WITHOUT_WORKER], ids=["worker", "page"])
def test_a_telephones_photograph_becomes_small_and_keeps_its_pixels(
    show: Callable[..., Page], script: str
) -> None:
    page = show(script)
    taken = photograph(orientation=6)
    assert len(taken) > 3_000_000
    found = prepared(page, taken)
    assert found["height"] / found["width"] == pytest.approx(4 / 3, abs=0.01)
    assert found["height"] >= 1600
    assert (colour(found["left"]), colour(found["right"])) == ("red", "blue")
    expect(page.get_by_text("符合 200 KB")).to_be_visible()
    expect(page.locator(".upload__sizes")).to_contain_text("MB →")
    expect(page.locator("#live")).to_contain_text("图片已处理好")


def test_a_kind_that_wants_grey_gets_it_and_says_so(show: Callable[..., Page]) -> None:
    page = show()
    page.locator("form.upload").evaluate("form => { form.dataset.uploadGreyValue = 'true'; }")
    found = prepared(page, photograph(orientation=6))
    for pixel in (found["left"], found["right"]):
        assert max(pixel) - min(pixel) <= 2
    assert found["left"][0] > found["right"][0] + 10, "red is the brighter of the two greys"
    expect(page.locator(".upload__note")).to_have_text("已自动缩小并摆正；这种材料转为灰度，文字更清楚。")


def test_turning_by_hand(show: Callable[..., Page]) -> None:
    page = show()
    prepared(page, photograph(1500, 2000, orientation=6))
    page.get_by_role("button", name="右转").click()
    found = result(page)
    assert found["width"] > found["height"]
    assert colour(found["right"]) == "red"
    page.get_by_role("button", name="左转").click()
    page.get_by_role("button", name="左转").click()
    found = result(page)
    assert found["width"] > found["height"]
    assert colour(found["left"]) == "blue"


def test_cutting_by_keyboard_alone(show: Callable[..., Page]) -> None:
    page = show()
    whole = prepared(page, photograph(1500, 2000, orientation=1))
    keys = page.keyboard
    page.get_by_role("button", name="裁剪").press("Enter")
    top, right = page.get_by_role("slider", name="上边"), page.get_by_role("slider", name="右边")
    expect(right).to_be_focused()
    expect(page.locator("#live")).to_have_text(re.compile("键盘：用 Tab 选边，用方向键移动。"))
    keys.press("ArrowLeft")
    tab_to(page, top)
    before = int(top.get_attribute("aria-valuenow") or "")
    for _ in range(4):
        keys.press("Shift+ArrowDown")
    assert int(top.get_attribute("aria-valuenow") or "") == pytest.approx(before + 20, abs=1)
    press(page, page.get_by_role("button", name="完成裁剪"))
    found = result(page)
    assert found["width"] / found["height"] > whole["width"] / whole["height"] + 0.1
    assert colour(found["left"]) != "red"
    press(page, page.get_by_role("button", name="裁剪"))
    expect(right).to_be_focused()
    press(page, page.get_by_role("button", name="不裁剪"))
    assert colour(result(page)["left"]) == "red"


def test_the_hidden_file_field_takes_no_focus(show: Callable[..., Page]) -> None:
    page = show()
    field = page.locator("#upload-file")
    page.set_input_files("#upload-file", file(b"no picture at all"))
    expect(page.locator("#upload-message")).to_be_visible()
    expect(field).to_have_js_property("tabIndex", 0)
    prepared(page, photograph(900, 1200, orientation=1, quality=99))
    expect(field).to_have_js_property("tabIndex", -1)


@pytest.mark.parametrize(("part", "button"), [("crop", "裁剪"), ("look", "看清楚")])
def test_what_was_asked_for_one_picture_is_not_done_to_another(
    show: Callable[..., Page], part: str, button: str
) -> None:
    page = show()
    held = Held(page, f"**/{part}-*.js", method="GET")
    photos = [file(photograph(900, 1200, orientation=one, quality=99)) for one in (1, 3)]
    page.set_input_files("#upload-file", photos)
    expect(page.get_by_role("button", name="提交 2 张")).to_be_enabled()
    page.get_by_role("button", name=button).click()
    chunk = held.come()
    page.get_by_role("button", name="第 2 张，共 2 张").click()
    chunk.continue_()
    page.get_by_role("button", name="右转").click()  # is done after what was asked before
    expect(page.get_by_role("button", name="提交 2 张")).to_be_enabled()
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.locator("[data-upload-target=beforeFacts]")).to_be_empty()


def test_the_loupe_shows_the_same_spot_before_and_after(show: Callable[..., Page]) -> None:
    page = show()
    prepared(page, photograph(orientation=6))
    page.get_by_role("button", name="看清楚").click()
    expect(page.get_by_text("3024×4032")).to_be_visible()
    lens = page.get_by_role("button", name="放大镜：用方向键移动")
    expect(lens).to_be_focused()

    def mean(name: str) -> list[float]:
        found = page.evaluate(
            """(name) => {
                const canvas = document.querySelector(`[data-upload-target="${name}"]`);
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const sum = [0, 0, 0];
                for (let at = 0; at < data.length; at += 4) for (let c = 0; c < 3; c += 1) sum[c] += data[at + c];
                return sum.map((value) => value / (data.length / 4));
            }""",
            name,
        )
        assert isinstance(found, list)
        return found

    def same_spot() -> list[float]:
        for _ in moments():  # the original's spot comes from the preparer
            before, after = mean("before"), mean("after")
            if after == pytest.approx(before, abs=6):
                return before
        raise AssertionError(f"{before} before, {after} after")

    same_spot()
    for key in ["ArrowUp"] * 13 + ["ArrowLeft"] * 13:
        page.keyboard.press(key)
    assert colour([round(value) for value in same_spot()]) == "red"


def handed_over(page: Page) -> tuple[str, int]:
    """Press 提交 and return type and size of what the queue is handed; the page is left once it was sent."""
    with page.expect_console_message(lambda message: message.text.startswith("handed over")) as told:
        page.evaluate(
            """document.addEventListener("upload:add", ({ detail: { picture } }) => {
                console.info("handed over", picture.type, picture.size);
            })"""
        )
        page.get_by_role("button", name="提交", exact=True).click()
    *_, kind, size = told.value.text.split()
    return kind, int(size)


def test_print_stays_png_where_it_is_small_enough(show: Callable[..., Page]) -> None:
    page = show()
    small = print_as_png(lines=12)
    assert len(small) < 195_000
    assert prepared(page, small, "png")["width"] == 1654
    expect(page.get_by_text("符合要求，按原图上传。")).to_be_visible()
    page.get_by_role("button", name="右转").click()
    expect(page.locator(".upload__note")).to_have_text("已自动缩小并摆正。")
    assert result(page)["height"] == 1654
    kind, size = handed_over(page)
    assert kind == "image/png"
    assert size <= 195_000


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_what_is_too_large_as_it_is_becomes_jpeg(show: Callable[..., Page], kind: str) -> None:
    page = show()
    data = other(photograph(1800, 2400, orientation=1), kind.upper())
    assert len(data) > 204_800
    assert prepared(page, data, kind)["height"] >= 1600
    found, size = handed_over(page)
    assert found == "image/jpeg"
    assert size <= 195_000


def test_heic_gets_an_exact_sentence(show: Callable[..., Page]) -> None:
    page = show()
    page.set_input_files("#upload-file", file(heic(), "heic"))
    expect(page.get_by_role("alert").filter(has_text="这是 HEIC 照片，这个浏览器不能转换")).to_be_visible()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_disabled()


DECODED: Final = """
    self.decoded = (file) => file.type !== "image/heic" ? file : new Blob(
        [Uint8Array.from(atob("%s"), (one) => one.charCodeAt(0))], { type: "image/jpeg" });
    self.reads = (holder, name) => {
        const known = holder[name];
        holder[name] = (file) => known.call(holder, self.decoded(file));
    };
"""
IN_WORKER: Final = 'self.reads(self, "createImageBitmap");'
IN_PAGE: Final = 'self.reads(URL, "createObjectURL");'
"""As in Safari: its image elements show what nothing else there decodes."""


@pytest.mark.parametrize("where", ["worker", "page"])
def test_heic_becomes_jpeg_where_the_browser_reads_it(show: Callable[..., Page], where: str) -> None:
    """The decoder is a stand-in that knows one photograph; the way from file to picture is the page's own."""
    decoder = DECODED % base64.b64encode(photograph(900, 1200, orientation=1, quality=99)).decode()

    def with_decoder(page: Page) -> None:
        def extended(route: Route) -> None:
            script = route.fetch()
            route.fulfill(response=script, body=decoder + IN_WORKER + script.text())

        if where == "page":
            page.add_init_script(decoder + IN_PAGE)
        else:
            page.context.route("**/worker-*.js", extended)

    page = show(before=with_decoder)
    found = prepared(page, heic(), "heic")
    assert (found["width"], found["height"]) == (900, 1200)
    assert (colour(found["left"]), colour(found["right"])) == ("red", "blue")
    kind, size = handed_over(page)
    assert kind == "image/jpeg"
    assert size <= 195_000


def test_what_cannot_be_read_within_the_limit_is_said(show: Callable[..., Page]) -> None:
    page = show()
    page.set_input_files("#upload-file", file(noise(2400, 1800)))
    sentence = "这张图片缩小到 200 KB 以内后文字看不清，不能上传。请裁掉文件以外的部分"
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_disabled()
    # The next choice works again.
    prepared(page, photograph(1500, 2000, orientation=1))
    expect(page.locator("#upload-message")).to_be_hidden()


def test_too_few_pixels_are_said_and_do_not_forbid(show: Callable[..., Page]) -> None:
    page = show()
    prepared(page, jpeg(3, width=800, height=600))
    expect(page.get_by_text("图片只有 800×600 像素，长边不足 1600，小字可能看不清。")).to_be_visible()


NOT_THERE: Final = "网络不稳定，处理程序没有加载，请重试。"
WORKER_LOST: Final = """
    const Known = window.Worker;
    window.Worker = function () { return new Known("/static/lost.js"); };
"""


def test_without_its_worker_the_page_does_the_work(show: Callable[..., Page], complaints: list[str]) -> None:
    page = show(WORKER_LOST)
    for _ in range(2):
        found = prepared(page, photograph(1500, 2000, orientation=6))
        assert (colour(found["left"]), colour(found["right"])) == ("red", "blue")
        page.get_by_role("button", name="右转").click()
        assert colour(result(page)["right"]) == "red"
    assert all("lost.js" in text for text in complaints)
    complaints.clear()


@pytest.mark.parametrize("part", ["preparer", "crop", "look"])
def test_a_part_that_did_not_come_is_asked_for_again(
    show: Callable[..., Page], complaints: list[str], part: str
) -> None:
    """A good photograph isn't called damaged because the network was away for a moment."""
    page = show(before=lambda page: page.route(f"**/{part}-*.js", lambda route: route.abort()))
    photo = file(photograph(1500, 2000, orientation=6))
    button = {"crop": "裁剪", "look": "看清楚"}.get(part)

    def step() -> None:
        if part == "preparer":
            page.set_input_files("#upload-file", photo)
        else:
            page.get_by_role("button", name=button).click()

    if button:
        prepared(page, photograph(1500, 2000, orientation=6))
    step()
    expect(page.get_by_role("alert").filter(has_text=NOT_THERE)).to_be_visible()
    page.unroute_all()
    step()
    if part == "preparer":
        assert colour(result(page)["left"]) == "red"
    elif part == "crop":
        expect(page.get_by_role("slider", name="上边")).to_be_visible()
    else:
        expect(page.get_by_role("button", name="放大镜")).to_be_focused()
    expect(page.locator("#upload-message")).to_be_hidden()
    assert all("ERR_FAILED" in text for text in complaints)
    complaints.clear()


def test_where_nothing_came_of_it_another_can_be_chosen(show: Callable[..., Page]) -> None:
    page = show()
    page.set_input_files("#upload-file", file(b"no picture at all"))
    expect(page.locator("#upload-message")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("选取文件").click()
    chooser.value.set_files(file(photograph(1500, 2000, orientation=6)))
    assert colour(result(page)["left"]) == "red"


def test_the_work_is_done_in_a_worker(show: Callable[..., Page]) -> None:
    count = """for (const name of ["toBlob", "toDataURL"]) {
        const known = HTMLCanvasElement.prototype[name];
        window.encoded = 0;
        HTMLCanvasElement.prototype[name] = function (...values) {
            window.encoded += 1;
            return known.apply(this, values);
        };
    }"""
    page = show(count)
    prepared(page, photograph(orientation=6))
    assert len(page.workers) == 1
    assert page.evaluate("window.encoded") == 0

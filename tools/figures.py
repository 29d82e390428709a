"""The figures of the operation guide and the README, from a running demo: `.venv/bin/python tools/figures.py`.

It walks as people of the demo and changes little: they consent, a reviewer holds a dossier for 15 minutes, one of them
uploads a picture at the end. Run `make demo` first, best after
`make demo-reset`; other ports by PORT and DEMO_REGISTRATION_PORT. Needs Chromium and Chinese fonts, as the browser
tests do. `figures.py NAME…` makes single ones.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

CHECKOUT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = CHECKOUT / "docs" / "guide" / "figures"
PEOPLE: Final = CHECKOUT / "src" / "registration_demo" / "data" / "people.json"
STAFF: Final = CHECKOUT / "src" / "kaosheng" / "ops" / "demo_data" / "staff.json"
SERVICE: Final = f"http://localhost:{os.environ.get('PORT', '8000')}"
REGISTRATION: Final = f"http://localhost:{os.environ.get('DEMO_REGISTRATION_PORT', '8001')}"
PHONE: Final = (390, 844)
DESKTOP: Final = (1440, 900)
LARGEST: Final = 150 * 1024
FORMS: Final = ((1.0, 256), (1.0, 128), (0.7, 256), (0.7, 128), (0.7, 64))
"""Scale and number of colours, best first: a reviewer's window with a photograph in it is large."""


@dataclass(frozen=True)
class Figure:
    """One picture: its name, the window's size, and the walk to the page."""

    name: str
    size: tuple[int, int]
    walk: Callable[[Page], None]


def passwords() -> dict[str, str]:
    """Return the passwords of the demo's people, by user name."""
    people = [*json.loads(PEOPLE.read_text("utf-8")), *json.loads(STAFF.read_text("utf-8"))]
    return {person["username"]: person["password"] for person in people}


def log_in_candidate(page: Page, user: str) -> None:
    """Log in at the registration system, which opens 我的报名信息."""
    page.goto(f"{REGISTRATION}/login/")
    page.get_by_label("用户名").fill(user)
    page.get_by_label("密码").fill(passwords()[user])
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="我的报名信息", exact=True).wait_for()


def press_upload(page: Page, number: str) -> None:
    """Press 上传相关材料 in the row of a registration."""
    page.get_by_role("row").filter(has_text=number).get_by_role("link", name="上传相关材料").click()


def enter(page: Page, user: str, number: str) -> None:
    """Go the way of the guide to the upload page, agreeing where the consent page asks."""
    log_in_candidate(page, user)
    press_upload(page, number)
    if page.url.startswith(REGISTRATION):
        page.get_by_role("button", name="同意授权").click()
    page.wait_for_url(f"{SERVICE}/dossiers/*/")


def registration(page: Page) -> None:
    """G1: the button in the registration system."""
    log_in_candidate(page, "lixiaoyu")


def consent(page: Page) -> None:
    """G2: the question of the first visit; nobody answers it here, so it comes again."""
    log_in_candidate(page, "lvchunmei")
    press_upload(page, "1327000502")
    page.get_by_role("button", name="同意授权").wait_for()


def materials(page: Page) -> None:
    """G3, G4: the personal checklist. At the second visit the notes above it are folded."""
    enter(page, "lixiaoyu", "1327000101")
    page.reload()


def upload(page: Page) -> None:
    """G6, G7: the upload dialog with the five rules."""
    enter(page, "lixiaoyu", "1327000101")
    page.locator("#material-M01").get_by_role("link", name="上传").first.click()
    page.get_by_role("dialog").get_by_label("选取文件").wait_for()


def advice(page: Page) -> None:
    """After G7: a card photographed sideways, and what the picture assistant says of it."""
    enter(page, "lixiaoyu", "1327000101")
    card = page.locator("#material-M01")
    if not card.locator(".advice").count():
        sideways = io.BytesIO()
        upright = Image.open(next((CHECKOUT / "var" / "pictures-to-try" / "lixiaoyu").glob("M01-1*")))
        upright.transpose(Image.Transpose.ROTATE_270).save(sideways, "JPEG", quality=80)
        card.get_by_role("link", name="上传").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("选取文件").set_input_files(
            {"name": "M01-1.jpg", "mimeType": "image/jpeg", "buffer": sideways.getvalue()}
        )
        dialog.get_by_role("button", name="提交").click()
        card.get_by_role("button", name="帮我转正").wait_for()
    card.scroll_into_view_if_needed()


def check(page: Page) -> None:
    """G11: the check page of a complete draft."""
    enter(page, "wangjingyi", "1327000103")
    page.get_by_role("link", name="提交审核").first.click()
    page.wait_for_url("**/check/")


def receipt(page: Page) -> None:
    """G12: the receipt, everything locked."""
    enter(page, "chenyutong", "1327000105")
    page.goto(f"{page.url}submissions/1/")


def returned(page: Page) -> None:
    """G13, G15: one place is open, the remark stands at the top."""
    enter(page, "gaotianyu", "1327000110")


def message(page: Page) -> None:
    """G13: the text message."""
    log_in_candidate(page, "gaotianyu")
    page.goto(f"{REGISTRATION}/phone/")


def workbench(page: Page) -> None:
    """The reviewer's page: a dossier in his hands, with marks."""
    page.goto(f"{SERVICE}/staff/")
    page.get_by_label("用户名").fill("site-reviewer-1")
    page.get_by_label("密码").fill(passwords()["site-reviewer-1"])
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="周文博").click()
    take_over = page.get_by_role("button", name="领取")
    if take_over.count():
        take_over.click()
        page.get_by_role("button", name="交还").wait_for()
    page.get_by_role("img", name="试用期考核证明").click()


def result(page: Page) -> None:
    """G16: a released result."""
    enter(page, "zhaomingzhe", "1326000101")


FIGURES: Final = (
    Figure("registration", PHONE, registration),
    Figure("consent", PHONE, consent),
    Figure("materials", PHONE, materials),
    Figure("upload", PHONE, upload),
    Figure("check", PHONE, check),
    Figure("receipt", PHONE, receipt),
    Figure("returned", PHONE, returned),
    Figure("message", PHONE, message),
    Figure("result", PHONE, result),
    Figure("workbench", DESKTOP, workbench),
    Figure("advice", PHONE, advice),
)


def small(png: bytes) -> bytes:
    """Return the picture in the best form that fits into LARGEST bytes."""
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    for scale, colours in FORMS:
        picture = whole.resize(
            (round(whole.width * scale), round(whole.height * scale)), Image.Resampling.LANCZOS
        )
        packed = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= LARGEST:
            return packed.getvalue()
    raise SystemExit(f"A figure stays above {LARGEST} bytes.")


def take(browser: Browser, figure: Figure) -> None:
    """Walk to a page and keep what the window shows."""
    width, height = figure.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    try:
        page = context.new_page()
        figure.walk(page)
        page.wait_for_load_state("networkidle")
        content = small(page.screenshot())
    finally:
        context.close()
    (FOLDER / f"{figure.name}.png").write_bytes(content)
    print(f"{figure.name}.png {len(content) // 1024} KB")


def main() -> int:
    """Take all figures, or those named."""
    wanted = sys.argv[1:] or [figure.name for figure in FIGURES]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium and Chinese fonts are needed: apt-get install chromium fonts-noto-cjk")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for figure in FIGURES:
            if figure.name in wanted:
                take(browser, figure)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

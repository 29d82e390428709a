"""People of the walks at their browsers: what they press, and what they keep a picture of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import FilePayload, Locator, Page, Response, expect

from browser.guide.system import System, moments
from kaosheng.domain.places import Slot
from kaosheng.ops.drawings import draw
from kaosheng.ops.drawings.plan import complete_slots

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE: Final = "国家医学考试（河北）考生服务系统"
STAFF_PASSWORD: Final = "demo-2027"
WAITING: Final = ".kind__picture--unmarked"
"""A thumbnail of the workbench that has no mark yet."""
DIGITS: Final = re.compile(r"\d+")


@dataclass
class Album:
    """Screenshots of a walk, numbered in its order; none without a folder."""

    folder: Path | None
    walk: str
    numbers: Iterator[int]

    @classmethod
    def of(cls, walk: str, folder: str) -> Album:
        """Open the album of one walk; an empty folder name keeps nothing."""
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
        return cls(Path(folder) if folder else None, walk, count(1))

    def keep(self, page: Page, name: str, *, whole: bool = True) -> None:
        """Keep what the window shows, and the whole page when it is longer."""
        if self.folder is None:
            return
        page.wait_for_load_state("networkidle")
        stem = f"{self.walk}-{next(self.numbers):02}-{name}"
        page.screenshot(path=self.folder / f"{stem}.png")
        higher = page.evaluate("document.documentElement.scrollHeight - innerHeight")
        if whole and higher > 0:
            page.evaluate("scrollTo(0, 0)")  # the bar that stays on top is drawn where the window is
            page.screenshot(path=self.folder / f"{stem}-whole.png", full_page=True)


@dataclass
class Person:
    """Somebody at a browser. `touch` presses with a finger."""

    page: Page
    system: System
    album: Album
    touch: bool = False

    def press(self, what: Locator) -> None:
        """Press it as this person's device does."""
        if self.touch:
            what.tap()
        else:
            what.click()

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """Find the button that begins with these words, whatever key stands beside them."""
        return (within or self.page).get_by_role("button", name=re.compile(f"^{re.escape(name)}"))

    def link(self, name: str, within: Locator | None = None) -> Locator:
        """Find the link that begins with these words."""
        return (within or self.page).get_by_role("link", name=re.compile(f"^{re.escape(name)}"))

    def fits(self) -> None:
        """Check that the page is no wider than the window, once its styles are there."""
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url

    def keep(self, name: str, *, whole: bool = True) -> None:
        """Check the page's width and keep a picture of it."""
        self.fits()
        self.album.keep(self.page, name, whole=whole)


@dataclass
class Candidate(Person):
    """A candidate with one registration, on her own telephone or computer."""

    person: dict[str, Any] | None = None
    dossier_url: str = ""

    @property
    def registration(self) -> dict[str, Any]:
        """Her registration as the registration system holds it."""
        assert self.person is not None
        found: dict[str, Any] = self.person["registrations"][0]
        return found

    def slots(self) -> tuple[Slot, ...]:
        """The places her checklist asks for at the beginning."""
        return complete_slots(self.registration["facts"])

    def picture(self, slot: Slot, *, seed: int = 0) -> FilePayload:
        """Photograph a document of hers."""
        data = draw(slot.kind, slot.position, self.registration, seed)
        return {"name": f"{slot.kind}-{slot.position}.jpg", "mimeType": "image/jpeg", "buffer": data}

    def log_in(self) -> None:
        """Log in to the registration system and read 我的报名信息."""
        assert self.person is not None
        self.page.goto(f"{self.system.registration}/")
        self.page.get_by_label("用户名").fill(self.person["username"])
        self.page.get_by_label("密码").fill(self.person["password"])
        self.press(self.page.get_by_role("button", name="登录", exact=True))
        expect(self.page.get_by_role("heading", name="我的报名信息", exact=True)).to_be_visible()

    def enter(self) -> None:
        """Press 上传相关材料 in the registration system; the consent was given before."""
        self.page.goto(f"{self.system.registration}/registrations/")
        self.press(self.page.get_by_role("link", name="上传相关材料"))
        self.page.wait_for_url(f"{self.system.service}/dossiers/**")
        expect(self.page).to_have_title(re.compile(re.escape(TITLE)))

    def see(self) -> None:
        """Open the upload page again."""
        self.page.goto(self.dossier_url)

    def card(self, kind: str) -> Locator:
        """The card of one kind."""
        return self.page.locator(f"#material-{kind}")

    def slot(self, slot: Slot) -> Locator:
        """One place of a card."""
        return self.card(slot.kind).locator(".slot").nth(slot.position - 1)

    def unfold(self, kind: str) -> None:
        """Open the group a card is folded into."""
        fold = self.page.locator("details.fold", has=self.card(kind))
        if fold.count() and fold.get_attribute("open") is None:
            self.press(fold.locator("summary").first)

    def upload(self, slot: Slot, picture: FilePayload) -> None:
        """Upload through the dialog and see the picture in its place."""
        place = self.slot(slot)
        self.press(place.locator(".slot__add"))
        sheet = self.page.locator("dialog.sheet[open]")
        expect(sheet.locator("#upload-file")).to_be_enabled()
        sheet.locator("#upload-file").set_input_files(picture)
        expect(sheet.get_by_alt_text("所选图片的预览")).to_be_visible()
        self.press(sheet.get_by_role("button", name="提交", exact=True))
        expect(sheet).to_be_hidden()
        expect(place.locator("img")).to_be_visible()
        expect(place).to_contain_text("未锁定")

    def remove(self, slot: Slot) -> None:
        """Press － and say yes."""
        self.press(self.slot(slot).locator(".slot__remove"))
        sheet = self.page.locator("dialog.sheet[open]")
        self.press(sheet.get_by_role("button", name="删除", exact=True))
        expect(sheet).to_be_hidden()
        expect(self.slot(slot).locator(".slot__add")).to_be_visible()

    def submit(self, name: str) -> str:
        """Press 提交审核 or 重新提交, promise, send; return the receipt number."""
        self.press(self.page.locator("#primary-action a"))
        expect(self.page.get_by_role("heading", name=re.compile("提交前核对$"))).to_be_visible()
        self.page.get_by_role("checkbox").check()
        self.keep(f"check-{name}")
        self.press(self.page.get_by_role("button", name=re.compile("^(提交审核|重新提交)$")))
        expect(
            self.page.get_by_role("heading", name=re.compile("^(上报完成|已重新提交)，内容已锁定$"))
        ).to_be_visible()
        self.keep(f"receipt-{name}")
        number = self.page.locator(".receipt__number strong").inner_text()
        assert DIGITS.search(number)
        return number

    def await_status(self, words: str) -> None:
        """Look at 审核状态 in the registration system until it says so."""
        for _ in moments():
            self.page.goto(f"{self.system.registration}/registrations/")
            if self.page.locator("td.status", has_text=words).count():
                return
        raise AssertionError(f"审核状态: {self.page.locator('td.status').inner_text()}, not {words}")

    def await_message(self, words: str) -> str:
        """Look at the telephone until a message with these words is there; return its text."""
        for _ in moments():
            self.page.goto(f"{self.system.registration}/phone/")
            found = self.page.locator(".bubble-sms .bubble-text", has_text=words)
            if found.count():
                return found.first.inner_text()
        raise AssertionError(f"no message with {words}: {self.page.locator('.talk').inner_text()}")

    def await_page(self, words: str) -> None:
        """Open the upload page again until it says so."""
        for _ in moments():
            self.see()
            if self.page.locator("main", has_text=words).count():
                return
        raise AssertionError(f"{words} isn't on {self.page.locator('main').inner_text()}")


@dataclass
class Staff(Person):
    """Somebody of the staff, at a desk."""

    def log_in(self, username: str) -> None:
        """Log in with the password; the demonstration asks for no second factor."""
        # What the page loads ahead or goes on to is in this reviewer's hands: other walks through the same system need it.
        self.page.route("**/staff/queue/reserve/", lambda route: route.fulfill(status=204))
        self.page.route("**/staff/queue/next/", lambda route: route.fulfill(body=""))
        self.page.goto(f"{self.system.service}/staff/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(STAFF_PASSWORD)
        self.keep(f"login-{username}")
        self.press(self.button("登录"))
        self.page.wait_for_url(re.compile("/staff/(queue/)?$|/office/"))

    def open_dossier(self, number: str) -> None:
        """Find a dossier by its registration number and take it."""
        self.page.goto(f"{self.system.service}/staff/queue/?q={number}&tab=all")
        self.press(self.page.locator("table").get_by_role("link").first)
        self.press(self.button("领取"))
        expect(self.button("交还")).to_be_visible()

    def accept_all(self) -> None:
        """Mark every picture that waits 合格, with the key where there is one."""
        while self.page.locator(WAITING).count():
            self.page.wait_for_load_state()  # the keys work from then on
            waiting = self.page.locator(WAITING).count()
            with self.page.expect_response("**/mark/"):
                self.page.keyboard.press("a")
            expect(self.page.locator(WAITING)).to_have_count(waiting - 1)

    def act(self, name: str, *, asks: bool = False) -> None:
        """Press an act, read what it will send where it asks, and send it without waiting for the five seconds."""
        unhurried(self.page)
        self.press(self.link(name))
        if asks:
            expect(self.page.get_by_role("dialog").get_by_role("heading", name=name)).to_be_visible()
            self.keep(f"confirm-{name}", whole=False)
            self.press(self.button(f"{name}并领取下一份"))
        expect(self.page.locator(".sending")).to_be_visible()
        self.keep(f"sending-{name}", whole=False)
        with self.page.expect_response(_is_an_act) as answer:
            self.press(self.button("立即发出，下一份"))
        assert answer.value.status == HTTPStatus.NO_CONTENT


def unhurried(page: Page) -> None:
    """Let what is about to be sent wait for the test: a busy machine needs more than five seconds for its steps."""
    page.locator(".bench").evaluate("bench => { bench.dataset.sendingSecondsValue = '600'; }")


def _is_an_act(answer: Response) -> bool:
    return answer.request.method == "POST" and re.search("/(return|forward|decide)/", answer.url) is not None

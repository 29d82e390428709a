"""What the staff do in the walks of the guide, each at a desk: their half of every round."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import expect

from browser.guide.walking import WAITING, Staff

REMARK: Final = "请单位法定代表人签字后重新拍照。"


def returns_one_place(reviewer: Staff, number: str) -> None:
    """G13: one picture needs replacing, with a reason, everything else is fine."""
    page = reviewer.page
    reviewer.keep("queue")
    reviewer.open_dossier(number)
    reviewer.keep("workbench", whole=False)
    while page.locator(WAITING).count():
        page.wait_for_load_state()  # the keys work from then on
        waiting = page.locator(WAITING).count()
        panel = page.locator(".panel:not([hidden])")
        if panel.locator("h2", has_text="试用期考核证明").count():
            page.keyboard.press("x")
            panel.get_by_label("写给考生的说明").first.fill(REMARK)
            reviewer.keep("marking", whole=False)
            reviewer.press(reviewer.button("标记为需更换"))
        else:
            page.keyboard.press("a")
        expect(page.locator(WAITING)).to_have_count(waiting - 1)
    reviewer.act("退回补充", asks=True)


def forwards(reviewer: Staff, number: str) -> None:
    """建议通过, from the second round."""
    reviewer.open_dossier(number)
    reviewer.accept_all()
    reviewer.keep("workbench-second-round", whole=False)
    reviewer.act("建议通过")


def decides(area: Staff, number: str) -> None:
    """通过, which nobody outside may notice."""
    area.open_dossier(number)
    area.accept_all()
    area.keep("workbench-area", whole=False)
    area.act("通过")


def closes_the_site(manager: Staff, batch: str) -> None:
    """The window is over and the 考点 closes its review."""
    page = manager.page
    manager.system.end_window(batch)
    intake = manager.system.intake(batch)
    ((site,),) = manager.system.execute("SELECT id FROM regions_examsite WHERE code = '1301'")
    page.goto(f"{manager.system.service}/office/")
    manager.keep("progress")
    page.goto(f"{manager.system.service}/office/intakes/{intake}/sites/{site}/")
    expect(page.locator(".staff-nav [aria-current]")).to_have_text("进度")
    manager.keep("site")
    page.get_by_label(re.compile("份数")).fill("1")
    manager.press(page.get_by_role("button", name="结束考点审核"))
    expect(page.get_by_text("由 邵国栋（样本） 结束")).to_be_visible()


def releases(manager: Staff, batch: str) -> None:
    """The 考区 publishes the only result of the intake."""
    page = manager.page
    page.goto(f"{manager.system.service}/office/releases/{manager.system.intake(batch)}/")
    manager.press(page.get_by_role("button", name="准备本批"))
    counted = page.get_by_label(re.compile("份数"))
    counted.fill("1")
    manager.keep("release")
    manager.press(page.get_by_role("button", name="公布", exact=True))
    manager.press(page.locator("dialog.sheet--question[open]").get_by_role("button", name="公布", exact=True))
    expect(page.get_by_role("row", name=re.compile("第 1 批"))).to_be_visible()
    manager.keep("released")

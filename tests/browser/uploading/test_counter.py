"""代考生上传: the photograph of somebody who stands at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.guide.test_guide import DESKTOP
from browser.guide.walking import Album, Staff
from factories.photographs import photograph

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = pytest.mark.browser


def test_an_eight_megabyte_photograph_goes_in_at_the_counter(
    system: System, new_context: Callable[..., BrowserContext]
) -> None:
    staff = Staff(new_context(**DESKTOP).new_page(), system, Album.of("counter", ""))
    page, who = staff.page, system.people["counter"]
    staff.log_in("site-manager-1")
    page.goto(f"{system.service}/office/counter/{who['dossier']}/")
    page.get_by_label("不会操作手机或电脑").check()
    page.get_by_label("考生本人在场").check()
    staff.press(staff.button("开始代传"))
    page.goto(f"{system.service}/office/counter/{who['dossier']}/kinds/M99/upload/")
    expect(page.locator("#upload-file")).to_be_enabled()
    taken = photograph(3456, 4608, orientation=6, quality=99)
    assert len(taken) > 8_000_000
    page.locator("#upload-file").set_input_files(
        {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": taken}
    )
    send = page.get_by_role("button", name="提交", exact=True)
    expect(send).to_be_enabled()
    staff.press(send)
    expect(page.get_by_text("图片已上传。")).to_be_visible()
    statement = "SELECT width, height FROM casework_picture WHERE dossier_id = %s AND kind = 'M99'"
    ((width, height),) = system.execute(statement, who["dossier"])
    assert height > width
    assert height >= 1600

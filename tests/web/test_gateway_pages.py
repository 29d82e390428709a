"""What nginx answers in place of the service says the same as the service would, in both languages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.utils import translation

from kaosheng.web.ui.errors import ADVICE, HEADINGS, SENTENCES

NGINX = Path(__file__).resolve().parents[2] / "deploy" / "nginx"


@pytest.mark.parametrize("status", [413, 503])
def test_nginx_says_what_the_service_says(status: int) -> None:
    page = (NGINX / "errors" / f"{status}.html").read_text(encoding="utf-8")
    body = page.partition("<body>")[2]
    expected = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            expected += [str(words[status]) for words in (HEADINGS, SENTENCES, ADVICE)]
    assert [unescape(text) for text in re.findall(r">([^<>\n]+)<", body)] == expected
    assert f"<p data-refusal>{expected[1]}</p>" in body  # where the upload page's scripts look for it


def test_every_page_of_an_error_is_there() -> None:
    named = re.findall(
        r"error_page .* /(errors/\d+\.html);", (NGINX / "kaosheng.conf").read_text(encoding="utf-8")
    )
    assert sorted(named) == ["errors/413.html", "errors/503.html"]
    assert [(NGINX / name).is_file() for name in named] == [True, True]

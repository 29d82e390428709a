"""What nginx answers in place of the service says the same as the service would; what it logs names nobody."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.utils import translation

from kaosheng.web.ui.errors import ADVICE, HEADINGS, SENTENCES

NGINX = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
CONF = NGINX / "kaosheng.conf"


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
    named = re.findall(r"error_page .* /(errors/\d+\.html);", CONF.read_text(encoding="utf-8"))
    assert sorted(named) == ["errors/413.html", "errors/503.html"]
    assert [(NGINX / name).is_file() for name in named] == [True, True]


def test_the_log_of_nginx_holds_neither_query_nor_secret() -> None:
    """A search of the queue is `?q=` with a name or an ID number; a provider's report has its secret in the path."""
    conf = re.sub(r"#.*", "", CONF.read_text(encoding="utf-8"))
    form = re.search(r"log_format kaosheng '([^']*)';", conf)
    assert form is not None
    assert re.findall(r"\$\w+", form[1]) == [
        "$remote_addr", "$time_local", "$request_method", "$uri", "$status", "$body_bytes_sent", "$request_time",
    ]  # fmt: skip
    http, https = conf.split("\nserver {")[1:]
    assert re.findall(r"\b(?:access|error)_log\s+[^;]*", http) == ["access_log off"]
    reports = re.search(r"location /api/reports/ \{([^}]*)\}", https)
    assert reports is not None
    assert "access_log off;" in reports[1]
    assert re.findall(r"\b(?:access|error)_log\s+([^;]*)", https.replace(reports[0], "")) == [
        "/var/log/nginx/kaosheng.access.log kaosheng",
        "/var/log/nginx/kaosheng.error.log crit",
    ]

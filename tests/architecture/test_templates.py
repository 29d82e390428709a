"""Templates keep to what the Content-Security-Policy and htmx allow; a browser would only complain at run time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
TEMPLATES = sorted([*SOURCE.rglob("templates/**/*.html")])
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on, which htmx evaluates": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "a js: value, which htmx evaluates": re.compile(
        r"""hx-[a-z-]+\s*=\s*["'](?:js|javascript):""", re.IGNORECASE
    ),
    # With allowEval off the filter isn't evaluated and the request is sent anyway.
    "a trigger filter": re.compile(r"""hx-trigger\s*=\s*["'][^"']*\[""", re.IGNORECASE),
    "something of another host": re.compile(
        r"""(?:src|<link[^>]*href)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE
    ),
}


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    found = {
        path.relative_to(SOURCE).as_posix(): match.group(0)
        for path in TEMPLATES
        if (match := FORBIDDEN[what].search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("an inline script", "<script>1</script>"),
        ("an inline style sheet", "<style>"),
        ("a style attribute", '<p class="a" style="color:red">'),
        ("an inline handler", "<button onclick='x()'>"),
        ("hx-on, which htmx evaluates", "<a hx-on:click='x'>"),
        ("a js: value, which htmx evaluates", "<a hx-vals='js:{a:1}'>"),
        ("a trigger filter", '<a hx-trigger="click[ctrlKey]">'),
        ("something of another host", '<img src="//example.org/a.png">'),
    ],
)
def test_the_rule_bites(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)

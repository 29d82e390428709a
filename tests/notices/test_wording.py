"""What an 考区 may write into a text, and how long it gets."""

from __future__ import annotations

import pytest

from factories.refusals import refused
from kaosheng.notices.templates import TEXTS, VARIABLES
from kaosheng.notices.wording import check, cut, fill, length_of, longest_length, names_in, sample

RETURNED = TEXTS["returned"].zh


@pytest.mark.parametrize("template", sorted(TEXTS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_built_in_text_passes_its_own_check(template: str, language: str) -> None:
    text = TEXTS[template].in_language(language)
    check(template, text, language=language)
    assert set(names_in(text)) <= set(VARIABLES)
    assert "{" not in sample(text, language=language)


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_no_chinese_text_needs_more_than_two_parts(template: str) -> None:
    assert longest_length(TEXTS[template].zh, language="zh").parts <= 2


def test_both_languages_of_a_text_carry_the_same_variables() -> None:
    assert {name: sorted(names_in(text.zh)) for name, text in TEXTS.items()} == {
        name: sorted(names_in(text.en)) for name, text in TEXTS.items()
    }


@pytest.mark.parametrize(
    ("characters", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_parts_are_counted_as_providers_do(characters: int, parts: int) -> None:
    assert length_of("字" * characters).parts == parts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RETURNED + "{", "wording_braces"),
        (RETURNED + "{exam.__class__}", "wording_unknown_variable"),
        (RETURNED + "{exam!r}", "wording_braces"),
        (RETURNED + "{name}", "wording_unknown_variable"),
        (RETURNED.replace("{deadline}", "明天"), "wording_missing_variable"),
        (RETURNED + "【公告】", "wording_forbidden"),
        (RETURNED + "医疗", "wording_forbidden"),
        (RETURNED + "https://example.cn/a", "wording_link"),
        (RETURNED + "见example.com", "wording_link"),
        (RETURNED + "电话13900000001", "wording_number"),
        (RETURNED + "字" * 500, "wording_too_long"),
    ],
)
def test_words_that_could_not_be_sent_are_refused(text: str, code: str) -> None:
    with refused(code):
        check("returned", text, language="zh")


def test_variables_are_never_longer_than_operators_take_them() -> None:
    long = cut({"kinds": "一二三四五六七八九十一二三四"}, language="zh-hans")
    assert long == {"kinds": "一二三四五六七八九十一…"}
    assert fill("{kinds}", long) == "一二三四五六七八九十一…"

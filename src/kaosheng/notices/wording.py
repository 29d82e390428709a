"""The words an 考区 uses for a text: its own, checked when saved, or the built-in ones; filling them; their length."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kaosheng.crypto.digests import digest
from kaosheng.domain.errors import Refusal
from kaosheng.notices.models import Wording
from kaosheng.notices.templates import TEXTS, VARIABLES, Text

ONE_PART: Final = 70
"""Characters of an SMS of one part, signature and variables included (domain.md 1.7)."""
EACH_PART: Final = 67
LONGEST: Final = 500
DEFAULT_SIGNATURE: Final = "国家医学考试"

_LINK: Final = re.compile(r"https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|gov)\b", re.IGNORECASE)
_LONG_NUMBER: Final = re.compile(r"\d{7,}")
FORBIDDEN: Final = ("【", "】", "[", "]", "医疗", "助考", "培训", "教育", "贷款", "中奖")
"""Signs and words operators refuse (domain.md 1.7)."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A text as an 考区 says it, with the providers' template ids."""

    text: Text
    approved: Mapping[str, str]

    @property
    def digest(self) -> str:
        """What somebody saw when he began."""
        return digest(repr((self.text.zh, self.text.en, sorted(self.approved.items()))).encode())


@dataclass(frozen=True, slots=True)
class Length:
    """How long a message can get, and how many parts a provider counts."""

    characters: int
    parts: int


def worded(area: str, template: str) -> Worded:
    """The area's wording of a text. Raises KeyError for an unknown text."""
    return _worded(template, Wording.objects.filter(area=area, template=template).first())


def all_worded(area: str) -> dict[str, Worded]:
    """The area's wording of every text, by its code, in one query."""
    own = {row.template: row for row in Wording.objects.filter(area=area)}
    return {template: _worded(template, own.get(template)) for template in TEXTS}


def _worded(template: str, row: Wording | None) -> Worded:
    built_in = TEXTS[template]
    if row is None:
        return Worded(built_in, {})
    return Worded(replace(built_in, zh=row.zh or built_in.zh, en=row.en or built_in.en), row.approved)


def fill(text: str, variables: Mapping[str, str]) -> str:
    """The finished text. Raises KeyError when a variable is missing."""
    return text.format_map(dict(variables))


def cut(variables: Mapping[str, str], *, language: str) -> dict[str, str]:
    """The variables no longer than operators take them; one the table doesn't know as it is."""
    return {name: _cut(name, value, language) for name, value in variables.items()}


def _cut(name: str, value: str, language: str) -> str:
    known = VARIABLES.get(name)
    if known is None:
        return value
    longest = known.longest_en if language.startswith("en") else known.longest_zh
    return value if len(value) <= longest else value[: longest - 1] + "…"


def names_in(text: str) -> list[str]:
    """The variables of a text in their order, each once. Raises ValueError for anything else in braces."""
    found = []
    for _literal, name, spec, conversion in string.Formatter().parse(text):
        if spec or conversion:
            raise ValueError(spec or conversion)
        if name is not None:
            found.append(name)
    return list(dict.fromkeys(found))


def longest_length(text: str, *, language: str, signature: str = DEFAULT_SIGNATURE) -> Length:
    """The length with the signature and every variable at its longest."""
    english = language.startswith("en")
    longest = {
        name: "字" * (VARIABLES[name].longest_en if english else VARIABLES[name].longest_zh)
        for name in names_in(text)
    }
    return length_of(f"【{signature}】" + fill(text, longest))


def length_of(text: str) -> Length:
    """Characters and parts of a finished SMS: one of up to 70, else parts of 67."""
    characters = len(text)
    return Length(characters, 1 if characters <= ONE_PART else math.ceil(characters / EACH_PART))


def sample(text: str, *, language: str) -> str:
    """The text filled with samples, for previews."""
    english = language.startswith("en")
    return fill(
        text,
        {
            name: VARIABLES[name].sample_en if english else VARIABLES[name].sample_zh
            for name in names_in(text)
        },
    )


def check(template: str, text: str, *, language: str) -> None:
    """Refuse words that could not be sent, or say less than they must.

    Raises Refusal `wording_braces`, `wording_unknown_variable` (name, known), `wording_missing_variable` (name),
    `wording_forbidden` (word), `wording_link`, `wording_number`, `wording_too_long` (characters, limit).
    """
    _check_variables(text, allowed=names_in(TEXTS[template].in_language(language)))
    plain = "".join(literal for literal, *_rest in string.Formatter().parse(text))
    _check_words(plain)
    if len(text) > LONGEST:
        raise Refusal("wording_too_long", characters=len(text), limit=LONGEST)


def _check_variables(text: str, *, allowed: list[str]) -> None:
    try:
        names = names_in(text)
    except ValueError as error:
        raise Refusal("wording_braces") from error
    for name in names:
        if name not in allowed:
            raise Refusal("wording_unknown_variable", name=name, known="、".join(f"{{{n}}}" for n in allowed))
    for name in allowed:
        if name != "exam" and name not in names:
            raise Refusal("wording_missing_variable", name=name)


def _check_words(plain: str) -> None:
    for word in FORBIDDEN:
        if word in plain:
            raise Refusal("wording_forbidden", word=word)
    if _LINK.search(plain):
        raise Refusal("wording_link")
    if _LONG_NUMBER.search(plain):
        raise Refusal("wording_number")

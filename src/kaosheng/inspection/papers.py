"""Which paper a picture shows, by the words printed on it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_TITLE: Final = 4
_LABEL: Final = 1
_ENOUGH: Final = 2
_CHARACTERS_AN_ERROR: Final = 4
"""One character in four may be misread."""

_TITLE_SHARE: Final = 0.4
"""Of its line, at least: letters name other papers in the middle of their sentences."""

_OTHER_PERSON: Final = "带教"
"""A 材料种类 with this in its name takes the papers of somebody else, the teacher."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One sort of paper: the words that tell it, the kinds of material that take it, what it says of its holder."""

    code: str
    kinds: tuple[str, ...]
    titles: tuple[str, ...]
    labels: tuple[str, ...]
    bears: frozenset[str]


@cache
def papers() -> Mapping[str, Paper]:
    """All papers, by code."""
    tables = tomllib.loads(Path(__file__).with_name("papers.toml").read_text(encoding="utf-8"))
    return {
        code: Paper(
            code,
            tuple(table["kinds"]),
            tuple(table["titles"]),
            tuple(table["labels"]),
            frozenset(table["bears"]),
        )
        for code, table in tables.items()
    }


def paper_of(lines: Iterable[str]) -> Paper | None:
    """Name the paper these lines stand on; None when no paper, or more than one, fits best."""
    texts = [text.replace(" ", "") for text in lines]
    points = {code: _points(paper, texts) for code, paper in papers().items()}
    best = max(points.values())
    winners = [code for code, score in points.items() if score == best]
    return papers()[winners[0]] if best >= _ENOUGH and len(winners) == 1 else None


def place_that_tells(paper: Paper, lines: Sequence[str]) -> int | None:
    """Which line names this paper: one with its title, the longest first, else one with the first label found."""
    texts = [text.replace(" ", "") for text in lines]
    for word in (*sorted(paper.titles, key=len, reverse=True), *paper.labels):
        for place, text in enumerate(texts):
            if _stands_in(word, [text]):
                return place
    return None


def papers_of_kind(name: str) -> frozenset[str]:
    """Codes of the papers a 材料种类 of this Chinese name takes; none: the name says nothing, anything goes."""
    return frozenset(code for code, paper in papers().items() if any(word in name for word in paper.kinds))


def fits(paper: Paper | None, kind_name: str) -> bool | None:
    """Whether a paper is one this 材料种类 takes; None when the paper isn't known or anything goes."""
    taken = papers_of_kind(kind_name)
    return paper.code in taken if paper and taken else None


def borne(paper: Paper | None, kind_name: str) -> frozenset[str]:
    """What of the candidate (name, id_number) should stand on the picture.

    Nothing on papers of somebody else. On a paper that isn't known: all that papers of its kind carry, and without a
    kind everything.
    """
    if _OTHER_PERSON in kind_name:
        return frozenset()
    if paper is not None:
        return paper.bears
    taken = papers_of_kind(kind_name)
    if not taken:
        return frozenset({"name", "id_number"})
    return frozenset().union(*(papers()[each].bears for each in taken))


def _points(paper: Paper, texts: list[str]) -> int:
    titles = max(
        (
            len(title)
            for title in paper.titles
            if _stands_in(title, [text for text in texts if len(text) * _TITLE_SHARE <= len(title)])
        ),
        default=0,
    )
    labels = sum(_LABEL for label in paper.labels if _stands_in(label, texts))
    # The longer of two titles that fit is the more particular one: 医师资格证书 against 证书.
    return (_TITLE + titles if titles else 0) + labels


def _stands_in(word: str, texts: list[str]) -> bool:
    allowed = len(word) // _CHARACTERS_AN_ERROR
    return any(word in text or (allowed and _nearly(word, text, allowed)) for text in texts)


def _nearly(word: str, text: str, allowed: int) -> bool:
    """Whether some stretch of the text differs from the word in no more than so many characters."""
    size = len(word)
    return any(
        sum(a != b for a, b in zip(word, text[start : start + size], strict=True)) <= allowed
        for start in range(len(text) - size + 1)
    )

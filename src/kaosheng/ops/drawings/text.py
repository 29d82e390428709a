"""Chinese text on a drawing: fonts read by path from a package, spaced words, wrapped paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from PIL import ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path, serif_path

Face = Literal["sans", "serif"]
Colour = tuple[int, int, int] | tuple[int, int, int, int]

INK: Final[Colour] = (38, 38, 42)
_NO_LINE_START: Final = "，。、；：！？）》”"
_files: dict[Face, Path] = {"sans": Path(sans_path()), "serif": Path(serif_path())}


@lru_cache(maxsize=64)
def font(size: int, face: Face = "sans") -> ImageFont.FreeTypeFont:
    """Noto Sans SC or Noto Serif SC, unless set otherwise, in this size (pixels)."""
    return ImageFont.truetype(str(_files[face]), size)


@contextmanager
def set_in(*, sans: Path, serif: Path) -> Iterator[None]:
    """Draw in other fonts meanwhile: a measurement needs letters nobody tuned anything on."""
    before = dict(_files)
    _files.update({"sans": sans, "serif": serif})
    font.cache_clear()
    try:
        yield
    finally:
        _files.update(before)
        font.cache_clear()


def width_of(text: str, size: int, face: Face = "sans", spacing: int = 0) -> int:
    """How wide the text will be, in pixels, with `spacing` added after every character."""
    return round(font(size, face).getlength(text)) + spacing * len(text)


def put(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    *,
    face: Face = "sans",
    fill: Colour = INK,
    spacing: int = 0,
    bold: bool = False,
) -> None:
    """Write one line with its left top corner at `at`; a size of 30 takes a line of about 40 pixels."""
    stroke = max(1, size // 28) if bold else 0
    if not spacing:
        draw.text(at, text, font=font(size, face), fill=fill, stroke_width=stroke)
        return
    x, y = at
    for character in text:
        draw.text((x, y), character, font=font(size, face), fill=fill, stroke_width=stroke)
        x += font(size, face).getlength(character) + spacing


def put_centred(
    draw: ImageDraw.ImageDraw,
    middle: tuple[float, float],
    text: str,
    size: int,
    *,
    face: Face = "sans",
    fill: Colour = INK,
    spacing: int = 0,
    bold: bool = False,
) -> None:
    """Write one line around its middle, e.g. a title."""
    left = middle[0] - (width_of(text, size, face, spacing) - spacing) / 2
    put(draw, (left, middle[1] - size * 0.72), text, size, face=face, fill=fill, spacing=spacing, bold=bold)


def wrapped(text: str, size: int, width: int, *, face: Face = "sans", indent: int = 0) -> list[str]:
    """Break a paragraph into lines of at most `width` pixels; no line begins with a closing mark.

    `indent` is the number of full-width blanks at the beginning of the first line.
    """
    lines: list[str] = []
    line = "\u3000" * indent
    for word in _words(text):
        if width_of(line + word, size, face) > width and word not in _NO_LINE_START:
            lines.append(line)
            line = ""
        line += word
    return [*lines, line]


def _words(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        if (
            words
            and character.isascii()
            and character.isalnum()
            and words[-1][-1:].isascii()
            and words[-1].isalnum()
        ):
            words[-1] += character
        else:
            words.append(character)
    return words


def paragraph(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    width: int,
    *,
    face: Face = "sans",
    fill: Colour = INK,
    indent: int = 0,
    leading: float = 1.7,
) -> float:
    """Write a wrapped paragraph and return the y at which the next one may begin."""
    x, y = at
    for line in wrapped(text, size, width, face=face, indent=indent):
        put(draw, (x, y), line, size, face=face, fill=fill)
        y += size * leading
    return y

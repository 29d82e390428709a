"""What documents are drawn on: tinted sheets, guilloche, frames, the mark 样本, bar and square codes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from kaosheng.ops.drawings.text import Colour, font

Random = np.random.Generator

SAMPLE_MARK: Final = "样本"


def sheet(size: tuple[int, int], tint: tuple[int, int, int]) -> Image.Image:
    """A blank sheet with the faint fibres of real paper."""
    return ImageChops.add(Image.new("RGB", size, tint), _grain(size), 1, -128)


@lru_cache(maxsize=8)
def _grain(size: tuple[int, int]) -> Image.Image:
    """Fibres of a few pixels, the same for every sheet of this size; the camera's noise differs."""
    noise = np.random.default_rng(size[0] * 10_007 + size[1]).normal(
        128, 2.2, (size[1] // 3 + 1, size[0] // 3 + 1)
    )
    small = Image.fromarray(np.clip(np.rint(noise), 0, 255).astype(np.uint8), "L")
    return small.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def guilloche(page: Image.Image, box: tuple[int, int, int, int], colour: Colour, *, waves: int = 26) -> None:
    """Security-print lines: a bundle of sine waves that drift against each other."""
    left, top, right, bottom = box
    draw = ImageDraw.Draw(page)
    height = bottom - top
    for wave in range(waves):
        phase = wave * 2 * math.pi / waves
        middle = top + height * (wave + 0.5) / waves
        points = []
        for x in range(left, right + 1, 9):
            turn = (x - left) / 95
            swing = math.sin(turn + phase) * height / 9 + math.sin(turn * 2.6 - phase * 3) * height / 26
            points.append((x, min(max(middle + swing, top), bottom)))
        draw.line(points, fill=colour, width=1)


def rosette(page: Image.Image, middle: tuple[int, int], radius: int, colour: Colour) -> None:
    """A round ornament of crossing curves, as in the middle of certificates."""
    draw = ImageDraw.Draw(page)
    for ring in range(9):
        points = []
        for step in range(361):
            angle = math.radians(step)
            reach = radius * (0.62 + 0.05 * ring + 0.09 * math.sin(12 * angle + ring))
            points.append((middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)))
        draw.line(points, fill=colour, width=1)


def ornamental_frame(page: Image.Image, colour: Colour, *, inset: int = 40) -> None:
    """The printed border of a certificate: two lines with a chain of small lozenges between."""
    draw = ImageDraw.Draw(page)
    width, height = page.size
    outer = (inset, inset, width - inset, height - inset)
    inner = (inset + 26, inset + 26, width - inset - 26, height - inset - 26)
    draw.rectangle(outer, outline=colour, width=4)
    draw.rectangle(inner, outline=colour, width=2)
    middle = inset + 13
    places = [(x, y) for x in range(middle, width - inset, 26) for y in (middle, height - middle)]
    places += [(x, y) for y in range(middle + 26, height - inset - 26, 26) for x in (middle, width - middle)]
    for x, y in places:
        draw.polygon([(x - 9, y), (x, y - 9), (x + 9, y), (x, y + 9)], outline=colour)
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=colour)


def mark_as_sample(page: Image.Image, *, size: int = 150, opacity: int = 36) -> None:
    """Write 样本 slanting across the page, faint enough to read through."""
    mark = Image.new("L", (round(size * 2.6), round(size * 1.7)), 0)
    ImageDraw.Draw(mark).text((size * 0.2, size * 0.1), SAMPLE_MARK, font=font(size), fill=opacity)
    mark = mark.rotate(24, resample=Image.Resampling.BICUBIC, expand=True)
    ink = Image.new("RGB", mark.size, (150, 40, 40))
    width, height = page.size
    for x, y in ((0.27, 0.36), (0.72, 0.64)):
        page.paste(ink, (round(width * x - mark.width / 2), round(height * y - mark.height / 2)), mark)


def bar_code(page: Image.Image, box: tuple[int, int, int, int], rng: Random) -> None:
    """Upright bars that look like a bar code and encode nothing."""
    draw = ImageDraw.Draw(page)
    x, top, right, bottom = box
    while x < right:
        bar, gap = (int(width) for width in rng.integers(2, 7, 2))
        draw.rectangle((x, top, min(x + bar, right), bottom), fill=(30, 30, 30))
        x += bar + gap


def square_code(page: Image.Image, at: tuple[int, int], side: int, rng: Random) -> None:
    """A pattern that looks like a QR code and encodes nothing."""
    cells = 29
    bits = rng.integers(0, 2, (cells, cells), dtype=np.uint8)
    for row, column in ((0, 0), (0, cells - 7), (cells - 7, 0)):
        bits[max(row - 1, 0) : row + 8, max(column - 1, 0) : column + 8] = 0
        bits[row : row + 7, column : column + 7] = 1
        bits[row + 1 : row + 6, column + 1 : column + 6] = 0
        bits[row + 2 : row + 5, column + 2 : column + 5] = 1
    code = Image.fromarray(((1 - bits) * 225 + 20).astype(np.uint8), "L")
    page.paste(code.resize((side, side), Image.Resampling.NEAREST).convert("RGB"), at)

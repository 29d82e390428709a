"""A drawn portrait: nobody's face, the same for the same person on each of his documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaosheng.ops.drawings.paper import SAMPLE_MARK, Random
from kaosheng.ops.drawings.text import font

Tone = tuple[int, int, int]

_SKIN: Final[tuple[Tone, ...]] = ((238, 206, 180), (232, 196, 168), (243, 214, 190), (226, 188, 160))
_CLOTHES: Final[tuple[Tone, ...]] = ((46, 58, 84), (70, 74, 82), (96, 44, 52), (40, 82, 84), (112, 104, 92))
_HAIR: Final[tuple[Tone, ...]] = ((34, 30, 30), (46, 38, 34), (26, 26, 30))
_BROWS: Final = (60, 48, 44)
_GROUND: Final[dict[str, Tone]] = {"white": (246, 247, 248), "blue": (86, 142, 206)}
_SCALE: Final = 2


@dataclass(frozen=True, slots=True)
class _Figure:
    """Proportions in pixels of the enlarged drawing; `face` is half the width of the face."""

    draw: ImageDraw.ImageDraw
    rng: Random
    middle: float
    eyes: float
    face: float
    unit: float
    height: float
    skin: Tone
    hair: Tone
    clothes: Tone


def portrait(size: tuple[int, int], *, female: bool, seed: int, ground: str = "white") -> Image.Image:
    """Head and shoulders on a plain ground, marked 样本; proportions and colours follow the seed."""
    picture = Image.new("RGB", (size[0] * _SCALE, size[1] * _SCALE), _GROUND[ground])
    figure = _figure(picture, np.random.default_rng(seed))
    if female:
        _long_hair(figure)
    _shoulders(figure)
    _head(figure)
    _fringe(figure, female=female)
    _features(figure)
    picture = picture.resize(size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))
    _shade(picture)
    ImageDraw.Draw(picture).text(
        (size[0] / 2, size[1] * 0.93),
        SAMPLE_MARK,
        font=font(size[0] // 8),
        fill=(252, 252, 252),
        anchor="mm",
        stroke_width=2,
        stroke_fill=(90, 90, 96),
    )
    return picture


def _figure(picture: Image.Image, rng: Random) -> _Figure:
    unit = picture.width / 10
    skin, hair, clothes = (table[int(rng.integers(len(table)))] for table in (_SKIN, _HAIR, _CLOTHES))
    return _Figure(
        draw=ImageDraw.Draw(picture),
        rng=rng,
        middle=picture.width / 2,
        eyes=picture.height * float(rng.uniform(0.42, 0.45)),
        face=unit * float(rng.uniform(1.95, 2.2)),
        unit=unit,
        height=picture.height,
        skin=skin,
        hair=hair,
        clothes=clothes,
    )


def _long_hair(figure: _Figure) -> None:
    middle, eyes, face = figure.middle, figure.eyes, figure.face
    reach = (1.75, 2.6)[int(figure.rng.integers(2))]
    box = (middle - face * 1.28, eyes - face * 1.6, middle + face * 1.28, eyes + face * reach)
    figure.draw.rounded_rectangle(box, radius=face * 1.1, fill=figure.hair)


def _shoulders(figure: _Figure) -> None:
    draw, middle, unit = figure.draw, figure.middle, figure.unit
    top = figure.height * 0.74
    body = (middle - unit * 4.3, top, middle + unit * 4.3, figure.height * 1.3)
    draw.rounded_rectangle(body, radius=unit * 2.3, fill=figure.clothes)
    neck = (middle - unit * 0.95, top - unit * 1.6, middle + unit * 0.95, top + unit * 0.5)
    draw.rectangle(neck, fill=_darker(figure.skin, 0.93))
    throat = [(middle - unit * 1.5, top - 4), (middle, top + unit * 2.2), (middle + unit * 1.5, top - 4)]
    draw.polygon(throat, fill=_darker(figure.skin, 0.95))
    for side in (-1, 1):
        collar = [
            (middle + side * unit * 0.9, top - unit * 0.4),
            (middle + side * unit * 2.1, top + unit * 0.3),
            (middle, top + unit * 2.4),
        ]
        draw.polygon(collar, fill=(248, 248, 250), outline=_darker(figure.clothes, 0.8))


def _head(figure: _Figure) -> None:
    draw, middle, eyes, face, unit = figure.draw, figure.middle, figure.eyes, figure.face, figure.unit
    draw.ellipse((middle - face, eyes - face * 1.3, middle + face, eyes + face * 1.42), fill=figure.skin)
    for side in (-1, 1):
        ear = middle + side * face
        box = (ear - unit * 0.34, eyes - unit * 0.4, ear + unit * 0.34, eyes + unit * 0.75)
        draw.ellipse(box, fill=figure.skin)


def _fringe(figure: _Figure, *, female: bool) -> None:
    draw, middle, eyes, face = figure.draw, figure.middle, figure.eyes, figure.face
    top = eyes - face * (1.62 if female else 1.55)
    draw.pieslice(
        (middle - face * 1.14, top, middle + face * 1.14, eyes + face * 0.75), 178, 362, fill=figure.hair
    )
    part = middle + face * float(figure.rng.uniform(-0.5, 0.5))
    low = eyes - face * float(figure.rng.uniform(0.64, 0.8))
    strands = [
        (middle - face * 1.1, eyes - face * 0.3),
        (part, low),
        (middle + face * 1.1, eyes - face * 0.3),
        (middle + face * 0.8, top + face * 0.3),
        (middle - face * 0.8, top + face * 0.3),
    ]
    draw.polygon(strands, fill=figure.hair)


def _features(figure: _Figure) -> None:
    draw, middle, eyes, face = figure.draw, figure.middle, figure.eyes, figure.face
    apart = face * float(figure.rng.uniform(0.4, 0.46))
    line = max(2, round(face / 16))
    for side in (-1, 1):
        x = middle + side * apart
        draw.ellipse(
            (x - face * 0.19, eyes - face * 0.08, x + face * 0.19, eyes + face * 0.1), fill=(250, 250, 250)
        )
        draw.ellipse(
            (x - face * 0.09, eyes - face * 0.1, x + face * 0.09, eyes + face * 0.1), fill=(40, 32, 30)
        )
        lid = (x - face * 0.24, eyes - face * 0.14, x + face * 0.24, eyes + face * 0.2)
        draw.arc(lid, 195, 345, fill=_BROWS, width=line)
        brow = (x - face * 0.3, eyes - face * 0.38, x + face * 0.3, eyes + face * 0.06)
        draw.arc(brow, 205, 335, fill=_BROWS, width=line + 2)
    nose = [
        (middle, eyes + face * 0.05),
        (middle - face * 0.1, eyes + face * 0.52),
        (middle + face * 0.06, eyes + face * 0.54),
    ]
    draw.line(nose, fill=_darker(figure.skin, 0.8), width=line)
    mouth = (middle - face * 0.34, eyes + face * 0.55, middle + face * 0.34, eyes + face * 0.9)
    draw.arc(mouth, 25, 155, fill=(170, 84, 80), width=line + 2)


def _shade(picture: Image.Image) -> None:
    """Light from the left, so that the flat drawing gets some depth."""
    light = np.linspace(1.04, 0.92, picture.width, dtype=np.float32)[None, :, None]
    lit = np.clip(np.asarray(picture, dtype=np.float32) * light, 0, 255).astype(np.uint8)
    picture.paste(Image.fromarray(lit, "RGB"))


def _darker(colour: Tone, share: float) -> Tone:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue

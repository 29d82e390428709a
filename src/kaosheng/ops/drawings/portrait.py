"""A drawn portrait: nobody's face, the same for the same person on each of his documents."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaosheng.ops.drawings.paper import SAMPLE_MARK, Random
from kaosheng.ops.drawings.text import font

_SKIN: Final = ((238, 206, 180), (232, 196, 168), (243, 214, 190), (226, 188, 160))
_CLOTHES: Final = ((46, 58, 84), (70, 74, 82), (96, 44, 52), (40, 82, 84), (244, 244, 246), (112, 104, 92))
_HAIR: Final = ((34, 30, 30), (46, 38, 34), (26, 26, 30))
_GROUND: Final = {"white": (246, 247, 248), "blue": (86, 142, 206), "red": (190, 44, 48)}


def portrait(size: tuple[int, int], *, female: bool, seed: int, ground: str = "white") -> Image.Image:
    """Head and shoulders on a plain ground, marked 样本; proportions and colours follow the seed."""
    rng = np.random.default_rng(seed)
    scale = 2
    width, height = size[0] * scale, size[1] * scale
    picture = Image.new("RGB", (width, height), _GROUND[ground])
    draw = ImageDraw.Draw(picture)
    unit = width / 10
    middle, eyes = width / 2, height * rng.uniform(0.42, 0.45)
    face = unit * rng.uniform(1.95, 2.2)
    skin, hair, clothes = (table[int(rng.integers(len(table)))] for table in (_SKIN, _HAIR, _CLOTHES))
    if female:
        _long_hair(draw, middle, eyes, face, hair, long=bool(rng.integers(2)))
    _shoulders(draw, middle, height, unit, clothes, skin)
    draw.ellipse((middle - face, eyes - face * 1.3, middle + face, eyes + face * 1.42), fill=skin)
    for side in (-1, 1):
        ear = middle + side * face
        draw.ellipse((ear - unit * 0.34, eyes - unit * 0.4, ear + unit * 0.34, eyes + unit * 0.75), fill=skin)
    _fringe(draw, middle, eyes, face, hair, rng, female=female)
    _features(draw, middle, eyes, face, skin, rng)
    picture = picture.resize(size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))
    _shade(picture)
    draw = ImageDraw.Draw(picture)
    mark = (size[0] / 2, size[1] * 0.93)
    draw.text(
        mark,
        SAMPLE_MARK,
        font=font(size[0] // 8),
        fill=(252, 252, 252),
        anchor="mm",
        stroke_width=2,
        stroke_fill=(90, 90, 96),
    )
    return picture


def _shade(picture: Image.Image) -> None:
    """Light from the left, so that the flat drawing gets some depth."""
    light = np.linspace(1.04, 0.92, picture.width, dtype=np.float32)[None, :, None]
    lit = np.clip(np.asarray(picture, dtype=np.float32) * light, 0, 255).astype(np.uint8)
    picture.paste(Image.fromarray(lit, "RGB"))


def _shoulders(
    draw: ImageDraw.ImageDraw,
    middle: float,
    height: float,
    unit: float,
    clothes: tuple[int, int, int],
    skin: tuple[int, int, int],
) -> None:
    top = height * 0.74
    draw.rounded_rectangle(
        (middle - unit * 4.3, top, middle + unit * 4.3, height * 1.3), radius=unit * 2.3, fill=clothes
    )
    draw.rectangle(
        (middle - unit * 0.95, top - unit * 1.6, middle + unit * 0.95, top + unit * 0.5),
        fill=_darker(skin, 0.93),
    )
    draw.polygon(
        [(middle - unit * 1.5, top - 4), (middle, top + unit * 2.2), (middle + unit * 1.5, top - 4)],
        fill=_darker(skin, 0.95),
    )
    for side in (-1, 1):
        collar = [
            (middle + side * unit * 0.9, top - unit * 0.4),
            (middle + side * unit * 2.1, top + unit * 0.3),
            (middle, top + unit * 2.4),
        ]
        draw.polygon(collar, fill=(248, 248, 250), outline=_darker(clothes, 0.8))


def _long_hair(
    draw: ImageDraw.ImageDraw,
    middle: float,
    eyes: float,
    face: float,
    hair: tuple[int, int, int],
    *,
    long: bool,
) -> None:
    reach = 2.6 if long else 1.75
    draw.rounded_rectangle(
        (middle - face * 1.28, eyes - face * 1.6, middle + face * 1.28, eyes + face * reach),
        radius=face * 1.1,
        fill=hair,
    )


def _fringe(
    draw: ImageDraw.ImageDraw,
    middle: float,
    eyes: float,
    face: float,
    hair: tuple[int, int, int],
    rng: Random,
    *,
    female: bool,
) -> None:
    top = eyes - face * (1.62 if female else 1.55)
    draw.pieslice((middle - face * 1.14, top, middle + face * 1.14, eyes + face * 0.75), 178, 362, fill=hair)
    part = middle + face * float(rng.uniform(-0.5, 0.5))
    low = eyes - face * float(rng.uniform(0.34, 0.5))
    draw.polygon(
        [
            (middle - face * 1.1, eyes - face * 0.3),
            (part, low - face * 0.3),
            (middle + face * 1.1, eyes - face * 0.3),
            (middle + face * 0.8, top + face * 0.3),
            (middle - face * 0.8, top + face * 0.3),
        ],
        fill=hair,
    )


def _features(
    draw: ImageDraw.ImageDraw,
    middle: float,
    eyes: float,
    face: float,
    skin: tuple[int, int, int],
    rng: Random,
) -> None:
    apart = face * float(rng.uniform(0.4, 0.46))
    line = max(2, round(face / 16))
    for side in (-1, 1):
        x = middle + side * apart
        draw.ellipse(
            (x - face * 0.19, eyes - face * 0.08, x + face * 0.19, eyes + face * 0.1), fill=(250, 250, 250)
        )
        draw.ellipse(
            (x - face * 0.09, eyes - face * 0.1, x + face * 0.09, eyes + face * 0.1), fill=(40, 32, 30)
        )
        draw.arc(
            (x - face * 0.24, eyes - face * 0.14, x + face * 0.24, eyes + face * 0.2),
            195,
            345,
            fill=(60, 46, 42),
            width=line,
        )
        draw.arc(
            (x - face * 0.3, eyes - face * 0.38, x + face * 0.3, eyes + face * 0.06),
            205,
            335,
            fill=(60, 50, 46),
            width=line + 2,
        )
    draw.line(
        [
            (middle, eyes + face * 0.05),
            (middle - face * 0.1, eyes + face * 0.52),
            (middle + face * 0.06, eyes + face * 0.54),
        ],
        fill=_darker(skin, 0.8),
        width=line,
    )
    draw.arc(
        (middle - face * 0.34, eyes + face * 0.55, middle + face * 0.34, eyes + face * 0.9),
        25,
        155,
        fill=(170, 84, 80),
        width=line + 2,
    )


def _darker(colour: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue

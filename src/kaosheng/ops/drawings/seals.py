"""Red seals and pen signatures, laid over print as ink is: uneven, a little turned, never quite even."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaosheng.ops.drawings.paper import SAMPLE_MARK, Random
from kaosheng.ops.drawings.text import font

_RED: Final = (196, 28, 36)
_PEN: Final = (28, 34, 78)


def round_seal(
    page: Image.Image, middle: tuple[int, int], unit: str, rng: Random, *, radius: int = 118
) -> None:
    """Press the round seal of a unit: its name on the arc, a star, 样本 below it."""
    scale = 2
    side = radius * 2 * scale + 24
    stamp = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(stamp)
    edge = 12
    draw.ellipse((edge, edge, side - edge, side - edge), outline=255, width=radius * scale // 15)
    _star(draw, (side / 2, side * 0.49), radius * scale * 0.3)
    _arc_text(stamp, unit, radius * scale * 0.73)
    size = round(radius * scale * 0.23)
    draw.text(
        (side / 2, side * 0.78), SAMPLE_MARK, font=font(size, "serif"), fill=255, anchor="mm", stroke_width=1
    )
    stamp = stamp.resize((side // scale, side // scale), Image.Resampling.LANCZOS)
    _press(page, stamp, middle, rng, _RED, strength=0.86)


def name_seal(page: Image.Image, middle: tuple[int, int], name: str, rng: Random, *, side: int = 84) -> None:
    """Press the small square seal of a person: a frame around his name, read from the right."""
    scale = 2
    stamp = Image.new("L", (side * scale, side * scale), 0)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((4, 4, side * scale - 5, side * scale - 5), outline=255, width=8)
    size = round(side * scale * 0.37)
    quarters = ((0.73, 0.28), (0.73, 0.71), (0.27, 0.28), (0.27, 0.71))
    for (x, y), character in zip(quarters, f"{name}印之印", strict=False):
        draw.text(
            (side * scale * x, side * scale * y),
            character,
            font=font(size, "serif"),
            fill=255,
            anchor="mm",
            stroke_width=1,
        )
    stamp = stamp.resize((side, side), Image.Resampling.LANCZOS)
    _press(page, stamp, middle, rng, _RED, strength=0.9)


def signature(page: Image.Image, at: tuple[int, int], name: str, rng: Random, *, size: int = 50) -> None:
    """Sign a name with a pen: leaning characters of uneven size, run together."""
    paper = Image.new("L", (size * (len(name) + 2), size * 2), 0)
    x = size * 0.4
    for character in name:
        letter = Image.new("L", (size * 2, size * 2), 0)
        tall = round(size * rng.uniform(0.92, 1.14))
        ImageDraw.Draw(letter).text((size, size), character, font=font(tall, "serif"), fill=255, anchor="mm")
        letter = letter.transform(
            letter.size, Image.Transform.AFFINE, (1, 0.26, -size * 0.26, 0, 1.04, 0), Image.Resampling.BICUBIC
        ).rotate(float(rng.uniform(-7, 9)), resample=Image.Resampling.BICUBIC)
        paper.paste(255, (round(x - size * 0.55), round(rng.uniform(-5, 5))), letter)
        x += size * 0.93
    stroke = [
        (size * 0.5, size * 1.62),
        (x * 0.6, size * 1.5),
        (x, size * 1.44),
        (x + size * 0.5, size * 1.28),
    ]
    ImageDraw.Draw(paper).line(stroke, fill=190, width=2, joint="curve")
    ink = paper.filter(ImageFilter.GaussianBlur(0.7)).point(lambda value: min(255, round(value * 1.15)))
    page.paste(Image.new("RGB", paper.size, _PEN), at, ink)


def _star(draw: ImageDraw.ImageDraw, middle: tuple[float, float], radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.radians(corner * 36 - 90)
        points.append((middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)))
    draw.polygon(points, fill=255)


def _arc_text(stamp: Image.Image, text: str, radius: float) -> None:
    """Write along the upper arc, every character standing on the circle."""
    side = stamp.width
    spread = math.radians(min(250, 26 * len(text)))
    size = round(min(radius * 0.36, radius * spread / max(len(text), 1) * 1.08))
    for order, character in enumerate(text):
        angle = -math.pi / 2 - spread / 2 + spread * (order + 0.5) / len(text)
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text(
            (size, size), character, font=font(size, "serif"), fill=255, anchor="mm", stroke_width=1
        )
        tile = tile.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BICUBIC)
        x = side / 2 + radius * math.cos(angle) - size
        y = side / 2 + radius * math.sin(angle) - size
        stamp.paste(255, (round(x), round(y)), tile)


def _press(
    page: Image.Image,
    stamp: Image.Image,
    middle: tuple[int, int],
    rng: Random,
    colour: tuple[int, int, int],
    *,
    strength: float,
) -> None:
    """Lay the stamp on the page with patchy ink; print below it stays readable."""
    stamp = stamp.rotate(float(rng.uniform(-9, 9)), resample=Image.Resampling.BICUBIC, expand=True)
    patches = rng.uniform(0.62, 1.0, (stamp.height // 14 + 2, stamp.width // 14 + 2)) * 255
    cover = Image.fromarray(patches.astype(np.uint8), "L").resize(stamp.size, Image.Resampling.BICUBIC)
    alpha = np.asarray(stamp, dtype=np.float32) * np.asarray(cover, dtype=np.float32) / 255 * strength
    left, top = middle[0] - stamp.width // 2, middle[1] - stamp.height // 2
    under = page.crop((left, top, left + stamp.width, top + stamp.height))
    ink = np.array(colour, dtype=np.float32) * (np.asarray(under, dtype=np.float32) / 255 * 0.45 + 0.55)
    blended = Image.fromarray(np.clip(ink, 0, 255).astype(np.uint8), "RGB")
    page.paste(blended, (left, top), Image.fromarray(alpha.astype(np.uint8), "L"))

"""From a flat page to the file a candidate uploads: laid on a desk, lit, photographed, saved as JPEG."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from kaosheng.ops.drawings.paper import Random

SMALLEST: Final = 100_000
LARGEST: Final = 204_800
"""Bytes of a document picture: like a phone scan, and within the guide's 200 KB."""

_AIM: Final = (118_000, 192_000)
_DESKS: Final = ((124, 96, 72), (86, 90, 96), (176, 168, 156), (60, 66, 74), (150, 122, 92))


def photographed(page: Image.Image, rng: Random) -> Image.Image:
    """The page on a desk, seen by a phone held almost straight above it."""
    width, height = (1640, 1220) if page.width > page.height else (1240, 1680)
    desk = _desk((width, height), _DESKS[int(rng.integers(len(_DESKS)))], rng)
    share = float(rng.uniform(0.9, 0.945))
    scale = min(width * share / page.width, height * share / page.height)
    target = _corners(page.size, scale, (width, height), rng)
    _shadow(desk, target)
    coefficients = _coefficients(target, page.size)
    cover = page.getchannel("A") if page.mode == "RGBA" else Image.new("L", page.size, 255)
    laid, cover = (
        flat.transform((width, height), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
        for flat in (page.convert("RGB"), cover)
    )
    desk.paste(laid, (0, 0), cover)
    return _lit(desk, rng, fall=0.16)


def scanned(page: Image.Image, rng: Random) -> Image.Image:
    """The page on a flatbed: straight but for a trace of tilt, evenly lit, white around it."""
    margin = 18
    bed = Image.new("RGB", (page.width + 2 * margin, page.height + 2 * margin), (248, 248, 247))
    bed.paste(page, (margin, margin), page.getchannel("A") if page.mode == "RGBA" else None)
    bed = bed.rotate(
        float(rng.uniform(-0.5, 0.5)), resample=Image.Resampling.BICUBIC, fillcolor=(248, 248, 247)
    )
    return _lit(bed, rng, fall=0.03)


def saved(picture: Image.Image, *, at_least: int = SMALLEST, at_most: int = LARGEST) -> bytes:
    """JPEG bytes without metadata, sized like a phone scan; quality is what gives.

    Raises ValueError when no quality brings the picture between the two sizes.
    """
    low, high = max(_AIM[0], at_least), min(_AIM[1], at_most)
    if at_least < SMALLEST:
        low, high = at_least, at_most
    data = b""
    worst, best = 30, 96
    quality = 80
    while worst <= best:
        data = _jpeg(picture, quality)
        if low <= len(data) <= high:
            return data
        if len(data) > high:
            best = quality - 1
        else:
            worst = quality + 1
        quality = (worst + best) // 2
    if at_least <= len(data) <= at_most:
        return data
    message = f"no JPEG quality gives between {at_least} and {at_most} bytes; the last one gave {len(data)}"
    raise ValueError(message)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, subsampling=2)
    return buffer.getvalue()


def _desk(size: tuple[int, int], colour: tuple[int, int, int], rng: Random) -> Image.Image:
    """A wooden or plain desk: streaks along one direction."""
    streaks = rng.normal(128, 9, (size[1] // 6 + 1, size[0] // 90 + 2))
    grey = Image.fromarray(np.clip(streaks, 0, 255).astype(np.uint8), "L").resize(
        size, Image.Resampling.BICUBIC
    )
    return ImageChops.add(Image.new("RGB", size, colour), grey.convert("RGB"), 1, -128)


def _corners(page: tuple[int, int], scale: float, frame: tuple[int, int], rng: Random) -> NDArray[np.float64]:
    """Where the four corners of the page land: slightly turned, slightly off the parallel."""
    half = np.array(page) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turn = np.deg2rad(rng.uniform(-1.1, 1.1))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    wobble = rng.uniform(-0.008, 0.008, (4, 2)) * np.array(frame)
    moved: NDArray[np.float64] = corners @ rotation.T + wobble + np.array(frame) / 2
    return moved


def _coefficients(target: NDArray[np.float64], page: tuple[int, int]) -> tuple[float, ...]:
    """The eight numbers of Pillow's PERSPECTIVE: from a place in the photo to the place on the page."""
    width, height = page
    source = ((0, 0), (width, 0), (width, height), (0, height))
    rows, wanted = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    solution = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(wanted, dtype=np.float64))
    return tuple(float(number) for number in solution)


def _shadow(desk: Image.Image, target: NDArray[np.float64]) -> None:
    small = Image.new("L", (desk.width // 8, desk.height // 8), 0)
    ImageDraw.Draw(small).polygon([((float(x) + 14) / 8, (float(y) + 18) / 8) for x, y in target], fill=120)
    shadow = small.filter(ImageFilter.GaussianBlur(2.4)).resize(desk.size, Image.Resampling.BICUBIC)
    desk.paste(Image.new("RGB", desk.size, (12, 12, 14)), (0, 0), shadow)


def _lit(picture: Image.Image, rng: Random, *, fall: float) -> Image.Image:
    """Light falling off to one side, a warm or cool tone, and the sensor's noise.

    Whole-picture arithmetic stays in Pillow's bytes: floating point costs four times as long.
    """
    across, down = (np.linspace(-1, 1, 33) * rng.uniform(-1, 1) for _ in range(2))
    light = 1 - fall / 2 + fall / 2 * (across[None, :] + down[:, None]) / 2
    grey = Image.fromarray(np.clip(light * 255, 0, 255).astype(np.uint8), "L")
    light_on_page = grey.resize(picture.size, Image.Resampling.BICUBIC)
    lit = ImageChops.multiply(picture, Image.merge("RGB", (light_on_page,) * 3))
    red, blue = 1 + rng.uniform(-0.015, 0.02), 1 + rng.uniform(-0.03, 0.015)
    table = [min(255, round(value * share)) for share in (red, 1.0, blue) for value in range(256)]
    noise = ImageChops.offset(_sensor_noise(picture.size), *(int(by) for by in rng.integers(0, 512, 2)))
    return ImageChops.add(lit.point(table), noise, 1, -128)


@lru_cache(maxsize=6)
def _sensor_noise(size: tuple[int, int]) -> Image.Image:
    noise = np.random.default_rng(20_270_101).normal(128, 1.7, (size[1], size[0]))
    return Image.fromarray(np.clip(np.rint(noise), 0, 255).astype(np.uint8), "L").convert("RGB")

"""Writing pictures: turned ones within the size limit, and thumbnails."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from kaosheng.pictures.limits import SIDE_MIN, THUMBNAIL_QUALITY, THUMBNAIL_SIDE

Pixels = npt.NDArray[np.uint8]
"""Height × width × channels; one channel is grey, three are RGB."""

_WORST_QUALITY: Final = 30
_BEST_QUALITY: Final = 100
_SHRINK: Final = 0.85


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """Turn and mirror pixels the way EXIF orientation 1-8 asks viewers to."""
    match orientation:
        case 2:
            pixels = pixels[:, ::-1]
        case 3:
            pixels = pixels[::-1, ::-1]
        case 4:
            pixels = pixels[::-1]
        case 5:
            pixels = pixels.transpose(1, 0, 2)
        case 6:
            pixels = np.rot90(pixels, -1)
        case 7:
            pixels = pixels[::-1, ::-1].transpose(1, 0, 2)
        case 8:
            pixels = np.rot90(pixels)
    return np.ascontiguousarray(pixels)


def best_jpeg(pixels: Pixels, *, subsampling: str, limit: int) -> tuple[bytes, Pixels]:
    """Encode at the highest quality that fits into `limit` bytes; return it with the pixels it shows.

    Below quality 30 fewer pixels are easier to read than coarser ones, so the picture is then shrunk in steps
    as long as its sides allow.
    """
    floor = _encode(pixels, _WORST_QUALITY, subsampling)
    while len(floor) > limit and _can_shrink(pixels):
        height, width = pixels.shape[:2]
        pixels = resized(pixels, (round(width * _SHRINK), round(height * _SHRINK)))
        floor = _encode(pixels, _WORST_QUALITY, subsampling)
    low = _WORST_QUALITY if len(floor) <= limit else 0
    return _best_quality(pixels, subsampling, limit, low, floor), pixels


def thumbnail_pixels(pixels: Pixels) -> Pixels:
    """Return the pixels of the thumbnail: the long side 320 pixels, never enlarged."""
    return resized(pixels, thumbnail_size(pixels.shape[1], pixels.shape[0]))


def thumbnail(small: Pixels) -> bytes:
    """Return these pixels as the thumbnail's JPEG."""
    return _encode(small, THUMBNAIL_QUALITY, "420")


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of the thumbnail of a picture of this size."""
    scale = min(1.0, THUMBNAIL_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def scaled_to(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """Return the largest size of this shape with no more than so many pixels."""
    scale = min(1.0, math.sqrt(max_pixels / (width * height)))
    return max(1, int(width * scale)), max(1, int(height * scale))


def resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Shrink pixels to (width, height)."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    image = Image.fromarray(pixels if pixels.shape[2] > 1 else pixels[:, :, 0])
    small = np.asarray(image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0))
    return np.ascontiguousarray(small.reshape(size[1], size[0], -1))


def _can_shrink(pixels: Pixels) -> bool:
    shorter: int = min(pixels.shape[:2])
    return shorter * _SHRINK >= SIDE_MIN


def _best_quality(pixels: Pixels, subsampling: str, limit: int, low: int, best: bytes) -> bytes:
    """Search between `low`, a quality whose encoding is `best`, and 100; quality 0 stands for none found yet."""
    high = _BEST_QUALITY
    while low < high:
        quality = (low + high + 1) // 2
        encoded = _encode(pixels, quality, subsampling)
        if len(encoded) <= limit:
            best, low = encoded, quality
        else:
            high = quality - 1
    return best


def _encode(pixels: Pixels, quality: int, subsampling: str) -> bytes:
    grey = pixels.shape[2] == 1
    encoded: bytes = simplejpeg.encode_jpeg(
        pixels,
        quality,
        colorspace="GRAY" if grey else "RGB",
        colorsubsampling="Gray" if grey else subsampling,
    )
    return encoded

"""Drawn pictures and the means to bend them: the raw material of the bad files."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image, ImageDraw

SECRET = b"SECRET-GPS-31.2304N-121.4737E"
"""Stands in every place that must not survive."""


@functools.cache
def page(width: int = 900, height: int = 640) -> Image.Image:
    """Draw a page of text-like marks with four unlike corners, so that every turn of it looks different."""
    image = Image.new("RGB", (width, height), (246, 244, 238))
    draw = ImageDraw.Draw(image)
    random = np.random.default_rng(1)
    for top in range(height // 8, height - 20, 22):
        for left in range(width // 8, width - 16, 14):
            if random.random() < 0.8:
                draw.rectangle((left, top, left + 8, top + 13), outline=(30, 30, 44))
    corner_w, corner_h = width // 3, height // 4
    draw.rectangle((0, 0, corner_w, corner_h), fill=(200, 30, 40))
    draw.rectangle((width - corner_w, 0, width, corner_h), fill=(30, 150, 60))
    draw.rectangle((0, height - corner_h, corner_w, height), fill=(30, 60, 190))
    draw.text((width // 2, height // 2), "SAMPLE", fill=(0, 0, 0), font_size=height // 8)
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@functools.cache
def jpeg(width: int = 900, height: int = 640, quality: int = 60) -> bytes:
    return saved(page(width, height), "JPEG", quality=quality)


@functools.cache
def png(width: int = 900, height: int = 640) -> bytes:
    return saved(page(width, height).quantize(16).convert("RGB"), "PNG", optimize=True)


def pixels(data: bytes) -> np.ndarray[Any, Any]:
    """Decode without turning: JPEG to RGB, PNG to RGB on black with its opacity."""
    if data.startswith(b"\xff\xd8"):
        return np.asarray(simplejpeg.decode_jpeg(data, "RGB", strict=False)).astype(int)
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGBA")).astype(int)


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def after_start(data: bytes, *segments: bytes) -> bytes:
    """Put segments right behind the start marker of a JPEG."""
    return data[:2] + b"".join(segments) + data[2:]


def exif(orientation: int = 1, order: str = "<") -> bytes:
    """Write an EXIF segment with an orientation and a GPS directory that holds the secret."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    gps_offset = 8 + 2 + 2 * 12 + 4
    secret_offset = gps_offset + 2 + 12 + 4
    entries = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(order + "HHII", 0x8825, 4, 1, gps_offset)
    gps = struct.pack(order + "HHHIII", 1, 0x001B, 7, len(SECRET), secret_offset, 0)
    tiff = start + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0) + gps + SECRET
    return segment(0xE1, b"Exif\0\0" + tiff)


def frame_at(data: bytes) -> int:
    """Return where the frame header (SOF0 or SOF2) of a JPEG starts."""
    found = [data.find(marker) for marker in (b"\xff\xc0\x00", b"\xff\xc2\x00")]
    return min(place for place in found if place > 0)


def patched(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(chunks: Iterable[tuple[bytes, bytes]], behind: bytes = b"") -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks) + behind


def header(
    width: int, height: int, depth: int = 8, colour: int = 0, interlace: int = 0
) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)


def rows(count: int, width_bytes: int, value: int = 0x66) -> bytes:
    return (b"\0" + bytes([value]) * width_bytes) * count


def raw_png(
    width: int,
    height: int,
    raw: bytes,
    *,
    depth: int = 8,
    colour: int = 0,
    interlace: int = 0,
    extra: Iterable[tuple[bytes, bytes]] = (),
) -> bytes:
    """Write a PNG from its unpacked rows, with chunks between header and pixels."""
    return png_of(
        [
            header(width, height, depth, colour, interlace),
            *extra,
            (b"IDAT", zlib.compress(raw, 9)),
            (b"IEND", b""),
        ]
    )


def chunks_of(data: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    return found


def with_chunk(data: bytes, name: bytes, body: bytes) -> bytes:
    """Put a chunk behind the header of a PNG."""
    first, *others = chunks_of(data)
    return png_of([first, (name, body), *others])

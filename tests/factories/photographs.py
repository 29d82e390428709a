"""Photographs as telephones store them: large, turned by an EXIF note, with data behind the end."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from kaosheng.ops.drawings.text import put

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""What a camera does to the upright picture before it notes the orientation."""
_EXIF_ORIENTATION = 0x0112


@functools.cache
def photograph(width: int = 3024, height: int = 4032, *, orientation: int = 6, quality: int = 96) -> bytes:
    """A page of print on a desk, upright `width` × `height`: its left upper corner is red, its right upper one blue."""
    rng = np.random.default_rng(7)
    desk = Image.new("RGB", (width, height), (150, 140, 126))
    draw = ImageDraw.Draw(desk)
    draw.rectangle((width * 0.06, height * 0.05, width * 0.94, height * 0.95), fill=(244, 243, 238))
    corner = width // 6
    draw.rectangle((0, 0, corner, corner), fill=(220, 30, 30))
    draw.rectangle((width - corner, 0, width, corner), fill=(30, 60, 220))
    size = max(12, height // 60)
    for line in range(24):
        text = f"第{line + 1}行 试用期考核证明样本，姓名样本人，编号 {line * 7_919:06d}"
        put(draw, (width * 0.1, height * 0.2 + line * size * 1.7), text, size)
    grain = rng.integers(0, 12, (height, width, 1), dtype=np.uint8).repeat(3, axis=2)
    desk = ImageChops.subtract(desk, Image.fromarray(grain))
    stored = desk.transpose(_TURNS[orientation]) if orientation in _TURNS else desk
    exif = Image.Exif()
    exif[_EXIF_ORIENTATION] = orientation
    out = io.BytesIO()
    stored.save(out, "JPEG", quality=quality, subsampling=0, exif=exif.tobytes())
    return out.getvalue() + b"SEFT" + bytes(400)


@functools.cache
def noise(width: int, height: int) -> bytes:
    """A picture no encoder can make small."""
    pixels = np.random.default_rng(3).integers(0, 255, (height, width, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


@functools.cache
def print_as_png(width: int = 1654, height: int = 2339, *, lines: int = 40) -> bytes:
    """A page of print without any noise, as a screenshot or a converted document."""
    page = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(page)
    for line in range(lines):
        put(draw, (90, 90 + line * 52), f"{line + 1} 学历证书电子注册备案表样本 在线验证码 A{line:04d}", 30)
    out = io.BytesIO()
    page.convert("L").save(out, "PNG")
    return out.getvalue()


@functools.cache
def other(picture: bytes, kind: str) -> bytes:
    """The same picture in another format: what messengers and scanners save."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).save(out, kind)
    return out.getvalue()


def heic() -> bytes:
    """The first bytes of an iPhone's HEIC file, which Chromium can't decode."""
    return b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heicmiafMiHEmiaf" + bytes(4000)

"""PNG, chunk by chunk: the header figures and the canonical bytes, without decoding a pixel.

Text, time, EXIF, private chunks and whatever follows IEND are left behind; the compressed pixels stay as they
came. `inflates_completely` proves afterwards that they are all there and that nothing hides behind them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kaosheng.domain.errors import Refusal
from kaosheng.pictures import exif, icc
from kaosheng.pictures.limits import ICC_MAX_BYTES

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_GREY, _COLOUR, _PALETTE, _GREY_ALPHA = 0, 2, 3, 4
_FIXED: Final = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
_ANIMATION: Final = frozenset([b"acTL", b"fcTL", b"fdAT"])
_KEPT_ORDER: Final = (b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"PLTE", b"tRNS")
_ADAM7: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_STEP: Final = 1 << 18


@dataclass(slots=True)
class PngParts:
    """What the chunks of one PNG say."""

    width: int = 0
    height: int = 0
    depth: int = 0
    colour: int = 0
    interlaced: bool = False
    orientation: int = exif.UPRIGHT
    profile: bytes = b""
    canonical: bytes = b""
    pixels: bytes = b""
    header: bytes = b""
    kept: dict[bytes, bytes] = field(default_factory=dict)
    pixel_chunks: list[bytes] = field(default_factory=list)


def scan(data: bytes) -> PngParts:
    """Read all chunks up to IEND, checking every checksum.

    Raises Refusal: picture_damaged when the chain of chunks is broken, picture_animated for an APNG.
    """
    parts = PngParts()
    previous = b""
    for name, body in _chunks(data):
        if name in _ANIMATION:
            raise Refusal("picture_animated")
        if not previous:
            _take_header(parts, name, body)
        elif name == b"IDAT":
            if parts.pixel_chunks and previous != b"IDAT":
                raise _damaged()
            parts.pixel_chunks.append(body)
        else:
            _take_extra(parts, name, body)
        previous = name
    _finish(parts)
    return parts


def inflates_completely(parts: PngParts) -> bool:
    """Tell whether the compressed pixels are exactly those the header promises, in bounded memory."""
    expected = _raw_bytes(parts)
    inflater = zlib.decompressobj()
    total, pending = 0, parts.pixels
    try:
        while total <= expected:
            step = inflater.decompress(pending, _STEP)
            if not step:
                break
            total += len(step)
            pending = inflater.unconsumed_tail
    except zlib.error:
        return False
    return inflater.eof and total == expected and not inflater.unused_data


def _damaged() -> Refusal:
    return Refusal("picture_damaged", format="PNG")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(_SIGNATURE)
    while True:
        if position + 12 > len(data):
            raise _damaged()
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise _damaged()
        body = data[position + 8 : end - 4]
        if zlib.crc32(body, zlib.crc32(name)) != int.from_bytes(data[end - 4 : end]):
            raise _damaged()
        if name == b"IEND":
            return
        yield name, body
        position = end


def _take_header(parts: PngParts, name: bytes, body: bytes) -> None:
    if name != b"IHDR" or len(body) != 13:  # noqa: PLR2004 - the fixed size of this chunk
        raise _damaged()
    parts.width, parts.height, parts.depth, parts.colour, packing, filters, lacing = struct.unpack(
        ">IIBBBBB", body
    )
    if parts.depth not in _DEPTHS.get(parts.colour, ()) or packing or filters or lacing > 1:
        raise _damaged()
    if not parts.width or not parts.height:
        raise _damaged()
    parts.interlaced = bool(lacing)
    parts.header = body


def _take_extra(parts: PngParts, name: bytes, body: bytes) -> None:
    if name == b"PLTE":
        _take_palette(parts, body)
    elif name == b"eXIf":
        parts.orientation = exif.orientation(body)
    elif name == b"iCCP":
        _take_profile(parts, body)
    elif _FIXED.get(name) == len(body) or (name == b"tRNS" and _is_transparency(parts, body)):
        parts.kept.setdefault(name, body)
    elif not name[0] & 0x20:
        # A capital first letter marks a chunk without which the picture can't be shown.
        raise _damaged()


def _take_palette(parts: PngParts, body: bytes) -> None:
    if parts.colour != _PALETTE:
        return
    if len(body) % 3 or not 0 < len(body) <= 3 << parts.depth or b"PLTE" in parts.kept:
        raise _damaged()
    parts.kept[b"PLTE"] = body


def _is_transparency(parts: PngParts, body: bytes) -> bool:
    if parts.colour == _PALETTE:
        return 0 < len(body) <= len(parts.kept.get(b"PLTE", b"")) // 3
    return len(body) == {_GREY: 2, _COLOUR: 6}.get(parts.colour)


def _take_profile(parts: PngParts, body: bytes) -> None:
    _name, _zero, rest = body.partition(b"\0")
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(rest[1:], ICC_MAX_BYTES + 1)
    except zlib.error:
        return
    whole = inflater.eof and not inflater.unused_data
    if whole and icc.is_sane(profile, "GRAY" if parts.colour in {_GREY, _GREY_ALPHA} else "RGB"):
        parts.profile = profile
        parts.kept[b"iCCP"] = b"i\0\0" + rest[1:]


def _finish(parts: PngParts) -> None:
    parts.pixels = b"".join(parts.pixel_chunks)
    if not parts.pixels or (parts.colour == _PALETTE and b"PLTE" not in parts.kept):
        raise _damaged()
    kept = [_chunk(name, parts.kept[name]) for name in _KEPT_ORDER if name in parts.kept]
    parts.canonical = b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", parts.header),
            *kept,
            _chunk(b"IDAT", parts.pixels),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))


def _raw_bytes(parts: PngParts) -> int:
    bits = _CHANNELS[parts.colour] * parts.depth
    if not parts.interlaced:
        return parts.height * (1 + (parts.width * bits + 7) // 8)
    total = 0
    for left, top, right_step, down_step in _ADAM7:
        width = (parts.width - left + right_step - 1) // right_step
        height = (parts.height - top + down_step - 1) // down_step
        if width > 0 and height > 0:
            total += height * (1 + (width * bits + 7) // 8)
    return total

"""JPEG, segment by segment: the header figures and the canonical bytes, without decoding a pixel.

The canonical form is rebuilt from the segments a decoder needs. Everything else (EXIF, XMP, comments, maker
notes, embedded previews, whatever follows the end marker) is left behind, and no pixel changes.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Final

from kaosheng.domain.errors import Refusal
from kaosheng.pictures import exif, icc

_SOI: Final = b"\xff\xd8"
_EOI: Final = b"\xff\xd9"
_SOS: Final = 0xDA
_END: Final = 0xD9
_TABLES: Final = frozenset([0xC4, 0xDB, 0xDD])
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_DROPPED: Final = frozenset([0xDC, 0xFE, *range(0xE0, 0xF0)])
_SEQUENTIAL: Final = frozenset([0xC0, 0xC1])
_PROGRESSIVE: Final = 0xC2
_OTHER_FRAMES: Final = {
    **dict.fromkeys([0xC3], "JPEG (lossless)"),
    **dict.fromkeys([0xC5, 0xC6, 0xC7], "JPEG (hierarchical)"),
    **dict.fromkeys([0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF], "JPEG (arithmetic coding)"),
    0xF7: "JPEG-LS",
}
_EXIF: Final = b"Exif\0\0"
_ICC: Final = b"ICC_PROFILE\0"
_NEXT_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_FILL: Final = b"\xff"
"""May stand before a marker any number of times; not in the pattern, where a long run of it would take minutes."""
_BITS: Final = 8


@dataclass(slots=True)
class JpegParts:
    """What the segments of one JPEG say. Width and height are those of the stored pixels, before any turn."""

    width: int = 0
    height: int = 0
    components: int = 0
    progressive: bool = False
    scans: int = 0
    orientation: int = exif.UPRIGHT
    profile: bytes = b""
    canonical: bytes = b""
    head: dict[int, bytes] = field(default_factory=dict)
    body: list[bytes] = field(default_factory=list)
    profile_pieces: dict[int, tuple[int, bytes]] = field(default_factory=dict)


def scan(data: bytes) -> JpegParts:
    """Read all segments up to the end marker.

    Raises Refusal: picture_damaged when the chain of segments is broken, picture_wrong_type for the kinds of
    JPEG that browsers don't show.
    """
    parts = JpegParts()
    position = len(_SOI)
    while True:
        marker, position = _marker(data, position)
        if marker == _END:
            break
        payload = _payload(data, position)
        position += 2 + len(payload)
        if marker == _SOS:
            position = _take_scan(parts, data, payload, position)
        elif marker in _TABLES:
            parts.body.append(segment(marker, payload))
        elif marker in _SEQUENTIAL or marker == _PROGRESSIVE:
            _take_frame(parts, marker, payload)
        else:
            _take_extra(parts, marker, payload)
    if not parts.scans:
        raise _damaged()
    _finish(parts)
    return parts


def segment(marker: int, payload: bytes) -> bytes:
    """Write one segment: marker, length, payload."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def profile_segment(profile: bytes) -> bytes:
    """Write the segment of a colour profile; nothing for no profile."""
    return segment(_APP2, _ICC + b"\x01\x01" + profile) if profile else b""


def with_profile(encoded: bytes, profile: bytes) -> bytes:
    """Put a colour profile into a freshly encoded JPEG, behind its JFIF segment."""
    behind_jfif = len(_SOI) + 2 + struct.unpack_from(">H", encoded, 4)[0]
    return encoded[:behind_jfif] + profile_segment(profile) + encoded[behind_jfif:]


def _damaged() -> Refusal:
    return Refusal("picture_damaged", format="JPEG")


def _marker(data: bytes, position: int) -> tuple[int, int]:
    if data[position : position + 1] != b"\xff":
        raise _damaged()
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data):
        raise _damaged()
    return data[position], position + 1


def _payload(data: bytes, position: int) -> bytes:
    if position + 2 > len(data):
        raise _damaged()
    length = int.from_bytes(data[position : position + 2])
    if length < 2 or position + length > len(data):  # noqa: PLR2004 - the length counts its own two bytes
        raise _damaged()
    return data[position + 2 : position + length]


def _take_scan(parts: JpegParts, data: bytes, payload: bytes, position: int) -> int:
    following = _NEXT_MARKER.search(data, position)
    if not parts.width or following is None:
        raise _damaged()
    parts.scans += 1
    parts.body += [segment(_SOS, payload), data[position : following.start()].rstrip(_FILL)]
    return following.start()


def _take_frame(parts: JpegParts, marker: int, payload: bytes) -> None:
    if parts.width or len(payload) < 6:  # noqa: PLR2004 - fixed part of a frame header
        raise _damaged()
    bits, parts.height, parts.width, parts.components = struct.unpack_from(">BHHB", payload)
    if bits != _BITS:
        raise Refusal("picture_wrong_type", found=f"JPEG ({bits}-bit)")
    if not parts.width or not parts.height or parts.components not in {1, 3, 4}:
        raise _damaged()
    parts.progressive = marker == _PROGRESSIVE
    parts.body.append(segment(marker, payload))


def _take_extra(parts: JpegParts, marker: int, payload: bytes) -> None:
    if marker in _OTHER_FRAMES:
        raise Refusal("picture_wrong_type", found=_OTHER_FRAMES[marker])
    if marker not in _DROPPED:
        raise _damaged()
    if marker == _APP0 and payload.startswith(b"JFIF\0") and len(payload) >= 14:  # noqa: PLR2004 - JFIF
        parts.head.setdefault(_APP0, segment(_APP0, payload[:12] + b"\0\0"))
    elif marker == _APP14 and payload.startswith(b"Adobe") and len(payload) >= 12:  # noqa: PLR2004 - Adobe
        parts.head.setdefault(_APP14, segment(_APP14, payload[:7] + b"\0\0\0\0" + payload[11:12]))
    elif marker == _APP1 and payload.startswith(_EXIF) and parts.orientation == exif.UPRIGHT:
        parts.orientation = exif.orientation(payload[len(_EXIF) :])
    elif marker == _APP2 and payload.startswith(_ICC) and len(payload) > len(_ICC) + 2:
        number, count = payload[len(_ICC)], payload[len(_ICC) + 1]
        parts.profile_pieces.setdefault(number, (count, payload[len(_ICC) + 2 :]))


def _finish(parts: JpegParts) -> None:
    pieces = parts.profile_pieces
    complete = bool(pieces) and all(
        number in pieces and pieces[number][0] == len(pieces) for number in range(1, len(pieces) + 1)
    )
    profile = b"".join(pieces[number][1] for number in sorted(pieces)) if complete else b""
    if parts.components != 4 and icc.is_sane(profile, "GRAY" if parts.components == 1 else "RGB"):  # noqa: PLR2004
        parts.profile = profile
        parts.head[_APP2] = profile_segment(profile)
    head = [parts.head[marker] for marker in (_APP0, _APP2, _APP14) if marker in parts.head]
    parts.canonical = b"".join([_SOI, *head, *parts.body, _EOI])

"""Colour profiles: which ones may stay in a stored picture."""

from __future__ import annotations

import struct
from typing import Final, Literal

from kaosheng.pictures.limits import ICC_MAX_BYTES

_HEADER_BYTES: Final = 128
_TAG_BYTES: Final = 12
_CLASSES: Final = (b"mntr", b"scnr", b"prtr", b"spac")
_TAGS: Final = frozenset(
    [
        *(b"desc", b"cprt", b"wtpt", b"bkpt", b"lumi", b"meas", b"tech", b"view", b"vued", b"chad", b"chrm"),
        *(b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"dmnd", b"dmdd", b"cicp"),
        *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"aarg", b"aagg", b"aabg", b"vcgt", b"ndin"),
        *(b"mmod", b"dscm", b"targ", b"calt"),
    ]
)


def is_sane(profile: bytes, colours: Literal["RGB", "GRAY"]) -> bool:
    """Tell whether a profile is small, whole, of known parts and made for these colours.

    What fails is dropped, not refused: the picture is as readable without it.
    """
    if not _HEADER_BYTES + 4 <= len(profile) <= ICC_MAX_BYTES:
        return False
    (size,) = struct.unpack_from(">I", profile)
    if size != len(profile) or profile[36:40] != b"acsp":
        return False
    if profile[12:16] not in _CLASSES or profile[16:20] != colours.encode().ljust(4):
        return False
    (count,) = struct.unpack_from(">I", profile, _HEADER_BYTES)
    if count > len(_TAGS) or _HEADER_BYTES + 4 + count * _TAG_BYTES > size:
        return False
    for index in range(count):
        name, offset, length = struct.unpack_from(">4sII", profile, _HEADER_BYTES + 4 + index * _TAG_BYTES)
        if name not in _TAGS or offset < _HEADER_BYTES or offset + length > size:
            return False
    return True

"""The one thing taken from EXIF before it is thrown away: how the picture must be turned."""

from __future__ import annotations

import struct
from typing import Final

UPRIGHT: Final = 1
_ORIENTATION_TAG: Final = 0x0112
_FORMATS: Final = {3: "H", 4: "I"}
_ENTRY_BYTES: Final = 12


def orientation(tiff: bytes) -> int:
    """Return the EXIF orientation 1-8 of a TIFF block; 1 when it is absent or unreadable.

    Viewers ignore a broken block too, so a broken block is no reason to refuse a picture.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (directory,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, directory)
        for index in range(entries):
            entry = directory + 2 + index * _ENTRY_BYTES
            tag, kind = struct.unpack_from(order + "HH", tiff, entry)
            if tag == _ORIENTATION_TAG and kind in _FORMATS:
                (value,) = struct.unpack_from(order + _FORMATS[kind], tiff, entry + 8)
                return value if 1 <= value <= 8 else UPRIGHT  # noqa: PLR2004 - the values EXIF defines
    except struct.error:
        return UPRIGHT
    return UPRIGHT

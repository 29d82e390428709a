"""The limits of an uploaded picture, in one place.

The page, the form, the API, the command and the documents read them from here. The 200 KB and the types come
from the operating guide, part two (二); the others protect the service and were set with the measurements in
docs/adr/0003-pictures.md.
"""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 204_800
"""Bytes of one picture: the guide's 200k, read as 200 × 1024."""

PREPARED_BYTES: Final = 195_000
"""Bytes a page shrinks a photograph to: five per cent below MAX_BYTES, for whatever the server has to add."""

SIDE_MIN: Final = 100
SIDE_MAX: Final = 8_000
"""Pixels of each side, both ends allowed."""

JPEG_MAX_PIXELS: Final = 25_000_000
PNG_MAX_PIXELS: Final = 12_000_000
CMYK_MAX_PIXELS: Final = 12_000_000
"""Pixels of a whole picture. PNG and CMYK must be held in memory at full size, hence less."""

REWRITE_PIXELS: Final = 8_000_000
"""About the largest a picture that must be re-encoded stays: more can't be sharp within MAX_BYTES anyway."""

JPEG_MAX_SCANS: Final = 32
"""Scans of a progressive JPEG. Encoders write about ten; every further one costs a pass over all pixels."""

ICC_MAX_BYTES: Final = 16_384
"""Bytes of a colour profile that is kept. Profiles of cameras and screens have 0.5 to 4 KB."""

THUMBNAIL_SIDE: Final = 320
THUMBNAIL_QUALITY: Final = 80

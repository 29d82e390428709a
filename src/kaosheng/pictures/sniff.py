"""What a file is, by its first bytes. Names and extensions are never believed."""

from __future__ import annotations

import re
from typing import Final

JPEG: Final = "JPEG"
PNG: Final = "PNG"
UNKNOWN: Final = "unknown"

EXTENSIONS: Final = {"jpeg": "jpg", "png": "png"}
"""How the file of a checked picture ends, by its `browser_kind`."""

_STARTS: Final = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\1\0", "ICO"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"8BPS", "PSD"),
    (b"PK\x03\x04", "ZIP / DOCX / XLSX"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC / XLS"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
)
_HEIC_BRANDS: Final = frozenset([b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"])
_HEAD_BYTES: Final = 1024
_TEXTS: Final = (
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), "SVG"),
    (re.compile(rb"<!doctype html|<html[\s>]|<script[\s>]", re.IGNORECASE), "HTML"),
)


def found(data: bytes) -> str:
    """Name the type of a file: "JPEG", "PNG", another known name, or "unknown"."""
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return _boxed(data[8:12])
    head = data[:_HEAD_BYTES]
    return next((name for pattern, name in _TEXTS if pattern.search(head)), UNKNOWN)


def browser_kind(data: bytes) -> str:
    """What a browser is told a checked picture is: "png" or "jpeg"."""
    return "png" if found(data) == PNG else "jpeg"


def _boxed(brand: bytes) -> str:
    if brand in _HEIC_BRANDS:
        return "HEIC"
    return "AVIF" if brand in {b"avif", b"avis"} else "MP4 / MOV"

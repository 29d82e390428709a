"""The bad files and the odd good ones, each with the verdict it must get. `python tests/pictures/files.py DIR` writes them."""

from __future__ import annotations

import functools
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageCms

from pictures.drawn import (
    SECRET,
    after_start,
    chunks_of,
    exif,
    frame_at,
    header,
    jpeg,
    page,
    patched,
    png,
    png_of,
    raw_png,
    rows,
    saved,
    segment,
    with_chunk,
)

LIMIT: Final = 204_800
ZIP: Final = b"PK\x03\x04" + SECRET + b"PK\x05\x06" + bytes(18)
HTML: Final = b"<html><script>alert('" + SECRET + b"')</script></html>"
PHP: Final = b"<?php /* " + SECRET + b" */ system($_GET['c']); ?>"
XMP: Final = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")


@functools.cache
def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def icc(profile: bytes, number: int = 1, count: int = 1) -> bytes:
    return segment(0xE2, b"ICC_PROFILE\0" + bytes([number, count]) + profile)


def padded(size: int) -> bytes:
    """Bring a JPEG to an exact size by comments."""
    data = jpeg()
    while (room := size - len(data)) > 0:
        data = after_start(
            data, segment(0xFE, SECRET.ljust(min(room, 60_000), b"x")[: min(room, 60_000) - 4])
        )
    return data


def progressive(width: int = 900, height: int = 640, mode: str = "RGB") -> bytes:
    return saved(page(width, height).convert(mode), "JPEG", quality=50, progressive=True)


@functools.cache
def cmyk() -> bytes:
    return saved(page(500, 400).convert("CMYK"), "JPEG", quality=50)


def many_scans() -> bytes:
    """Repeat the last scan of a progressive JPEG 60 times: some KB that ask for 60 passes over all pixels."""
    data = flat(4000, 4000, "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + last * 60 + data[-2:]


def flat(width: int, height: int, kind: str, **options: object) -> bytes:
    return saved(Image.new("L", (width, height), 200), kind, **options)


def interlaced() -> bytes:
    raw = b"".join(
        rows(h, w) for w, h in ((13, 13), (12, 13), (25, 12), (25, 25), (50, 25), (50, 50), (100, 50))
    )
    return raw_png(100, 100, raw, interlace=1)


def animated() -> bytes:
    frames = [page(200, 150), page(200, 150).transpose(Image.Transpose.ROTATE_180)]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


def damaged_middle() -> bytes:
    data, random = jpeg(), np.random.default_rng(4)
    for fifth in (2, 3, 4):
        data = patched(data, len(data) * fifth // 5, random.bytes(40))
    return data


def png_with_fresh_checksum(mutate: Callable[[bytes], bytes]) -> bytes:
    """Change the compressed pixels of a PNG and write right checksums over them."""
    return png_of([(name, mutate(body) if name == b"IDAT" else body) for name, body in chunks_of(png())])


def sixteen_bit_colour() -> bytes:
    return raw_png(120, 110, rows(110, 120 * 6), depth=16, colour=2)


def sixteen_bit_grey() -> bytes:
    ramp = (np.linspace(0, 65535, 256 * 200).reshape(200, 256)).astype(">u2")
    return raw_png(256, 200, b"".join(b"\0" + line.tobytes() for line in ramp), depth=16)


def palette(colours: int, extra: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    table = (b"PLTE", bytes(range(3 * colours)))
    return raw_png(100, 100, rows(100, 100, 1), colour=3, extra=(table, *extra))


ACCEPTED: Final[dict[str, Callable[[], bytes]]] = {
    "plain.jpg": jpeg,
    "grey.jpg": lambda: saved(page().convert("L"), "JPEG", quality=60),
    "progressive.jpg": progressive,
    "progressive-grey.jpg": lambda: progressive(mode="L"),
    "cmyk.jpg": cmyk,
    "cmyk-turned.jpg": lambda: after_start(cmyk(), exif(orientation=6)),
    "rgb-without-ycc.jpg": lambda: saved(page(500, 400), "JPEG", quality=50, keep_rgb=True),
    "sampling-444.jpg": lambda: saved(page(), "JPEG", quality=40, subsampling=0),
    "sampling-422.jpg": lambda: saved(page(), "JPEG", quality=40, subsampling=1),
    "restart-markers.jpg": lambda: saved(page(), "JPEG", quality=50, restart_marker_blocks=7),
    "extended-sequential.jpg": lambda: patched(jpeg(), frame_at(jpeg()) + 1, b"\xc1"),
    "fill-bytes.jpg": lambda: jpeg()[:2] + b"\xff\xff\xff" + jpeg()[2:],
    "fill-bytes-behind-the-pixels.jpg": lambda: jpeg()[:-2] + b"\xff" * 90_000 + jpeg()[-2:],
    "exactly-204800.jpg": lambda: padded(LIMIT),
    "side-100.jpg": lambda: jpeg(100, 100),
    "side-8000.jpg": lambda: flat(8000, 100, "JPEG"),
    "strip-100x8000.jpg": lambda: flat(100, 8000, "JPEG"),
    "25-megapixels.jpg": lambda: flat(5000, 5000, "JPEG", optimize=True),
    "exif-gps.jpg": lambda: after_start(jpeg(), exif()),
    "exif-with-script.jpg": lambda: after_start(
        jpeg(), segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0" + HTML + PHP)
    ),
    "exif-gps-big-endian.jpg": lambda: after_start(jpeg(), exif(order=">")),
    "exif-broken.jpg": lambda: after_start(jpeg(), segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\x7f" + SECRET)),
    "exif-orientation-9.jpg": lambda: after_start(jpeg(), exif(orientation=9)),
    "xmp-iptc-comment.jpg": lambda: after_start(jpeg(), XMP, segment(0xED, SECRET), segment(0xFE, PHP)),
    "jfif-with-preview.jpg": lambda: after_start(
        jpeg()[:2] + jpeg()[20:], segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\x03\x03" + SECRET[:27])
    ),
    "maker-notes.jpg": lambda: after_start(jpeg(), *(segment(0xE0 + n, SECRET) for n in range(3, 16))),
    "icc-srgb.jpg": lambda: saved(page(), "JPEG", quality=60, icc_profile=srgb()),
    "icc-srgb-turned.jpg": lambda: after_start(
        saved(page(), "JPEG", quality=60, icc_profile=srgb()), exif(orientation=3)
    ),
    "icc-broken.jpg": lambda: after_start(jpeg(), icc(SECRET * 30)),
    "icc-incomplete.jpg": lambda: after_start(jpeg(), icc(srgb(), number=1, count=2)),
    "icc-huge.jpg": lambda: after_start(jpeg(), icc(SECRET.ljust(60_000, b"x"))),
    "icc-grey-in-colour.jpg": lambda: after_start(jpeg(), icc(srgb()[:16] + b"GRAY" + srgb()[20:])),
    "zip-behind.jpg": lambda: jpeg() + ZIP,
    "html-behind.jpg": lambda: jpeg() + HTML,
    "php-behind.jpg": lambda: jpeg() + PHP,
    "all-behind.jpg": lambda: jpeg() + HTML + ZIP + PHP,
    "png-named.jpg": png,
    "jpeg-named.png": jpeg,
    "no-extension": jpeg,
    "second-picture-behind.jpg": lambda: jpeg() + after_start(jpeg(200, 150), exif()),
    "colour.png": png,
    "grey.png": lambda: saved(page().convert("L").quantize(16).convert("L"), "PNG"),
    "one-bit.png": lambda: saved(page().convert("1"), "PNG"),
    "alpha.png": lambda: saved(page(200, 150).convert("RGBA"), "PNG"),
    "grey-alpha.png": lambda: saved(page(200, 150).convert("LA"), "PNG"),
    "palette.png": lambda: saved(page().quantize(16), "PNG"),
    "palette-transparent.png": lambda: palette(4, ((b"tRNS", b"\xff\0"),)),
    "transparency-too-long.png": lambda: palette(4, ((b"tRNS", bytes(9)),)),
    "sixteen-bit-colour.png": sixteen_bit_colour,
    "sixteen-bit-grey.png": sixteen_bit_grey,
    "interlaced.png": interlaced,
    "side-100.png": lambda: flat(100, 100, "PNG"),
    "side-8000.png": lambda: flat(8000, 100, "PNG"),
    "12-megapixels.png": lambda: flat(4000, 3000, "PNG"),
    "text-and-time.png": lambda: with_chunk(with_chunk(png(), b"tEXt", b"GPS\0" + SECRET), b"tIME", bytes(7)),
    "private-chunk.png": lambda: with_chunk(png(), b"prVt", SECRET),
    "exif-turned.png": lambda: with_chunk(png(), b"eXIf", exif(orientation=8)[10:]),
    "icc-srgb.png": lambda: with_chunk(png(), b"iCCP", b"my phone\0\0" + zlib.compress(srgb())),
    "icc-broken.png": lambda: with_chunk(png(), b"iCCP", b"name\0\0" + SECRET),
    "icc-bomb.png": lambda: with_chunk(png(), b"iCCP", b"name\0\0" + zlib.compress(bytes(50_000_000))),
    "zip-behind.png": lambda: png() + ZIP,
    "html-behind.png": lambda: png() + HTML,
    **{
        f"orientation-{n}.jpg": functools.partial(lambda n: after_start(jpeg(), exif(orientation=n)), n)
        for n in range(1, 9)
    },
}

REFUSED: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "zero-bytes.jpg": ("picture_empty", bytes),
    "204801-bytes.jpg": ("picture_too_large", lambda: padded(LIMIT + 1)),
    "one-byte.jpg": ("picture_wrong_type", lambda: b"\xff"),
    # A search that begins anew at each of these bytes would take minutes.
    "fill-bytes-without-end.jpg": ("picture_damaged", lambda: jpeg()[:-2] + b"\xff" * 90_000),
    "text.jpg": ("picture_wrong_type", lambda: "报名材料\n".encode() * 40),
    "zeros.png": ("picture_wrong_type", lambda: bytes(5000)),
    "real-gif.jpg": ("picture_wrong_type", lambda: saved(page(200, 150), "GIF")),
    "real-webp.jpg": ("picture_wrong_type", lambda: saved(page(200, 150), "WEBP")),
    "real-bmp.png": ("picture_wrong_type", lambda: saved(page(200, 150), "BMP")),
    "real-tiff.jpg": ("picture_wrong_type", lambda: saved(page(200, 150), "TIFF")),
    "real-ico.png": ("picture_wrong_type", lambda: saved(page(200, 150), "ICO")),
    "real-pdf.jpg": ("picture_wrong_type", lambda: saved(page(200, 150), "PDF")),
    "motorola-tiff.jpg": ("picture_wrong_type", lambda: b"MM\0*" + bytes(200)),
    "iphone-heic.jpg": ("picture_wrong_type", lambda: b"\0\0\0\x24ftypheic" + bytes(200)),
    "iphone-heic-mif1.jpg": ("picture_wrong_type", lambda: b"\0\0\0\x24ftypmif1" + bytes(200)),
    "avif.jpg": ("picture_wrong_type", lambda: b"\0\0\0\x20ftypavif" + bytes(200)),
    "film.jpg": ("picture_wrong_type", lambda: b"\0\0\0\x20ftypisom" + bytes(200)),
    "svg.png": (
        "picture_wrong_type",
        lambda: b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>",
    ),
    "html.jpg": ("picture_wrong_type", lambda: HTML + jpeg()),
    "word.jpg": ("picture_wrong_type", lambda: ZIP + jpeg()),
    "old-word.jpg": ("picture_wrong_type", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "jpeg-xl.jpg": ("picture_wrong_type", lambda: b"\xff\x0a" + bytes(200)),
    "jpeg-2000.jpg": ("picture_wrong_type", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200)),
    "lossless.jpg": ("picture_wrong_type", lambda: patched(jpeg(), frame_at(jpeg()) + 1, b"\xc3")),
    "arithmetic.jpg": ("picture_wrong_type", lambda: patched(jpeg(), frame_at(jpeg()) + 1, b"\xc9")),
    "jpeg-ls.jpg": ("picture_wrong_type", lambda: patched(jpeg(), frame_at(jpeg()) + 1, b"\xf7")),
    "twelve-bit.jpg": ("picture_wrong_type", lambda: patched(jpeg(), frame_at(jpeg()) + 4, b"\x0c")),
    "cut-at-a-third.jpg": ("picture_damaged", lambda: jpeg()[: len(jpeg()) // 3]),
    "cut-at-two-thirds.jpg": ("picture_damaged", lambda: jpeg()[: len(jpeg()) * 2 // 3]),
    "cut-but-ended.jpg": ("picture_damaged", lambda: jpeg()[: len(jpeg()) * 2 // 3] + b"\xff\xd9"),
    "last-two-bytes-missing.jpg": ("picture_damaged", lambda: jpeg()[:-2]),
    "cut-in-the-header.jpg": ("picture_damaged", lambda: jpeg()[:40]),
    "start-and-end-only.jpg": ("picture_damaged", lambda: b"\xff\xd8\xff\xd9"),
    "overwritten-in-the-middle.jpg": ("picture_damaged", damaged_middle),
    "bytes-before-the-end.jpg": ("picture_damaged", lambda: jpeg()[:-2] + SECRET + jpeg()[-2:]),
    "bytes-between-segments.jpg": ("picture_damaged", lambda: jpeg()[:20] + bytes(3) + jpeg()[20:]),
    "reserved-marker.jpg": ("picture_damaged", lambda: after_start(jpeg(), segment(0x3A, b"x"))),
    "length-beyond-the-end.jpg": ("picture_damaged", lambda: b"\xff\xd8\xff\xe1\xff\xff" + bytes(99)),
    "length-one.jpg": ("picture_damaged", lambda: after_start(jpeg(), b"\xff\xfe\0\1")),
    "two-frames.jpg": (
        "picture_damaged",
        lambda: after_start(jpeg(), jpeg()[frame_at(jpeg()) : frame_at(jpeg()) + 19]),
    ),
    "two-components.jpg": ("picture_damaged", lambda: patched(jpeg(), frame_at(jpeg()) + 9, b"\x02")),
    "height-zero.jpg": ("picture_damaged", lambda: patched(jpeg(), frame_at(jpeg()) + 5, b"\0\0")),
    "taller-than-its-data.jpg": ("picture_damaged", lambda: patched(jpeg(), frame_at(jpeg()) + 5, b"\x05\0")),
    "without-tables.jpg": ("picture_damaged", lambda: jpeg().replace(b"\xff\xdb", b"\xff\xfe")),
    "side-99.jpg": ("picture_sides", lambda: jpeg(99, 100)),
    "other-side-99.jpg": ("picture_sides", lambda: jpeg(100, 99)),
    "side-8001.jpg": ("picture_sides", lambda: flat(8001, 100, "JPEG")),
    "strip-1x2000.jpg": ("picture_sides", lambda: flat(1, 2000, "JPEG")),
    "strip-2000x1.jpg": ("picture_sides", lambda: flat(2000, 1, "JPEG")),
    "strip-1x8000.png": ("picture_sides", lambda: flat(1, 8000, "PNG")),
    "side-99.png": ("picture_sides", lambda: flat(100, 99, "PNG")),
    "side-8001.png": ("picture_sides", lambda: flat(100, 8001, "PNG")),
    "bomb-400-megapixels.png": ("picture_sides", lambda: saved(Image.new("1", (20_000, 20_000)), "PNG")),
    "bomb-64-megapixels.png": ("picture_too_many_pixels", lambda: saved(Image.new("1", (8000, 8000)), "PNG")),
    "over-12-megapixels.png": ("picture_too_many_pixels", lambda: flat(4000, 3001, "PNG")),
    "over-25-megapixels.jpg": (
        "picture_too_many_pixels",
        lambda: patched(jpeg(), frame_at(jpeg()) + 5, struct.pack(">HH", 5000, 5001)),
    ),
    "over-12-megapixels-cmyk.jpg": (
        "picture_too_many_pixels",
        lambda: patched(cmyk(), frame_at(cmyk()) + 5, struct.pack(">HH", 4000, 3001)),
    ),
    "many-scans.jpg": ("picture_too_many_scans", many_scans),
    "animated.png": ("picture_animated", animated),
    "cut.png": ("picture_damaged", lambda: png()[: len(png()) // 2]),
    "without-end.png": ("picture_damaged", lambda: png()[:-12]),
    "signature-only.png": ("picture_damaged", lambda: png()[:8]),
    "wrong-checksum.png": ("picture_damaged", lambda: patched(png(), len(png()) // 2, b"\0\1\2\3")),
    "damaged-with-right-checksum.png": (
        "picture_damaged",
        lambda: png_with_fresh_checksum(lambda body: patched(body, len(body) // 2, bytes(40))),
    ),
    "cut-with-right-checksum.png": (
        "picture_damaged",
        lambda: png_with_fresh_checksum(lambda body: body[: len(body) // 2]),
    ),
    "behind-the-pixels.png": ("picture_damaged", lambda: png_with_fresh_checksum(lambda body: body + SECRET)),
    "row-missing.png": ("picture_damaged", lambda: raw_png(100, 100, rows(99, 100))),
    "row-too-many.png": ("picture_damaged", lambda: raw_png(100, 100, rows(101, 100))),
    "unknown-filter.png": (
        "picture_damaged",
        lambda: raw_png(100, 100, rows(100, 100).replace(b"\0", b"\5")),
    ),
    "impossible-depth.png": ("picture_damaged", lambda: raw_png(100, 100, rows(100, 100), depth=3)),
    "unknown-colours.png": ("picture_damaged", lambda: raw_png(100, 100, rows(100, 100), colour=5)),
    "no-palette.png": ("picture_damaged", lambda: raw_png(100, 100, rows(100, 100), colour=3)),
    "no-pixels.png": ("picture_damaged", lambda: png_of([header(100, 100), (b"IEND", b"")])),
    "no-header.png": (
        "picture_damaged",
        lambda: png_of([(b"IDAT", zlib.compress(bytes(9))), (b"IEND", b"")]),
    ),
    "two-headers.png": ("picture_damaged", lambda: with_chunk(png(), *header(100, 100))),
    "width-zero.png": ("picture_damaged", lambda: raw_png(0, 100, rows(100, 0))),
    "unknown-critical-chunk.png": ("picture_damaged", lambda: with_chunk(png(), b"CgBI", bytes(4))),
    "pixels-in-two-places.png": (
        "picture_damaged",
        lambda: png_of([*chunks_of(png())[:-1], (b"tEXt", b"a\0b"), (b"IDAT", b""), (b"IEND", b"")]),
    ),
    "length-beyond-the-end.png": (
        "picture_damaged",
        lambda: png()[:33] + b"\x7f\xff\xff\xffIDAT" + bytes(99),
    ),
}


def write_all(folder: Path) -> None:
    """Write every file, for trying them by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in ACCEPTED.items():
        (folder / f"accepted-{name}").write_bytes(build())
    for name, (code, build) in REFUSED.items():
        (folder / f"{code}-{name}").write_bytes(build())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))

"""The hard checks of an uploaded picture, its canonical form and its thumbnail.

One function, `examine`, stands behind the page, the form, the API and the command, so that all give the same
verdict. Order: size, type by content, header figures, then decoding. What is decoded is the canonical form
itself: the bytes that are stored are the bytes that were proved whole.
"""

from __future__ import annotations

import io
import math
import threading
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import simplejpeg
from PIL import Image

from kaosheng.crypto.digests import digest
from kaosheng.domain.errors import Refusal
from kaosheng.pictures import encode, exif, jpeg, png, sniff
from kaosheng.pictures.encode import Pixels
from kaosheng.pictures.limits import (
    CMYK_MAX_PIXELS,
    JPEG_MAX_PIXELS,
    JPEG_MAX_SCANS,
    MAX_BYTES,
    PNG_MAX_PIXELS,
    REWRITE_PIXELS,
    SIDE_MAX,
    SIDE_MIN,
    THUMBNAIL_SIDE,
)

Format = Literal["jpeg", "png"]

_WHOLE_PICTURE = threading.Lock()
"""Held by work that keeps a whole picture in memory: one at a time bounds a process at some 200 MB."""

_MEGA: Final = 1_000_000
_CMYK: Final = 4
_THUMBNAIL_PIXELS: Final = (2 * THUMBNAIL_SIDE) ** 2
_DECODER_ERRORS: Final = (OSError, SyntaxError, ValueError)


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """An accepted picture. Width and height are those a viewer shows, in pixels.

    `canonical` are the bytes to store. Digests read "sha256:<hex>": `received_digest` of what came in (a retry
    and the confirmation to the sender use it), `stored_digest` of `canonical` (receipt and scrub use it).
    """

    format: Format
    width: int
    height: int
    canonical: bytes
    received_digest: str
    stored_digest: str
    thumbnail: bytes
    thumbnail_width: int
    thumbnail_height: int
    pixel_digest: str
    """Of the picture at the size of its thumbnail: the same however the same picture is packed."""

    @property
    def content_type(self) -> str:
        """MIME type of the stored bytes."""
        return f"image/{self.format}"


@dataclass(frozen=True, slots=True)
class _Prepared:
    format: Format
    width: int
    height: int
    canonical: bytes
    small: Pixels


def examine(data: bytes) -> CheckedPicture:
    """Check one received file and return what to store of it.

    Raises Refusal with the code of the first broken rule (see kaosheng.pictures.words) and the file's size among
    its params. Nothing else is raised whatever the bytes are, save MemoryError.
    """
    require_size(len(data))
    try:
        prepared = _prepare(data)
    except Refusal as refusal:
        refusal.params["bytes"] = len(data)
        raise
    small = prepared.small
    return CheckedPicture(
        format=prepared.format,
        width=prepared.width,
        height=prepared.height,
        canonical=prepared.canonical,
        received_digest=digest(data),
        stored_digest=digest(prepared.canonical),
        thumbnail=encode.thumbnail(small),
        thumbnail_width=small.shape[1],
        thumbnail_height=small.shape[0],
        pixel_digest=digest(b"%dx%d:" % small.shape[1::-1] + small.tobytes()),
    )


def pixels_of(data: bytes, *, max_pixels: int = JPEG_MAX_PIXELS) -> Pixels:
    """Decode a picture to RGB or grey as a viewer shows it, shrunk to about so many pixels if it has more.

    The number of bytes is the caller's business, everything else is refused as `examine` does. Raises Refusal.
    """
    found = sniff.found(data)
    if found not in {sniff.JPEG, sniff.PNG}:
        raise Refusal("picture_wrong_type", found=found)
    try:
        return _pixels_of_png(data, max_pixels) if found == sniff.PNG else _pixels_of_jpeg(data, max_pixels)
    except _DECODER_ERRORS:
        raise Refusal("picture_damaged", format=found, bytes=len(data)) from None
    except Refusal as refusal:
        refusal.params["bytes"] = len(data)
        raise


def _pixels_of_jpeg(data: bytes, max_pixels: int) -> Pixels:
    parts = jpeg.scan(data)
    _require_dimensions(parts.width, parts.height, JPEG_MAX_PIXELS, "JPEG")
    width, height = encode.scaled_to(parts.width, parts.height, max_pixels)
    colours = "GRAY" if parts.components == 1 else "RGB"
    with _WHOLE_PICTURE:
        pixels = simplejpeg.decode_jpeg(parts.canonical, colours, min_width=width, min_height=height)
        return encode.turned(pixels, parts.orientation)


def _pixels_of_png(data: bytes, max_pixels: int) -> Pixels:
    parts = png.scan(data)
    _require_dimensions(parts.width, parts.height, PNG_MAX_PIXELS, "PNG")
    with _WHOLE_PICTURE:
        return encode.turned(_png_pixels(parts, max_pixels), parts.orientation)


def turned_file(data: bytes, orientation: int) -> bytes:
    """Turn a stored picture the way EXIF `orientation` asks, at the best quality within the limit. Raises Refusal."""
    try:
        with _WHOLE_PICTURE:
            if sniff.found(data) == sniff.PNG:
                png_parts = png.scan(data)
                pixels = _png_pixels(png_parts, REWRITE_PIXELS)
                return _rewritten(pixels, orientation, "444", png_parts.profile).canonical
            return _rewrite_jpeg(replace(jpeg.scan(data), orientation=orientation)).canonical
    except _DECODER_ERRORS:
        raise Refusal("picture_damaged", format=sniff.found(data), bytes=len(data)) from None


def require_size(size: int) -> None:
    """Refuse an empty or too large file by its number of bytes."""
    if size == 0:
        raise Refusal("picture_empty")
    if size > MAX_BYTES:
        raise Refusal("picture_too_large", bytes=size, limit=MAX_BYTES)


def _prepare(data: bytes) -> _Prepared:
    found = sniff.found(data)
    if found == sniff.JPEG:
        return _prepare_jpeg(data)
    if found == sniff.PNG:
        return _prepare_png(data)
    raise Refusal("picture_wrong_type", found=found)


def _prepare_jpeg(data: bytes) -> _Prepared:
    parts = jpeg.scan(data)
    cmyk = parts.components == _CMYK
    _require_dimensions(parts.width, parts.height, CMYK_MAX_PIXELS if cmyk else JPEG_MAX_PIXELS, "JPEG")
    if parts.scans > JPEG_MAX_SCANS:
        raise Refusal("picture_too_many_scans", scans=parts.scans, limit=JPEG_MAX_SCANS)
    try:
        if cmyk or parts.orientation != exif.UPRIGHT:
            with _WHOLE_PICTURE:
                return _rewrite_jpeg(parts)
        if parts.progressive:
            with _WHOLE_PICTURE:
                return _keep_jpeg(parts)
        return _keep_jpeg(parts)
    except _DECODER_ERRORS:
        raise Refusal("picture_damaged", format="JPEG") from None


def _keep_jpeg(parts: jpeg.JpegParts) -> _Prepared:
    # All entropy data are read whatever the scale, so the verdict is that of a full decode at a third of its cost.
    width, height = encode.thumbnail_size(parts.width, parts.height)
    pixels = simplejpeg.decode_jpeg(parts.canonical, "RGB", min_width=width, min_height=height)
    return _Prepared("jpeg", parts.width, parts.height, parts.canonical, encode.thumbnail_pixels(pixels))


def _rewrite_jpeg(parts: jpeg.JpegParts) -> _Prepared:
    colours = "GRAY" if parts.components == 1 else "RGB"
    sampling = simplejpeg.decode_jpeg_header(parts.canonical)[3]
    width, height = encode.scaled_to(parts.width, parts.height, REWRITE_PIXELS)
    pixels = simplejpeg.decode_jpeg(parts.canonical, colours, min_width=width, min_height=height)
    return _rewritten(pixels, parts.orientation, "444" if sampling == "444" else "420", parts.profile)


def _rewritten(pixels: Pixels, orientation: int, subsampling: str, profile: bytes) -> _Prepared:
    spare = len(jpeg.profile_segment(profile))
    upright = encode.turned(pixels, orientation)
    encoded, shown = encode.best_jpeg(upright, subsampling=subsampling, limit=MAX_BYTES - spare)
    canonical = jpeg.with_profile(encoded, profile)
    return _Prepared("jpeg", shown.shape[1], shown.shape[0], canonical, encode.thumbnail_pixels(shown))


def _prepare_png(data: bytes) -> _Prepared:
    parts = png.scan(data)
    _require_dimensions(parts.width, parts.height, PNG_MAX_PIXELS, "PNG")
    with _WHOLE_PICTURE:
        if not png.inflates_completely(parts):
            raise Refusal("picture_damaged", format="PNG")
        turn = parts.orientation != exif.UPRIGHT
        try:
            pixels = _png_pixels(parts, REWRITE_PIXELS if turn else _THUMBNAIL_PIXELS)
        except _DECODER_ERRORS:
            raise Refusal("picture_damaged", format="PNG") from None
        if turn:
            return _rewritten(pixels, parts.orientation, "444", parts.profile)
        return _Prepared("png", parts.width, parts.height, parts.canonical, encode.thumbnail_pixels(pixels))


def _png_pixels(parts: png.PngParts, max_pixels: int) -> Pixels:
    """Decode everything, then keep no more than so many pixels: more copies at full size would need 200 MB."""
    with Image.open(io.BytesIO(parts.canonical), formats=("PNG",)) as image:
        image.load()
        shrink = math.ceil(math.sqrt(parts.width * parts.height / max_pixels))
        if image.mode.startswith("I"):
            # Pillow's own conversion cuts 16-bit grey off at 255 instead of scaling it.
            small = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).reduce(shrink)
        elif image.has_transparency_data:
            layer = _reducible(image, "RGBA").reduce(shrink)
            small = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
        else:
            small = _reducible(image, "L" if image.mode == "1" else "RGB").reduce(shrink)
            small = small.convert("L" if small.mode == "L" else "RGB")
    return np.ascontiguousarray(np.asarray(small).reshape(small.height, small.width, -1))


def _reducible(image: Image.Image, mode: str) -> Image.Image:
    return (
        image
        if image.mode in {"L", "RGB", "RGBA"} and "transparency" not in image.info
        else image.convert(mode)
    )


def _require_dimensions(width: int, height: int, max_pixels: int, kind: str) -> None:
    if min(width, height) < SIDE_MIN or max(width, height) > SIDE_MAX:
        raise Refusal("picture_sides", width=width, height=height, minimum=SIDE_MIN, maximum=SIDE_MAX)
    if width * height > max_pixels:
        raise Refusal(
            "picture_too_many_pixels",
            format=kind,
            width=width,
            height=height,
            megapixels=width * height / _MEGA,
            limit=max_pixels // _MEGA,
        )

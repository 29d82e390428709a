from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageOps

from kaosheng.domain.errors import Refusal
from kaosheng.pictures import limits
from kaosheng.pictures.checks import CheckedPicture, examine
from pictures.drawn import SECRET, after_start, exif, jpeg, page, patched, pixels, png, saved
from pictures.files import ACCEPTED, REFUSED

KEPT = [
    name
    for name in ACCEPTED
    if ("turned" not in name and "cmyk" not in name and not name.startswith("orientation"))
    or name == "orientation-1.jpg"
]

# The decoders fail on what is wrong in these, so the pixels to compare with come from elsewhere.
SAME_PIXELS = {"icc-bomb.png": png, "icc-incomplete.jpg": jpeg}
# Pillow shows these otherwise than browsers do.
WITHOUT_REFERENCE = ("sixteen-bit-grey.png", "transparency-too-long.png")


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_own_code(name: str) -> None:
    code, build = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        examine(build())
    assert caught.value.code == code


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_and_nothing_hidden_survives(name: str) -> None:
    data = ACCEPTED[name]()
    picture = examine(data)
    assert SECRET[:20] not in picture.canonical
    assert SECRET[:20] not in picture.thumbnail
    assert 0 < len(picture.canonical) <= limits.MAX_BYTES
    with Image.open(io.BytesIO(picture.canonical)) as stored:
        assert (stored.format or "").lower() == picture.format
        assert stored.size == (picture.width, picture.height)
        assert not stored.getexif()
    with Image.open(io.BytesIO(picture.thumbnail)) as small:
        assert small.format == "JPEG"
        assert small.size == (picture.thumbnail_width, picture.thumbnail_height)
        assert max(small.size) == min(320, max(picture.width, picture.height))


def test_fill_bytes_are_not_stored() -> None:
    assert examine(ACCEPTED["fill-bytes-behind-the-pixels.jpg"]()).canonical == examine(jpeg()).canonical


@pytest.mark.parametrize("name", KEPT)
def test_pixels_and_type_stay_as_they_came(name: str) -> None:
    data = ACCEPTED[name]()
    picture = examine(data)
    assert len(picture.canonical) <= len(data)
    assert picture.format == ("png" if data.startswith(b"\x89PNG") else "jpeg")
    if name not in WITHOUT_REFERENCE:
        assert np.array_equal(pixels(picture.canonical), pixels(SAME_PIXELS.get(name, lambda: data)()))


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_canonical_form_of_a_canonical_form_is_itself(name: str) -> None:
    first = examine(ACCEPTED[name]())
    again = examine(first.canonical)
    assert again.canonical == first.canonical
    assert again.received_digest == again.stored_digest == first.stored_digest


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(900, 640), (333, 517)])
def test_turned_the_way_a_viewer_shows_it(orientation: int, size: tuple[int, int]) -> None:
    data = after_start(jpeg(*size, quality=90), exif(orientation))
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    picture = examine(data)
    assert (picture.width, picture.height) == upright.size
    assert np.abs(pixels(picture.canonical) - np.asarray(upright).astype(int)).mean() < 2
    with Image.open(io.BytesIO(picture.thumbnail)) as small:
        coarse = [
            np.asarray(image.resize((24, 24), Image.Resampling.BOX)).astype(int) for image in (small, upright)
        ]
    assert np.abs(coarse[0] - coarse[1]).mean() < 4


def test_a_turned_png_is_turned_too() -> None:
    picture = examine(ACCEPTED["exif-turned.png"]())
    expected = np.rot90(pixels(png())[:, :, :3])
    assert (picture.format, picture.width, picture.height) == ("jpeg", 640, 900)
    assert np.abs(pixels(picture.canonical) - expected).mean() < 2


def test_turning_uses_the_room_there_is() -> None:
    noisy = np.random.default_rng(2).normal(128, 40, (1200, 1600, 3)).clip(0, 255).astype(np.uint8)
    noise = saved(Image.fromarray(noisy).resize((800, 600)).resize((1600, 1200)), "JPEG", quality=44)
    assert 150_000 < len(noise) <= limits.MAX_BYTES
    picture = examine(after_start(noise, exif(6)))
    assert (picture.width, picture.height) == (1200, 1600)
    assert 0.93 * limits.MAX_BYTES < len(picture.canonical) <= limits.MAX_BYTES


def test_a_huge_turned_picture_is_made_smaller_rather_than_coarser() -> None:
    ramp = np.tile(np.arange(5000, dtype=np.uint32)[:, None] * 255 // 5000, (1, 5000)).astype(np.uint8)
    grey = Image.fromarray(ramp)
    colour = saved(
        Image.merge("RGB", (grey, grey.rotate(90), grey.rotate(180))),
        "JPEG",
        quality=20,
        progressive=True,
        optimize=True,
    )
    assert len(colour) <= limits.MAX_BYTES
    picture = examine(after_start(colour, exif(3)))
    assert len(picture.canonical) <= limits.MAX_BYTES
    assert 2000 < picture.width == picture.height < 5000


def test_colour_profiles() -> None:
    assert b"ICC_PROFILE" in examine(ACCEPTED["icc-srgb.jpg"]()).canonical
    assert b"ICC_PROFILE" in examine(ACCEPTED["icc-srgb-turned.jpg"]()).canonical
    assert b"iCCP" in examine(ACCEPTED["icc-srgb.png"]()).canonical
    assert b"my phone" not in examine(ACCEPTED["icc-srgb.png"]()).canonical
    for name in ("broken.jpg", "incomplete.jpg", "huge.jpg", "grey-in-colour.jpg"):
        assert b"ICC_PROFILE" not in examine(ACCEPTED[f"icc-{name}"]()).canonical
    for name in ("broken.png", "bomb.png"):
        assert b"iCCP" not in examine(ACCEPTED[f"icc-{name}"]()).canonical


def test_printing_colours_become_screen_colours() -> None:
    red = saved(Image.new("RGB", (200, 160), (200, 30, 40)).convert("CMYK"), "JPEG", quality=95)
    picture = examine(red)
    assert (picture.format, picture.width, picture.height) == ("jpeg", 200, 160)
    assert Image.open(io.BytesIO(picture.canonical)).mode == "RGB"
    assert np.abs(pixels(picture.canonical) - [200, 30, 40]).max() < 4


def test_sixteen_bit_grey_keeps_its_shades_in_the_thumbnail() -> None:
    shades = pixels(examine(ACCEPTED["sixteen-bit-grey.png"]()).thumbnail)[:, :, 0]
    assert shades[0].mean() < 8
    assert 118 < shades[100].mean() < 138
    assert shades[-1].mean() > 247


def test_transparent_places_are_white_in_the_thumbnail() -> None:
    clear = saved(Image.new("RGBA", (200, 160), (0, 0, 0, 0)), "PNG")
    assert pixels(examine(clear).thumbnail).min() > 250


def test_figures_of_refusals() -> None:
    def params(name: str) -> dict[str, object]:
        with pytest.raises(Refusal) as caught:
            examine(REFUSED[name][1]())
        return caught.value.params

    assert params("cut.png")["bytes"] == len(REFUSED["cut.png"][1]())
    assert params("204801-bytes.jpg") == {"bytes": 204_801, "limit": 204_800}
    assert params("bomb-400-megapixels.png") == {
        "bytes": len(REFUSED["bomb-400-megapixels.png"][1]()),
        "width": 20_000,
        "height": 20_000,
        "minimum": 100,
        "maximum": 8000,
    }
    assert params("over-12-megapixels.png") == {
        "bytes": len(REFUSED["over-12-megapixels.png"][1]()),
        "format": "PNG",
        "width": 4000,
        "height": 3001,
        "megapixels": 12.004,
        "limit": 12,
    }
    found = {
        name: params(name)["found"] for name, (code, _) in REFUSED.items() if code == "picture_wrong_type"
    }
    assert found == {
        "one-byte.jpg": "unknown",
        "text.jpg": "unknown",
        "zeros.png": "unknown",
        "real-gif.jpg": "GIF",
        "real-webp.jpg": "WebP",
        "real-bmp.png": "BMP",
        "real-tiff.jpg": "TIFF",
        "real-ico.png": "ICO",
        "real-pdf.jpg": "PDF",
        "motorola-tiff.jpg": "TIFF",
        "iphone-heic.jpg": "HEIC",
        "iphone-heic-mif1.jpg": "HEIC",
        "avif.jpg": "AVIF",
        "film.jpg": "MP4 / MOV",
        "svg.png": "SVG",
        "html.jpg": "HTML",
        "word.jpg": "ZIP / DOCX / XLSX",
        "old-word.jpg": "DOC / XLS",
        "jpeg-xl.jpg": "JPEG XL",
        "jpeg-2000.jpg": "JPEG 2000",
        "lossless.jpg": "JPEG (lossless)",
        "arithmetic.jpg": "JPEG (arithmetic coding)",
        "jpeg-ls.jpg": "JPEG-LS",
        "twelve-bit.jpg": "JPEG (12-bit)",
    }


def test_most_damage_in_the_middle_is_seen() -> None:
    """Forty bytes overwritten at forty places; a decoder can't see damage that is itself a valid picture."""
    data, random = jpeg(), np.random.default_rng(3)
    codes = []
    for place in np.linspace(2000, len(data) - 100, 40).astype(int):
        try:
            examine(patched(data, int(place), random.bytes(40)))
        except Refusal as refusal:
            codes.append(refusal.code)
    assert set(codes) <= {"picture_damaged", "picture_wrong_type"}
    assert len(codes) >= 28


def test_the_same_verdict_from_many_threads() -> None:
    sources = [
        ACCEPTED[name]() for name in ("plain.jpg", "progressive.jpg", "orientation-6.jpg", "colour.png")
    ] * 6
    expected = [examine(data) for data in sources]

    def run(data: bytes) -> CheckedPicture:
        return examine(data)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, sources)) == expected


def test_a_small_picture_is_not_enlarged() -> None:
    picture = examine(jpeg(120, 100))
    assert (picture.thumbnail_width, picture.thumbnail_height) == (120, 100)
    assert picture.content_type == "image/jpeg"
    assert page(120, 100).size == (120, 100)

"""One document as the file a candidate would upload, or as the 示例 of a kind."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaosheng.ops.demo_data import read_toml
from kaosheng.ops.drawings import photo
from kaosheng.ops.drawings.holder import Holder, Registration, holder_of
from kaosheng.ops.drawings.identity import identity_page
from kaosheng.ops.drawings.layouts import Blanks, booklet, certificate, form, letter
from kaosheng.ops.drawings.paper import Random

FAULTS: Final = (
    "blurred",
    "cut_off",
    "expired",
    "glare",
    "last_year",
    "no_seal",
    "no_signature",
    "short_period",
    "sideways",
)
"""What can be wrong with a drawn picture on purpose; each is one of the reasons reviewers give."""

_IDENTITY: Final = "M01"
_LAYOUTS: Final[dict[str, Callable[[Mapping[str, Any], Blanks], Image.Image]]] = {
    "booklet": booklet,
    "certificate": certificate,
    "form": form,
    "letter": letter,
}
_SCANNED_SHARE: Final = 0.35
_SAMPLE_LONG_SIDE: Final = 1000
_SAMPLE_BYTES: Final = (20_000, 110_000)


def draw(kind: str, position: int, registration: Registration, seed: int, *, fault: str = "") -> bytes:
    """JPEG bytes of one document of this registration, between 100,000 and 204,800 of them.

    The same arguments give the same bytes. `fault` is one of FAULTS or empty. Raises ValueError for a kind
    without a drawing or an unknown fault.
    """
    if fault and fault not in FAULTS:
        message = f"unknown fault {fault!r}; known are {', '.join(FAULTS)}"
        raise ValueError(message)
    rng = np.random.default_rng([seed, position, *kind.encode()])
    page = _page(kind, position, holder_of(registration), rng, fault)
    picture = photo.scanned(page, rng) if rng.random() < _SCANNED_SHARE else photo.photographed(page, rng)
    return photo.saved(_spoiled(picture, fault, rng))


def draw_sample(kind: str) -> bytes:
    """JPEG bytes of the 示例 of a kind, about 1000 pixels long; a card shows both of its sides."""
    holder = holder_of(_sample_registration())
    positions = (1, 2) if kind in {_IDENTITY, "M11"} else (1,)
    pages = []
    for position in positions:
        rng = np.random.default_rng([0, position, *kind.encode()])
        pages.append(_page(kind, position, holder, rng, ""))
    width = max(page.width for page in pages)
    gap = 40
    board = Image.new(
        "RGB", (width + 2 * gap, sum(page.height + gap for page in pages) + gap), (238, 241, 245)
    )
    y = gap
    for page in pages:
        board.paste(page, (gap, y), page.getchannel("A") if page.mode == "RGBA" else None)
        y += page.height + gap
    share = _SAMPLE_LONG_SIDE / max(board.size)
    small = board.resize((round(board.width * share), round(board.height * share)), Image.Resampling.LANCZOS)
    return photo.saved(small, at_least=_SAMPLE_BYTES[0], at_most=_SAMPLE_BYTES[1])


def _sample_registration() -> Registration:
    """Somebody who is visibly nobody: 样本人 of the sample site."""
    return {
        "number": "0027000000",
        "subject": "sample",
        "exam_batch": "2027YS",
        "site": "9901",
        "name": "样本人",
        "id_type": "居民身份证",
        "id_number": "139999199001010016",
        "phone": "19900000000",
        "facts": {**read_toml("profiles")["base"], "institution_name": "样本市样本医院"},
    }


@cache
def _documents() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "documents.toml").read_text(encoding="utf-8"))


def _page(kind: str, position: int, holder: Holder, rng: Random, fault: str) -> Image.Image:
    blanks = Blanks(
        holder=_dated(holder, fault, position),
        rng=rng,
        sealed=fault != "no_seal",
        signed=fault != "no_signature",
    )
    if kind == _IDENTITY:
        return identity_page(position, blanks, expired=fault == "expired")
    spec = _documents().get(f"{kind}-{position}") or _documents().get(kind)
    if spec is None:
        message = f"there is no drawing for the kind {kind!r}"
        raise ValueError(message)
    return _LAYOUTS[spec["layout"]](spec, blanks)


def _dated(holder: Holder, fault: str, position: int) -> Holder:
    """The holder's words with the period of this document; a second institution takes the second half."""
    year = int(holder.words["year"]) - (1 if fault == "last_year" else 0)
    start = f"{year - 1}年11月1日" if fault == "short_period" else f"{year - 2}年12月1日"
    if position > 1:
        start = f"{year - 1}年6月1日"
    words = {
        **holder.words,
        "year": str(year),
        "from": start,
        "to": f"{year}年1月15日",
        "practice_from": f"{year - 1 if fault == 'short_period' else holder.words['registered']}年3月8日",
        "former_name": f"{holder.words['name'][0]}小样",
    }
    return Holder(words=words, female=holder.female, face_seed=holder.face_seed, identity=holder.identity)


def _spoiled(picture: Image.Image, fault: str, rng: Random) -> Image.Image:
    """Photographic faults; faults of the document itself were drawn into the page."""
    if fault == "blurred":
        return _with_noise(picture.filter(ImageFilter.GaussianBlur(6.5)), rng)
    if fault == "sideways":
        return picture.transpose(Image.Transpose.ROTATE_90)
    if fault == "cut_off":
        width, height = picture.size
        return picture.crop((round(width * 0.24), round(height * 0.2), width, height))
    if fault == "glare":
        return _with_glare(picture)
    return picture


def _with_noise(picture: Image.Image, rng: Random) -> Image.Image:
    """A blurred picture still has its sensor's noise."""
    noise = rng.normal(0, 3.4, (picture.height, picture.width, 1)).astype(np.float32)
    noisy = np.clip(np.asarray(picture, dtype=np.float32) + noise, 0, 255)
    return Image.fromarray(noisy.astype(np.uint8), "RGB")


def _with_glare(picture: Image.Image) -> Image.Image:
    """A lamp's reflection over the lower right, where numbers usually stand."""
    width, height = picture.size
    spot = Image.new("L", (width // 8, height // 8), 0)
    box = (width * 0.56 / 8, height * 0.6 / 8, width * 0.9 / 8, height * 0.92 / 8)
    ImageDraw.Draw(spot).ellipse(box, fill=255)
    spot = spot.filter(ImageFilter.GaussianBlur(9)).point(lambda value: min(255, round(value * 1.3)))
    lit = picture.copy()
    lit.paste(
        Image.new("RGB", picture.size, (255, 255, 252)),
        (0, 0),
        spot.resize(picture.size, Image.Resampling.BICUBIC),
    )
    return lit

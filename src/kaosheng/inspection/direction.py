"""How a picture lies: the recogniser reads a few lines in every direction and the best reading wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from kaosheng.inspection.nets import Nets
from kaosheng.inspection.reading import HEIGHT, read_crops
from kaosheng.inspection.text_boxes import TextBox, cut_out, normalised, shrunk
from kaosheng.pictures.encode import Pixels


class Direction(StrEnum):
    """How the picture lies now, clockwise. Mirrored is told whatever the turn."""

    UPRIGHT = "upright"
    ROTATED_90 = "rotated_90"
    ROTATED_180 = "rotated_180"
    ROTATED_270 = "rotated_270"
    MIRRORED = "mirrored"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lie:
    """Direction, the EXIF orientation (1-8) that puts it upright, and how sure the readings were."""

    direction: Direction
    orientation: int
    score: float
    margin: float
    confidence: float
    hint: int
    hint_probability: float


READS_WELL: Final = 0.70
"""Score at which the picture as it lies needs no further look. Measured: upright ≥ 0.84, others ≤ 0.79 × own conf."""

_CHANGES: Final = 0.55
_MARGIN: Final = 0.2
_CHARACTERS: Final = 6
_LINES: Final = 2
"""A direction other than upright is told only on this much evidence.

The margin of 120 turned or mirrored drawn papers was 0.26 and more; a photograph of coins reached 0.12.
"""

_HINT: Final = 0.8
_SHORTER_SIDE: Final = 256
_SEEN: Final = 224
"""The classifier sees the middle of the picture, its shorter side shrunk to 256 pixels."""

_VOTERS: Final = 4
_CAP: Final = 8
"""A line counts no further than eight times its height: longer readings cost more and say no more."""

_Turn = Callable[[Pixels], Pixels]
_TURNS: Final[tuple[_Turn, ...]] = (
    lambda crop: crop,
    lambda crop: crop[::-1, ::-1],
    lambda crop: crop[:, ::-1],
    lambda crop: crop[::-1],
)
"""As it is, half a turn, mirrored, mirrored and half a turn."""

_FLAT_LINES: Final = (
    (Direction.UPRIGHT, 1),
    (Direction.ROTATED_180, 3),
    (Direction.MIRRORED, 2),
    (Direction.MIRRORED, 4),
)
_TALL_LINES: Final = (
    (Direction.ROTATED_90, 8),
    (Direction.ROTATED_270, 6),
    (Direction.MIRRORED, 7),
    (Direction.MIRRORED, 5),
)
"""What each of the turns means when it reads best, and the EXIF orientation that undoes it."""

_DEGREES: Final = {
    Direction.UPRIGHT: 0,
    Direction.ROTATED_90: 90,
    Direction.ROTATED_180: 180,
    Direction.ROTATED_270: 270,
}


def look(pixels: Pixels, boxes: Sequence[TextBox], nets: Nets) -> Lie:
    """Decide how an RGB picture with these lines of text lies."""
    hint, probability = _hint(pixels, nets)
    tall = _runs_downwards(boxes)
    voters = _voters([box for box in boxes if box.is_tall == tall])
    if not voters:
        return Lie(Direction.UNKNOWN, 1, 0.0, 0.0, 0.0, hint, probability)
    crops = [cut_out(pixels, box, height=HEIGHT, widest=_CAP * HEIGHT) for box in voters]
    readings = [read_crops(crops, nets.reader)]
    if tall or _score(readings[0]) < READS_WELL:
        readings += [read_crops(crops, nets.reader, turn) for turn in _TURNS[1:]]
    scores = [_score(reading) for reading in readings]
    best = int(np.argmax(scores))
    direction, orientation = (_TALL_LINES if tall else _FLAT_LINES)[best]
    margin = scores[best] - max((score for index, score in enumerate(scores) if index != best), default=0.0)
    if direction is not Direction.UPRIGHT and not _is_certain(readings[best], scores[best], margin):
        direction = Direction.UNKNOWN
    if _DEGREES.get(direction, hint) != hint and probability >= _HINT and direction is not Direction.UPRIGHT:
        direction = Direction.UNKNOWN
    return Lie(
        direction=direction,
        orientation=orientation if direction is not Direction.UNKNOWN else 1,
        score=scores[best],
        margin=margin,
        confidence=_mean_confidence(readings[best]),
        hint=hint,
        hint_probability=probability,
    )


def _is_certain(reading: Sequence[tuple[str, float]], score: float, margin: float) -> bool:
    lines = sum(1 for text, _ in reading if text)
    characters = sum(len(text) for text, _ in reading)
    return score >= _CHANGES and margin >= _MARGIN and lines >= _LINES and characters >= _CHARACTERS


def _runs_downwards(boxes: Sequence[TextBox]) -> bool:
    tall = sum(box.length for box in boxes if box.is_tall)
    flat = sum(box.length for box in boxes if not box.is_tall and box.width >= box.height)
    return tall > flat


def _voters(boxes: Sequence[TextBox]) -> list[TextBox]:
    """The lines whose reading says most: long ones in large letters."""
    return sorted(boxes, key=lambda box: box.thickness * min(box.length, _CAP * box.thickness), reverse=True)[
        :_VOTERS
    ]


def _weights(reading: Sequence[tuple[str, float]]) -> list[int]:
    return [min(len(text), _CAP) for text, _ in reading]


def _score(reading: Sequence[tuple[str, float]]) -> float:
    weights = _weights(reading)
    if not sum(weights):
        return 0.0
    squares = sum(confidence**2 * weight for (_, confidence), weight in zip(reading, weights, strict=True))
    return squares / sum(weights)


def _mean_confidence(reading: Sequence[tuple[str, float]]) -> float:
    weights = _weights(reading)
    total = sum(confidence * weight for (_, confidence), weight in zip(reading, weights, strict=True))
    return total / sum(weights) if sum(weights) else 0.0


def _hint(pixels: Pixels, nets: Nets) -> tuple[int, float]:
    """The turn (0, 90, 180, 270) a classifier sees in the whole picture, with its probability."""
    height, width = pixels.shape[:2]
    scale = _SHORTER_SIDE / min(height, width)
    small = shrunk(pixels, (max(_SEEN, round(width * scale)), max(_SEEN, round(height * scale))))
    top, left = (small.shape[0] - _SEEN) // 2, (small.shape[1] - _SEEN) // 2
    answer = nets.orient(normalised(small[top : top + _SEEN, left : left + _SEEN])[None])[0]
    if answer.min() < 0 or abs(float(answer.sum()) - 1) > 1e-3:  # noqa: PLR2004 - not probabilities yet
        answer = np.exp(answer - answer.max())
        answer /= answer.sum()
    best = int(answer.argmax())
    return best * 90, float(answer[best])

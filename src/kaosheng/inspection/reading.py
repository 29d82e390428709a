"""Reading lines of text: from cut-out lines to characters with their confidence.

For a bench of legibility: `Nets()`, `find_text(pixels, nets.detect, longest_side=960)`, then
`read_lines(pixels, boxes, nets.reader)`; compare `Line.text` with what stands there, `Line.confidence` with a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kaosheng.domain.pieces import in_pieces
from kaosheng.inspection.nets import CharacterNet, Floats
from kaosheng.inspection.text_boxes import TextBox, cut_out
from kaosheng.pictures.encode import Pixels

HEIGHT: Final = 48
"""Pixels of height the recognisers read at."""

WIDEST: Final = 960
_BATCH: Final = 6
_BLANK: Final = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says. `confidence` is the mean over its characters, 0 when nothing was read."""

    text: str
    confidence: float
    box: TextBox


def read_lines(
    pixels: Pixels, boxes: Sequence[TextBox], net: CharacterNet, *, widest: int = WIDEST
) -> list[Line]:
    """Read lines as they lie (tall ones turned left), in the order of the boxes."""
    crops = [cut_out(pixels, box, height=HEIGHT, widest=widest) for box in boxes]
    answers = read_crops(crops, net)
    return [Line(text, confidence, box) for (text, confidence), box in zip(answers, boxes, strict=True)]


def read_crops(
    crops: Sequence[Pixels], net: CharacterNet, turn: Callable[[Pixels], Pixels] = lambda crop: crop
) -> list[tuple[str, float]]:
    """Read lines of 48 pixels of height, each turned by `turn` first; text and confidence of each."""
    order = sorted(range(len(crops)), key=lambda index: crops[index].shape[1])
    answers: list[tuple[str, float]] = [("", 0.0)] * len(crops)
    for places in in_pieces(order, _BATCH):
        outputs = net.run(_batch([turn(crops[place]) for place in places]))
        for place, output in zip(places, outputs, strict=True):
            answers[place] = _decoded(output, net.characters)
    return answers


def _batch(crops: Sequence[Pixels]) -> Floats:
    width = max(crop.shape[1] for crop in crops)
    batch = np.zeros((len(crops), 3, HEIGHT, width), dtype=np.float32)
    for row, crop in zip(batch, crops, strict=True):
        row[:, :, : crop.shape[1]] = (crop[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)
    return batch


def _decoded(output: Floats, characters: Sequence[str]) -> tuple[str, float]:
    """Greedy CTC: the likeliest character of each step, repeats joined, blanks dropped."""
    best = output.argmax(axis=1)
    kept = (best != _BLANK) & np.concatenate([[True], best[1:] != best[:-1]])
    if not kept.any():
        return "", 0.0
    text = "".join(characters[index] for index in best[kept])
    return text, float(output.max(axis=1)[kept].mean())

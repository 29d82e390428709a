"""The assistant's eye: a quick look (about 0.1 s), then reading (about 0.25 s more), on one thread.

`Inspector` is what the worker process and the command `kaosheng pictures advise` both use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from kaosheng.domain.advice import Finding
from kaosheng.inspection.clarity import Clarity, measure
from kaosheng.inspection.direction import Direction, Lie, look
from kaosheng.inspection.fields import Compared, can_be_read, compare_name, compare_number
from kaosheng.inspection.nets import Nets
from kaosheng.inspection.papers import Paper, paper_of, place_that_tells
from kaosheng.inspection.reading import Line, read_lines
from kaosheng.inspection.text_boxes import TextBox, find_text
from kaosheng.pictures.encode import Pixels, turned

Places = npt.NDArray[np.floating[Any]]

WORKING_PIXELS: Final = 3_000_000
"""Pixels a picture is decoded to: more than the nets look at, enough to cut lines from."""

_QUICK_SIDE: Final = 640
_READING_SIDE: Final = 960
_MOST_LINES: Final = 80
_SURE: Final = 0.9
_RE_READ: Final = 4


@dataclass(frozen=True, slots=True)
class QuickLook:
    """Direction and legibility of a picture. `text`: whether there is any writing."""

    lie: Lie
    clarity: Clarity
    text: bool

    @property
    def legible(self) -> bool | None:
        """Whether a person can read it; None without writing, or when nothing says how it lies."""
        return self.clarity.legible


@dataclass(frozen=True, slots=True)
class Page:
    """A picture put upright, and its lines: personal data, for the memory of this process alone."""

    pixels: Pixels
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which paper it is, and how name and number compare; None for what wasn't asked or can't be judged.

    `paper_line` and the lines of `Compared` hold what was read: personal data, for the memory of this process alone.
    """

    paper: Paper | None
    paper_line: Line | None
    name: Compared | None
    id_number: Compared | None
    confidence: float
    size: tuple[int, int]

    def box_as_it_lies(self, line: Line, orientation: int) -> list[float]:
        """Where a line stands: [x, y, width, height] as fractions of the picture before it was put upright."""
        corners, (width, height) = line.box.corners, self.size
        across, down = lying(corners[:, 0] / width, corners[:, 1] / height, orientation)
        left, right = np.clip([across.min(), across.max()], 0, 1)
        top, bottom = np.clip([down.min(), down.max()], 0, 1)
        return [round(float(part), 4) for part in (left, top, right - left, bottom - top)]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the registration says the paper should carry; empty for what nobody expects."""

    name: str = ""
    id_number: str = ""


def lying(across: Places, down: Places, orientation: int) -> tuple[Places, Places]:
    """Bring places in a picture put upright by an EXIF orientation back to the picture as it lay. All are fractions."""
    sideways = orientation in {5, 6, 7, 8}
    x, y = (down, across) if sideways else (across, down)
    return (1 - x if orientation in {2, 3, 7, 8} else x), (1 - y if orientation in {3, 4, 6, 7} else y)


@dataclass
class Inspector:
    """Looks at pictures with nets that stay loaded."""

    nets: Nets = field(default_factory=Nets)

    def __post_init__(self) -> None:
        """Keep OpenCV to this thread: a second one costs the web workers more than it brings."""
        cv2.setNumThreads(1)

    def warm(self) -> None:
        """Load every net, so that the first picture waits no longer than the others. Raises ModelsUnusableError."""
        nets = self.nets
        for net in (nets.detect, nets.orient, nets.reader, nets.careful_reader):
            del net

    def quick_look(self, pixels: Pixels) -> QuickLook:
        """Look at RGB or grey pixels, as a viewer shows them."""
        pixels = _coloured(pixels)
        boxes = find_text(pixels, self.nets.detect, longest_side=_QUICK_SIDE)
        lie = look(pixels, boxes, self.nets)
        return QuickLook(lie, measure(pixels, boxes, lie.confidence), bool(boxes))

    def read(self, pixels: Pixels, quick: QuickLook, expected: Expected) -> Reading | None:
        """Read the picture, put upright first, and compare. None when it can't be told how it lies."""
        page = self.page_of(pixels, quick)
        return self.compare(page, expected) if page is not None else None

    def page_of(self, pixels: Pixels, quick: QuickLook) -> Page | None:
        """Read the lines of the picture, put upright first. None when it can't be told how it lies."""
        if quick.lie.direction is Direction.UNKNOWN:
            return None
        upright = turned(_coloured(pixels), quick.lie.orientation)
        boxes = find_text(upright, self.nets.detect, longest_side=_READING_SIDE)
        boxes = sorted(boxes, key=lambda box: box.length * box.thickness, reverse=True)[:_MOST_LINES]
        lines = read_lines(upright, boxes, self.nets.reader)
        return Page(upright, tuple(line for line in lines if line.text))

    def compare(self, page: Page, expected: Expected) -> Reading:
        """Compare what stands on a page with what was registered."""
        lines, texts = page.lines, [line.text for line in page.lines]
        paper = paper_of(texts)
        told_by = place_that_tells(paper, texts) if paper else None
        return Reading(
            paper=paper,
            paper_line=lines[told_by] if told_by is not None else None,
            name=self._name(page.pixels, lines, expected.name) if expected.name else None,
            id_number=compare_number(expected.id_number, lines) if expected.id_number else None,
            confidence=float(np.mean([line.confidence for line in lines])) if lines else 0.0,
            size=(page.pixels.shape[1], page.pixels.shape[0]),
        )

    def _name(self, pixels: Pixels, lines: Sequence[Line], name: str) -> Compared | None:
        """Compare by the fast reader; when it isn't sure, by the careful one where the name may stand."""
        fast = compare_name(name, lines)
        if fast.finding is Finding.MATCH:
            return fast
        places = _where_a_name_may_stand(name, lines)
        careful = [line for line in read_lines(pixels, places, self.nets.careful_reader) if line.text]
        slow = compare_name(name, careful)
        if slow.finding is Finding.NOT_FOUND and fast.finding is not Finding.NOT_FOUND:
            return fast
        if slow.finding is Finding.NOT_FOUND and not self._may_miss(name, lines):
            return None
        return slow

    def _may_miss(self, name: str, lines: Sequence[Line]) -> bool:
        """Whether not finding a name means anything: characters known, writing read with confidence."""
        mean = float(np.mean([line.confidence for line in lines])) if lines else 0.0
        return mean >= _SURE and can_be_read(name, self.nets.careful_reader.knows)


def _where_a_name_may_stand(name: str, lines: Sequence[Line]) -> list[TextBox]:
    """Lines with a character of the name, then lines with 姓名 or short ones, the likeliest first."""
    wanted = set(name)

    def likelihood(line: Line) -> tuple[int, float]:
        return (2 * len(wanted & set(line.text)) + ("名" in line.text), -line.confidence)

    ranked = sorted(lines, key=likelihood, reverse=True)
    return [line.box for line in ranked[:_RE_READ]]


def _coloured(pixels: Pixels) -> Pixels:
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels

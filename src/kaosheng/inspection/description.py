"""One JSON line about one picture, for `kaosheng pictures advise` and whoever reads its output."""

from __future__ import annotations

import time

from kaosheng.inspection.direction import Direction
from kaosheng.inspection.fields import Compared
from kaosheng.inspection.inspector import WORKING_PIXELS, Expected, Inspector
from kaosheng.inspection.papers import borne, papers
from kaosheng.pictures.checks import pixels_of


def describe(inspector: Inspector, data: bytes, *, expected: Expected, kind: str = "") -> dict[str, object]:
    """Look at a picture and read it. `kind` is the Chinese name of the 材料种类 or a paper's code, or empty.

    `name` and `id_number` are match, unclear or not_found; null when nothing was expected, when the paper carries
    no such thing, or when nothing can be said. `ms` is the time it took, without loading the nets. Raises Refusal.
    """
    began = time.perf_counter()
    pixels = pixels_of(data, max_pixels=WORKING_PIXELS)
    quick = inspector.quick_look(pixels)
    reading = inspector.read(pixels, quick, expected) if quick.text else None
    paper = reading.paper if reading else None
    bears = borne(paper or papers().get(kind), kind)
    return {
        "direction": quick.lie.direction.value if quick.text else Direction.UNKNOWN.value,
        "legible": quick.legible,
        "dark": quick.clarity.dark,
        "small": quick.clarity.small,
        "text": quick.text,
        "kind": paper.code if paper else None,
        "name": _finding(reading.name) if reading and "name" in bears else None,
        "id_number": _finding(reading.id_number) if reading and "id_number" in bears else None,
        "ms": round((time.perf_counter() - began) * 1000),
    }


def _finding(compared: Compared | None) -> str | None:
    return compared.finding.value if compared else None

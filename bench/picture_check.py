"""What the hard checks, the canonical form and the thumbnail of one picture cost, in one thread."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Final

from system import Results, drawn_pictures

REPEATS: Final = 8


def rows() -> list[Results]:
    """Examine every drawn document several times."""
    from kaosheng.pictures.checks import examine  # noqa: PLC0415 - Django must be set up first

    pictures = [Path(name).read_bytes() for name in drawn_pictures()]
    milliseconds = []
    for _ in range(REPEATS):
        for data in pictures:
            start = time.perf_counter()
            examine(data)
            milliseconds.append((time.perf_counter() - start) * 1000)
    return [
        Results(
            name="picture_check",
            value=statistics.median(milliseconds),
            unit="ms",
            against=None,
            ratio=None,
            runs=len(milliseconds),
            min=min(milliseconds),
            max=max(milliseconds),
        )
    ]

"""What the hard checks, the canonical form and the thumbnail of one picture cost, in one thread.

Against what the bare server does with its bytes: strict decoding, thumbnail, one digest.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from system import Results, drawn_pictures

REPEATS: Final = 8


def rows() -> list[Results]:
    """Examine every drawn document several times, by both in turn."""
    from bare_server import examined  # noqa: PLC0415 - its folders are known only now

    from kaosheng.pictures.checks import examine  # noqa: PLC0415 - Django must be set up first

    ours: list[float] = []
    bare: list[float] = []
    for _ in range(REPEATS):
        for name in drawn_pictures():
            data = Path(name).read_bytes()
            ours.append(_milliseconds(examine, data))
            bare.append(_milliseconds(examined, data))
    value, against = statistics.median(ours), statistics.median(bare)
    return [
        Results("picture_check", value, "ms", against, value / against, len(ours), min(ours), max(ours)),
    ]


def _milliseconds(look: Callable[[bytes], object], data: bytes) -> float:
    start = time.perf_counter()
    look(data)
    return (time.perf_counter() - start) * 1000

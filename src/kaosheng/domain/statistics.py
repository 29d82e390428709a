"""How sure a share that was counted is."""

from __future__ import annotations

import math
from typing import Final

_Z: Final = 1.959964
"""Of the normal distribution: 95 % lie within."""


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, 0 to 1, by Wilson's score: honest for few cases and near 0 and 1.

    E. B. Wilson, JASA 22 (1927) 209. Without cases nothing is known: 0 to 1.
    """
    if not total:
        return 0.0, 1.0
    share = hits / total
    shrink = 1 + _Z**2 / total
    middle = (share + _Z**2 / (2 * total)) / shrink
    reach = _Z / shrink * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    low = 0.0 if hits == 0 else middle - reach
    high = 1.0 if hits == total else middle + reach
    return low, high

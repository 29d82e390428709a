"""What the answers of a race come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from kaosheng.domain.errors import Refusal

MeetAt = Callable[..., None]
Call = Callable[[], object]
Race = Callable[[Sequence[Call]], list[object]]
Overtake = Callable[[Call, object, str, Call], list[object]]


def outcomes(answers: list[object]) -> Counter[str]:
    """Refusals by code, other errors by type, everything else as "done"."""
    return Counter(
        answer.code
        if isinstance(answer, Refusal)
        else type(answer).__name__
        if isinstance(answer, Exception)
        else "done"
        for answer in answers
    )

"""The sealer at work: every five seconds, so that no event stays unsealed longer than ten."""

from __future__ import annotations

from typing import Final

from procrastinate.contrib.django import app

from kaosheng.audit.sealing import BLOCK, seal_settled

FULL_ENOUGH: Final = BLOCK // 2
"""A block that is cut at a transaction's edge may fall short of BLOCK while more waits behind it."""


@app.periodic(cron="* * * * * */5")
@app.task(queue="audit", queueing_lock="audit:seal", pass_context=False)
def seal_events(timestamp: int) -> None:
    """Seal what has settled, block after block while they come full; `timestamp` is the tick of the clock.

    Safe to run twice, or beside itself: the second sealer finds the lock taken and leaves.
    """
    while seal_settled() >= FULL_ENOUGH:
        pass

"""Sending what the outbox holds, from the job queue."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kaosheng.notices import sending


@app.task(queue="notices")
def send_lane(*, lane: str) -> None:
    """Send what is due in a lane; queued with every message, and again by itself while something is left.

    The queue's lock (the lane's name) lets one of these run at a time; most find nothing left to do.
    """
    if sending.run_lane(lane):
        queue_lane(lane)


def queue_lane(lane: str) -> None:
    """Queue a round of a lane in the caller's transaction."""
    send_lane.configure(lock=f"notices:{lane}").defer(lane=lane)


@app.periodic(cron="* * * * *")
@app.task(queue="notices", queueing_lock="send_due")
def send_due(timestamp: int) -> None:
    """Queue every lane in which a repetition or a morning has come; `timestamp` is the tick of the clock."""
    for lane in sending.lanes_due(timezone.now()):
        try:
            name = f"notices:{lane}"
            send_lane.configure(lock=name, queueing_lock=name).defer(lane=lane)
        except AlreadyEnqueued:
            # Last minute's still waits for the lane.
            continue

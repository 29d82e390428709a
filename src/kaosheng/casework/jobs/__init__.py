"""Work done outside the request, on the same database; every task may run twice and do its work once."""

from kaosheng.casework.jobs import (
    broadcasts,
    clock,
    importing,
    intakes,
    objects,
    reconcile,
    release,
    reminders,
    status,
)

__all__ = ["clock", "importing", "intakes", "objects", "reconcile", "release", "status"]
from kaosheng.casework.jobs import bulk

__all__ = ["bulk", "clock", "intakes", "objects", "reconcile", "release", "status"]
__all__ = [
    "broadcasts",
    "clock",
    "importing",
    "intakes",
    "objects",
    "reconcile",
    "release",
    "reminders",
    "status",
]

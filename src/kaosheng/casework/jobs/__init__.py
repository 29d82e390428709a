"""Work done outside the request, on the same database; every task may run twice and do its work once."""

from kaosheng.casework.jobs import (
    broadcasts,
    bulk,
    clock,
    importing,
    intakes,
    objects,
    reconcile,
    release,
    reminders,
    retention,
    scrub,
    status,
    twins,
)

__all__ = [
    "broadcasts",
    "bulk",
    "clock",
    "importing",
    "intakes",
    "objects",
    "reconcile",
    "release",
    "reminders",
    "retention",
    "scrub",
    "status",
    "twins",
]

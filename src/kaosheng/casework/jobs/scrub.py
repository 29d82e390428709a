"""Re-reads stored pictures and compares them with their digests, a part each night: disks forget in silence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import structlog
from procrastinate.contrib.django import app

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.models import Picture
from kaosheng.crypto.digests import digest
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.pictures.store import ObjectMissing, StoreUnavailable, get_store

log = structlog.get_logger(__name__)

SHARDS: Final = 256
SHARDS_A_NIGHT: Final = 9
"""Every picture is read again within 29 nights; of a province's 600,000 about 21,000 (4 GB) a night."""


@app.periodic(cron="37 18 * * *")  # the queue counts in UTC: 02:37 in the house
@app.task(queue="objects", queueing_lock="scrub_store", pass_context=False)
def scrub_store(timestamp: int) -> None:
    """Read tonight's part; `timestamp` is the tick of the clock."""
    scrub(shards_of(datetime.fromtimestamp(timestamp, HOUSE_TIME).date()))


def shards_of(night: date) -> list[str]:
    """The beginnings of the keys a night looks at; no state is kept, so a night left out is made good a month later."""
    first = night.toordinal() * SHARDS_A_NIGHT
    return [f"{(first + number) % SHARDS:02x}" for number in range(SHARDS_A_NIGHT)]


def scrub(shards: Iterable[str]) -> tuple[int, list[str]]:
    """Compare the pictures of these shards; how many were read, and the ids of those that aren't what was accepted.

    Each of those is an audit event and an error in the log; one that can't be read keeps nobody from reading the next.
    """
    read, rotten = 0, []
    for shard in shards:
        rows = Picture.objects.filter(object_key__startswith=shard)
        for picture in rows.only("object_key", "thumbnail_key", "stored_digest", "dossier_id").iterator():
            read += 1
            fault = _fault(picture)
            # Somebody may have deleted it since the row was read.
            if fault and Picture.objects.filter(pk=picture.pk).exists():
                _report(picture, fault)
                rotten.append(str(picture.pk))
    log.info("store_scrubbed", pictures=read, rotten=len(rotten))
    return read, rotten


def _fault(picture: Picture) -> str:
    store = get_store()
    try:
        store.read(picture.thumbnail_key)
        found = digest(store.read(picture.object_key))
    except ObjectMissing:
        return "missing"
    except StoreUnavailable:
        return "unreadable"
    return "" if found == picture.stored_digest else "changed"


def _report(picture: Picture, fault: str) -> None:
    log.error("store_rot", picture=str(picture.pk), fault=fault)
    record(
        AuditName.STORE_ROT_FOUND,
        by=By("system", "scrub"),
        about=("dossier", str(picture.dossier_id)),
        picture=str(picture.pk),
        fault=fault,
    )

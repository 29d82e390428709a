"""Re-reads stored pictures and compares them with their digests, a part each night: disks forget in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import structlog
from django.db import transaction
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


class StoreAwayError(Exception):
    """The store gives nothing at all; that says nothing about any picture."""


@dataclass(frozen=True, slots=True)
class Rot:
    """An object that isn't what was accepted: `fault` is missing, unreadable or changed; `picture` is the id of its row."""

    picture: str
    key: str
    fault: str


def scrub(shards: Iterable[str]) -> tuple[int, list[Rot]]:
    """Compare the pictures of these shards; how many were read, and the objects that aren't what was accepted.

    Each of those is an audit event and an error in the log; one that can't be read keeps nobody from reading the next.
    Raises StoreAwayError, and records nothing, where the store itself is away.
    """
    read, rotten = 0, []
    for shard in shards:
        rows = Picture.objects.filter(object_key__startswith=shard)
        for picture in rows.only("object_key", "thumbnail_key", "stored_digest", "dossier_id").iterator():
            read += 1
            found = list(_rot_of(picture))
            # Somebody may have deleted it since the row was read.
            if found and Picture.objects.filter(pk=picture.pk).exists():
                _require_store()
                for rot in found:
                    _report(picture, rot)
                rotten += found
    log.info("store_scrubbed", pictures=read, rotten=len(rotten))
    return read, rotten


def _rot_of(picture: Picture) -> Iterator[Rot]:
    for key, expected in ((picture.object_key, picture.stored_digest), (picture.thumbnail_key, None)):
        if fault := _fault(key, expected):
            yield Rot(str(picture.pk), key, fault)


def _fault(key: str, expected: str | None) -> str:
    """What is wrong with an object; of a thumbnail only whether it can be read."""
    try:
        content = get_store().read(key)
    except ObjectMissing:
        return "missing"
    except StoreUnavailable:
        return "unreadable"
    return "changed" if expected is not None and digest(content) != expected else ""


def _require_store() -> None:
    try:
        if next(get_store().objects(), None) is not None:
            return
    except StoreUnavailable as error:
        raise StoreAwayError("the store can't be listed: may STORE_ROOT be read?") from error
    raise StoreAwayError("the store is empty: is STORE_ROOT the right folder, and its disk mounted?")


def _report(picture: Picture, rot: Rot) -> None:
    log.error("store_rot", picture=rot.picture, key=rot.key, fault=rot.fault)
    with transaction.atomic():
        record(
            AuditName.STORE_ROT_FOUND,
            by=By("system", "scrub"),
            about=("dossier", str(picture.dossier_id)),
            picture=rot.picture,
            fault=rot.fault,
        )

"""The nightly reading finds pictures that aren't any more what was accepted."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from factories import World, dossiers
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs.scrub import StoreAwayError, scrub, shards_of
from kaosheng.casework.models import Picture
from kaosheng.pictures.store import get_store

pytestmark = pytest.mark.django_db

EVERY = [f"{number:02x}" for number in range(256)]


@pytest.mark.harms
def test_it_finds_what_changed_is_gone_or_cannot_be_read_and_nothing_else(here: World, settings: Any) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    changed, gone, bare, unreadable, *sound = Picture.objects.filter(dossier=dossier)
    path = settings.STORE_ROOT / changed.object_key[:2] / changed.object_key
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    get_store().delete(gone.object_key, bare.thumbnail_key)
    in_the_way = settings.STORE_ROOT / unreadable.object_key[:2] / unreadable.object_key
    in_the_way.unlink()
    in_the_way.mkdir()  # reading it is an error of the system's, as on a broken sector

    read, rotten = scrub(EVERY)

    assert read == 4 + len(sound)
    assert sound
    assert sorted((rot.picture, rot.key, rot.fault) for rot in rotten) == sorted(
        [
            (str(changed.pk), changed.object_key, "changed"),
            (str(gone.pk), gone.object_key, "missing"),
            (str(bare.pk), bare.thumbnail_key, "missing"),
            (str(unreadable.pk), unreadable.object_key, "unreadable"),
        ]
    )
    events = AuditEvent.objects.filter(name="store:rot_found", object=str(dossier.pk))
    assert {event.details["picture"]: event.details["fault"] for event in events} == {
        str(changed.pk): "changed",
        str(gone.pk): "missing",
        str(bare.pk): "missing",
        str(unreadable.pk): "unreadable",
    }
    said = io.StringIO()
    with pytest.raises(CommandError, match="put these back"):
        call_command("scrub", stdout=said)
    assert f"ROTTEN {bare.thumbnail_key} missing: {bare.pk}\n" in said.getvalue()


@pytest.mark.harms
@pytest.mark.parametrize("away", ["gone", "empty", "another file's place"])
def test_a_store_that_is_away_is_one_failure_and_no_picture_s_fault(
    here: World, settings: Any, away: str
) -> None:
    dossiers.fill(dossiers.register(here))
    settings.STORE_ROOT.rename(settings.STORE_ROOT.with_name("aside"))
    if away == "empty":
        settings.STORE_ROOT.mkdir()
    elif away == "another file's place":
        settings.STORE_ROOT.write_bytes(b"")

    with pytest.raises(StoreAwayError):
        scrub(EVERY)
    with pytest.raises(CommandError, match="STORE_ROOT"):
        call_command("scrub")
    assert not AuditEvent.objects.filter(name="store:rot_found").exists()


def test_a_part_is_read_and_the_parts_make_the_whole(here: World) -> None:
    dossiers.fill(dossiers.register(here))
    shards = sorted({key[:2] for key in Picture.objects.values_list("object_key", flat=True)})
    inside = sum(key.startswith(shards[0]) for key in Picture.objects.values_list("object_key", flat=True))
    assert scrub(shards[:1]) == (inside, [])
    nights = [date(2027, 1, 1) + timedelta(days=number) for number in range(256)]
    assert Counter(shard for night in nights for shard in shards_of(night)) == Counter(EVERY * 9)
    month = {shard for night in nights[:29] for shard in shards_of(night)}
    assert month == set(EVERY)

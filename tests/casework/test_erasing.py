"""What the page promises about keeping is kept: erased on its day, archived first, and nothing else with it."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from factories import World, dossiers, people, world
from factories.world import close_window
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs.objects import sweep
from kaosheng.casework.jobs.retention import NotErasedError, erase_due, erase_round
from kaosheng.casework.models import Dossier, Picture, Recheck, Step, Submission
from kaosheng.casework.queries.keeping import last_day
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.states import State
from kaosheng.pictures.store import get_store
from kaosheng.registration.models import Candidate, Registration

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from factories.people import Cast

pytestmark = pytest.mark.django_db

TRAIL = {"auditevent", "auditseal"}
"""Tables that keep their rows: they name dossiers by id, and nobody."""


@pytest.fixture(autouse=True)
def _archive(settings: Settings, tmp_path: Path) -> None:
    settings.ARCHIVE_ROOT = tmp_path / "archive"


@pytest.fixture
def places() -> World:
    return world()


@pytest.fixture
def cast(places: World) -> Cast:
    return people.cast(places)


def last_day_of(dossier: Dossier) -> date:
    dossier = dossiers.again(dossier)
    published = dossier.release.published_at if dossier.release else None
    submitted = dossier.submissions.exists()
    return last_day(dossier, submitted=submitted, published_at=published, today=timezone.localdate())


def erased_in_the_night_after(day: date) -> int:
    with the_night_after(day):
        erased, failed = erase_due()
    assert failed == []
    return erased


def the_night_after(day: date) -> time_machine.travel:
    return time_machine.travel(datetime.combine(day + timedelta(days=1), time(3, 27), HOUSE_TIME), tick=False)


def archives() -> list[Path]:
    return list(settings.ARCHIVE_ROOT.rglob("*.archive"))


def mentions(*words: str) -> list[str]:
    """Tables other than the trail and the queue with a row that holds one of these words."""
    found = []
    for model in apps.get_models():
        if model._meta.model_name in TRAIL or model._meta.app_label == "procrastinate":
            continue
        rows: list[dict[str, Any]] = list(model._base_manager.values())
        if any(word in str(row) for row in rows for word in words):
            found.append(model._meta.label)
    return found


def test_a_draft_goes_the_night_after_its_last_day_and_its_neighbour_stays(places: World) -> None:
    gone, stays = dossiers.register(places), dossiers.register(places)
    for dossier in (gone, stays):
        dossiers.upload(dossier, "M01", 1)
    close_window(places.intake)
    dossiers.lapse(gone)
    stays.deadline = timezone.now() + timedelta(days=400)
    stays.save(update_fields=["deadline"])
    number, candidate = gone.registration.number, dossiers.candidate_of(gone)
    day = last_day_of(gone)
    assert erased_in_the_night_after(day - timedelta(days=1)) == 0
    assert erased_in_the_night_after(day) == 1
    assert mentions(number, str(gone.pk), candidate.subject) == []
    assert list(Registration.objects.values_list("number", flat=True)) == [stays.registration.number]
    assert archives() == []
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        sweep()
    kept = Picture.objects.get()
    assert {entry.key for entry in get_store().objects()} == {kept.object_key, kept.thumbnail_key}
    event = AuditEvent.objects.get(name="dossier:erased")
    assert (event.object, event.details["pictures"], event.details["archive"]) == (str(gone.pk), 1, "")


def test_a_record_is_archived_before_it_goes(places: World, cast: Cast, tmp_path: Path) -> None:
    dossier = dossiers.brought_to(places, "released", cast=cast)
    number, receipt = dossier.registration.number, dossier.submissions.get().number
    pictures = {str(p.pk): get_store().read(p.object_key) for p in dossier.pictures.all()}
    day = last_day_of(dossier)
    assert erased_in_the_night_after(day - timedelta(days=1)) == 0
    assert erased_in_the_night_after(day) == 1
    assert mentions(number, str(dossier.pk), receipt) == []
    (archive,) = archives()
    assert number.encode() not in archive.read_bytes()
    call_command("archive", "open", str(archive), "--to", str(tmp_path / "opened"), verbosity=0)
    record = json.loads((tmp_path / "opened" / "record.json").read_text(encoding="utf-8"))
    texts = json.dumps(record, ensure_ascii=False)
    assert number in texts
    assert receipt in texts
    unpacked = {
        path.stem.split("-", 2)[2]: path.read_bytes() for path in (tmp_path / "opened/pictures").iterdir()
    }
    assert unpacked == pictures


def test_a_person_with_another_registration_stays_known(places: World) -> None:
    first = dossiers.register(places, subject="same")
    dossiers.register(places, subject="same")
    dossiers.lapse(first)
    assert erased_in_the_night_after(last_day_of(first)) == 1
    assert Candidate.objects.get().subject == "same"


def test_what_is_still_asked_or_under_review_stays(places: World, cast: Cast) -> None:
    released = dossiers.brought_to(places, "released", cast=cast)
    Recheck.objects.create(dossier=released, reason="请复核", asked_at=timezone.now())
    reviewed = dossiers.brought_to(places, State.AT_AREA, cast=cast)
    assert erased_in_the_night_after(timezone.localdate() + timedelta(days=20_000)) == 0
    assert Dossier.objects.count() == 2
    assert last_day_of(reviewed) > timezone.localdate()


def test_history_goes_only_with_a_row_in_the_trail_about_its_own_dossier(places: World, cast: Cast) -> None:
    erased = dossiers.brought_to(places, "released", cast=cast)
    other = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    erased_in_the_night_after(last_day_of(erased))
    assert AuditEvent.objects.filter(name="dossier:erased").count() == 1
    for table in (Step, Submission):
        rows = table._base_manager.filter(dossier=other)
        assert rows.exists()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete(using=connection.alias)


@pytest.mark.harms
def test_what_cannot_be_archived_stays_is_named_and_keeps_nobody_else(places: World, cast: Cast) -> None:
    first, *others = sorted(
        (dossiers.brought_to(places, "released", cast=cast) for _ in range(3)), key=lambda dossier: dossier.pk
    )
    get_store().delete(first.pictures.order_by("pk")[0].object_key)

    with (
        the_night_after(max(last_day_of(dossier) for dossier in (first, *others))),
        pytest.raises(NotErasedError, match=f"1 dossiers past their last day couldn't be erased: {first.pk}"),
    ):
        erase_round.func(timestamp=0)

    assert Dossier.objects.get() == first
    erased = AuditEvent.objects.filter(name="dossier:erased").values_list("object", flat=True)
    assert sorted(erased) == sorted(str(dossier.pk) for dossier in others)


def test_a_full_archive_keeps_no_draft_here(places: World, cast: Cast, tmp_path: Path) -> None:
    record = dossiers.brought_to(places, "released", cast=cast)
    draft = dossiers.register(places)
    dossiers.lapse(draft)
    (tmp_path / "archive").write_bytes(
        b"in the way of the folder: an error of the system's, as of a full disk"
    )

    with the_night_after(max(last_day_of(record), last_day_of(draft))):
        assert erase_due() == (1, [record.pk])

    assert Dossier.objects.get() == record

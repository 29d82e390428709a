"""Pulling registrations: by hand with the command, by itself at night; from a server that speaks HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from pytest_django import Settings

from factories import World, dossiers
from factories.registry import Registry, serving
from kaosheng.casework.jobs.reconcile import pull_intake, pull_registrations
from kaosheng.casework.models import Dossier
from kaosheng.registration.models import RegistrationVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    settings.REGISTRATION_CLIENT_ID, settings.REGISTRATION_CLIENT_SECRET = "kaosheng", "sample-secret"
    with serving("kaosheng", "sample-secret") as registry:
        settings.REGISTRATION_ISSUER = registry.url
        yield registry


def pull(area: str = "13", batch: str = "2027YS") -> str:
    out = io.StringIO()
    call_command("registrations", "pull", area=area, batch=batch, stdout=out)
    return out.getvalue().strip()


def test_the_command_applies_what_is_new_over_all_pages(here: World, registry: Registry) -> None:
    registry.registrations = [dossiers.payload(here) for _ in range(5)]
    known = registry.registrations[0]
    dossiers.register(here, number=known["number"], subject=known["subject"])
    assert pull() == "seen 5, applied 4"
    assert Dossier.objects.count() == 5
    assert [after == "" for _area, _batch, after in registry.asked] == [True, False, False]
    assert RegistrationVersion.objects.filter(way=RegistrationVersion.Way.PULL).count() == 4
    registry.registrations[2] |= {"source_version": 2, "cancelled": True}
    assert pull() == "seen 5, applied 1"
    assert pull() == "seen 5, applied 0"


def test_the_command_says_what_is_wrong(here: World, registry: Registry, settings: Settings) -> None:
    with pytest.raises(CommandError, match="no intake of area 13, batch 1999YS"):
        pull(batch="1999YS")
    registry.registrations = [{**dossiers.payload(here), "site": "1399"}, dossiers.payload(here)]
    with pytest.raises(CommandError, match="site_unknown"):
        pull()
    assert Dossier.objects.count() == 1
    settings.REGISTRATION_CLIENT_SECRET = "another"
    with pytest.raises(CommandError, match="401"):
        pull()


@pytest.mark.django_db(transaction=True)
def test_at_night_every_intake_is_queued_once_until_sixty_days_after_its_window(here: World) -> None:
    now = timezone.now()
    here.intake.opens_at, here.intake.closes_at = now - timedelta(days=70), now - timedelta(days=59)
    here.intake.save()
    here.foreign_intake.opens_at, here.foreign_intake.closes_at = (
        now - timedelta(days=90),
        now - timedelta(days=61),
    )
    here.foreign_intake.save()
    for _night in range(2):
        pull_registrations(timestamp=0)
    jobs = ProcrastinateJob.objects.filter(task_name=pull_intake.name)
    assert [job.args for job in jobs] == [{"intake_id": here.intake.pk}]


def test_the_nightly_pull_brings_who_never_logged_in(here: World, registry: Registry) -> None:
    registry.registrations = [dossiers.payload(here)]
    for _twice in range(2):
        pull_intake(intake_id=here.intake.pk)
    assert Dossier.objects.get().registration.candidate is None


def test_a_registration_system_that_does_not_answer_is_asked_again(here: World, settings: Settings) -> None:
    settings.REGISTRATION_ISSUER = "http://127.0.0.1:9"
    with pytest.raises(httpx.HTTPError) as error:
        pull_intake(intake_id=here.intake.pk)
    job = Job(
        id=1,
        queue=pull_intake.queue,
        lock=None,
        queueing_lock=None,
        task_name=pull_intake.name,
        attempts=1,
    )
    assert pull_intake.get_retry_exception(exception=error.value, job=job) is not None

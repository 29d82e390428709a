"""A new catalogue version and a moved window: who follows, who is told, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from factories import World, dossiers, people
from factories.people import Cast
from factories.refusals import refused
from factories.world import KINDS, RULES, close_window, prepare_catalogue
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs import intakes as jobs
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.queries.intakes import catalogue_effect
from kaosheng.casework.services import clock, counter, intakes, submitting
from kaosheng.casework.services.intakes import Window
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import newest_version_id
from kaosheng.catalogue.services import begin_version, discard_version, write_version
from kaosheng.domain.states import State
from kaosheng.notices.models import Message
from kaosheng.web.ui.messages import sentence_of

pytestmark = pytest.mark.django_db

FOR_CLINICS: tuple[dict[str, Any], ...] = (
    *RULES,
    {
        "kind": "M99", "effect": "required", "when": {"institution_kind": "clinic"},
        "reason_zh": "因为您在诊所试用", "reason_en": "Because you are at a clinic",
    },
)  # fmt: skip


def publish(version: CatalogueVersion, house: Cast) -> CatalogueVersion:
    """Published by the area's manager as previewed, and told."""
    seen = catalogue_effect(version).seen
    published = intakes.publish_catalogue(version_id=version.pk, staff=people.staff(house.jiang), seen=seen)
    run_queued("announce_catalogue")
    return published


def run_queued(task: str) -> list[dict[str, Any]]:
    """Run the queued jobs of a task once, in order; the arguments they had."""
    queued = ProcrastinateJob.objects.filter(
        task_name=f"kaosheng.casework.jobs.intakes.{task}", status="todo"
    )
    calls = []
    for job in queued.order_by("pk"):
        getattr(jobs, task)(**job.args)
        calls.append(job.args)
    return calls


def told(template: str) -> list[str]:
    """The cases that got this message by SMS."""
    return sorted(Message.objects.filter(template=template).values_list("about", flat=True))


def about(*them: Dossier) -> list[str]:
    return sorted(f"dossier:{dossier.pk}" for dossier in them)


def missing(dossier: Dossier) -> tuple[str, ...]:
    return candidate_view(dossiers.again(dossier), now=timezone.now()).missing


# --- a new catalogue version -----------------------------------------------------------------------------------
def test_drafts_follow_a_new_version_and_only_those_it_asks_for_something_else_are_told(
    here: World, house: Cast
) -> None:
    touched, untouched = (
        dossiers.register(here, institution_kind="clinic"),
        dossiers.register(here),
    )
    submitted = dossiers.submit(dossiers.fill(dossiers.register(here, institution_kind="clinic")))
    old = newest_version_id(here.intake.pk)
    effect = catalogue_effect(prepare_catalogue(here.intake, rules=FOR_CLINICS))
    assert (effect.drafts, effect.changed, effect.keeping) == (2, 1, 1)
    assert (dict(effect.now_asked), dict(effect.no_longer_asked)) == ({"M99": 1}, {})
    assert "M99" not in missing(touched)
    publish(CatalogueVersion.objects.get(intake=here.intake, number=2), house)
    assert ("M99" in missing(touched), "M99" in missing(untouched)) == (True, False)
    assert dossiers.again(submitted.dossier).catalogue_version_id == old
    assert told("catalogue_changed") == about(touched)


def test_a_returned_dossier_keeps_the_version_it_was_submitted_with(here: World, house: Cast) -> None:
    returned = dossiers.brought_to(here, State.RETURNED, cast=house, institution_kind="clinic")
    publish(prepare_catalogue(here.intake, rules=FOR_CLINICS), house)
    assert "M99" not in missing(returned)
    assert told("catalogue_changed") == []


def test_telling_twice_and_in_chunks_tells_everybody_once(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    them = [dossiers.register(here, institution_kind="clinic") for _ in range(3)]
    monkeypatch.setattr(jobs, "CHUNK", 2)
    publish(prepare_catalogue(here.intake, rules=FOR_CLINICS), house)
    assert len(told("catalogue_changed")) == 2
    first, second = run_queued("announce_catalogue")
    assert (first.get("after"), bool(second["after"])) == (None, True)
    assert told("catalogue_changed") == about(*them)


def test_a_draft_that_was_checked_before_is_not_submitted_by_the_old_list(here: World, house: Cast) -> None:
    dossier = dossiers.fill(dossiers.register(here, institution_kind="clinic"))
    seen = submitting.picture_list_digest(dossier.pictures.all())
    publish(prepare_catalogue(here.intake, rules=FOR_CLINICS), house)
    with refused("materials_missing"):
        submitting.submit(
            dossier_id=dossier.pk, actor=dossiers.owner(dossier), seen_list=seen, commitment="test-1"
        )


def test_a_version_in_preparation_touches_nobody(here: World) -> None:
    dossier = dossiers.register(here, institution_kind="clinic")
    before = newest_version_id(here.intake.pk)
    version = prepare_catalogue(here.intake, rules=FOR_CLINICS)
    assert newest_version_id(here.intake.pk) == before
    assert "M99" not in missing(dossier)
    assert begin_version(intake_id=here.intake.pk) == version
    discard_version(version=version)
    assert here.intake.catalogue_versions.count() == 1


def test_a_copy_of_the_newest_changes_nothing_for_anybody(here: World, house: Cast) -> None:
    dossiers.register(here)
    version = begin_version(intake_id=here.intake.pk)
    assert catalogue_effect(version).changed == 0
    publish(version, house)
    assert told("catalogue_changed") == []


def test_what_was_changed_after_the_preview_is_not_published(here: World, house: Cast) -> None:
    version = prepare_catalogue(here.intake, rules=FOR_CLINICS)
    seen = catalogue_effect(version).seen
    prepare_catalogue(here.intake)
    with refused("catalogue_changed_meanwhile"):
        intakes.publish_catalogue(version_id=version.pk, staff=people.staff(house.jiang), seen=seen)
    assert not CatalogueVersion.objects.get(pk=version.pk).published_at


def test_a_published_version_is_neither_published_nor_changed_again(here: World, house: Cast) -> None:
    version = publish(prepare_catalogue(here.intake), house)
    with refused("catalogue_published"):
        publish(version, house)
    with refused("catalogue_published"):
        write_version(version=version, kinds=[], rules=[])
    with refused("catalogue_published"):
        discard_version(version=version)
    assert version.kinds.count() == len(KINDS)


def test_a_kind_candidates_have_given_stays_in_the_catalogue(here: World, house: Cast) -> None:
    dossier = dossiers.register(here)
    dossiers.upload(dossier, "M99")
    without = tuple(kind for kind in KINDS if kind["code"] != "M99")
    version = prepare_catalogue(here.intake, kinds=without)
    with refused("kind_still_used") as refusal:
        publish(version, house)
    assert refusal.value.params == {"kind": "M99", "count": 1}
    write_version(version=version, kinds=[], rules=[])
    with refused("catalogue_empty"):
        publish(version, house)


@pytest.mark.parametrize("who", ["he", "feng", "kong"])
def test_only_the_manager_of_the_area_publishes_and_sets(here: World, house: Cast, who: str) -> None:
    version = prepare_catalogue(here.intake)
    staff, seen = people.staff(getattr(house, who)), catalogue_effect(version).seen
    with refused("not_found"):
        intakes.publish_catalogue(version_id=version.pk, staff=staff, seen=seen)
    window = Window.of(here.intake)
    with refused("not_found"):
        intakes.move_window(intake_id=here.intake.pk, staff=staff, seen=window, wanted=window)


# --- a moved window ----------------------------------------------------------------------------------------------
def move(here: World, house: Cast, **changes: Any) -> None:
    """Moved by the area's manager, and told."""
    here.intake.refresh_from_db()
    seen = Window.of(here.intake)
    intakes.move_window(
        intake_id=here.intake.pk, staff=people.staff(house.jiang), seen=seen, wanted=replace(seen, **changes)
    )
    event = AuditEvent.objects.filter(name="intake:changed").latest("pk")
    assert event.details["before"]["closes_at"] == str(seen.closes_at)
    run_queued("announce_window")


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_a_longer_window_wakes_the_lapsed_and_tells_everybody_who_still_has_to_submit(
    here: World, house: Cast
) -> None:
    submitted = dossiers.submit(dossiers.fill(dossiers.register(here))).dossier
    lapsed, draft = dossiers.register(here), dossiers.register(here)
    own = dossiers.register(here)
    close_window(here.intake)
    clock.lapse(dossier_id=lapsed.pk)
    counter.extend(
        dossier_id=own.pk, actor=people.actor(house.jiang), seen_revision=0, until=in_days(30), reason="停电"
    )
    move(here, house, closes_at=in_days(3))
    assert dossiers.again(lapsed).state == dossiers.again(draft).state == State.DRAFT
    assert dossiers.again(submitted).state == State.AT_SITE
    # His own extension told him before; the window tells the others.
    assert told("deadline_extended") == about(lapsed, draft, own)
    assert told("deadline_earlier") == []


def test_an_extension_that_would_end_before_the_window_ends_with_it(here: World, house: Cast) -> None:
    short, long = dossiers.register(here), dossiers.register(here)
    for dossier, days in ((short, 8), (long, 30)):
        counter.extend(
            dossier_id=dossier.pk,
            actor=people.actor(house.jiang),
            seen_revision=0,
            until=in_days(days),
            reason="停电",
        )
    own = dossiers.again(long).deadline
    move(here, house, closes_at=in_days(10))
    assert (dossiers.again(short).deadline, dossiers.again(long).deadline) == (None, own)
    # Both were told of their extension, and the shorter one of the window that takes its place.
    assert told("deadline_extended") == about(short, short, long)


def test_an_earlier_end_is_told_with_the_new_time(here: World, house: Cast) -> None:
    dossier = dossiers.register(here)
    move(here, house, closes_at=datetime.fromisoformat("2099-05-03T00:00+08:00"))
    move(here, house, closes_at=datetime.fromisoformat("2098-05-03T00:00+08:00"))
    notice = Message.objects.get(template="deadline_earlier")
    assert notice.about == f"dossier:{dossier.pk}"
    assert "5月2日24:00，早于此前公布的时间" in notice.text


def test_an_end_moved_twice_is_told_once(here: World, house: Cast) -> None:
    dossiers.register(here)
    seen = Window.of(here.intake)
    wanted = replace(seen, closes_at=in_days(9))
    intakes.move_window(intake_id=here.intake.pk, staff=people.staff(house.jiang), seen=seen, wanted=wanted)
    move(here, house, closes_at=in_days(12))
    assert len(told("deadline_extended")) == 1


def test_other_settings_tell_nobody(here: World, house: Cast) -> None:
    dossiers.register(here)
    move(here, house, supplement_days=5, stages=1)
    here.intake.refresh_from_db()
    assert (here.intake.supplement_days, here.intake.stages) == (5, 1)
    assert told("deadline_extended") == told("deadline_earlier") == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("window_backwards", {"opens_at": in_days(40), "closes_at": in_days(39)}),
        ("window_ends_in_past", {"closes_at": timezone.now() - timedelta(minutes=1)}),
        ("window_opened_already", {"opens_at": in_days(1)}),
        ("supplement_days_wrong", {"supplement_days": 0}),
        ("supplement_days_wrong", {"supplement_days": 61}),
        ("stages_unknown", {"stages": 3}),
        ("stages_fixed", {"stages": 1}),
    ],
)
def test_contradictions_are_refused_with_the_rule(
    here: World, house: Cast, code: str, changes: dict[str, Any]
) -> None:
    dossiers.submit(dossiers.fill(dossiers.register(here)))
    with refused(code) as refusal:
        move(here, house, **changes)
    with translation.override("zh-hans"):
        assert sentence_of(refusal.value)
    before = Window.of(here.intake)
    here.intake.refresh_from_db()
    assert Window.of(here.intake) == before
    assert not AuditEvent.objects.filter(name="intake:changed").exists()


def test_the_sentence_names_the_deadline_as_people_write_it(here: World, house: Cast) -> None:
    with refused("window_ends_in_past") as refusal:
        move(
            here,
            house,
            opens_at=datetime.fromisoformat("2019-05-01T00:00+08:00"),
            closes_at=datetime.fromisoformat("2020-05-03T00:00+08:00"),
        )
    with translation.override("zh-hans"):
        assert "2020年5月2日 24:00" in sentence_of(refusal.value)


def test_what_another_manager_saved_meanwhile_is_not_overwritten(here: World, house: Cast) -> None:
    seen = Window.of(here.intake)
    move(here, house, supplement_days=4)
    with refused("settings_changed_meanwhile"):
        intakes.move_window(
            intake_id=here.intake.pk,
            staff=people.staff(house.jiang),
            seen=seen,
            wanted=replace(seen, supplement_days=9),
        )

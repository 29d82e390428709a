"""Notes, expected dates and the share of second looks: changed once, by whom, from what to what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from factories import World, dossiers, people
from factories.people import Cast
from factories.refusals import refused
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Release
from kaosheng.casework.queries.settings import ChangedSetting, history_of
from kaosheng.casework.services.telling import Telling, change_telling

pytestmark = pytest.mark.django_db


def test_a_change_stands_in_the_history_from_and_to(here: World, house: Cast) -> None:
    seen = Telling.of(here.intake)
    wanted = replace(seen, notes_zh="新的说明", second_look_share=0.1, release_expected_by=date(2027, 3, 5))
    change_telling(intake_id=here.intake.pk, staff=people.staff(house.jiang), seen=seen, wanted=wanted)
    here.intake.refresh_from_db()
    assert Telling.of(here.intake) == wanted
    (version,) = history_of(here.intake)
    assert (version.number, version.by) == (1, "姜")
    assert set(version.changes) == {
        ChangedSetting("notes_zh", "考区的说明", "新的说明"),
        ChangedSetting("second_look_share", "0.0", "0.1"),
        ChangedSetting("release_expected_by", "2027-03-01", "2027-03-05"),
    }


def test_nothing_changed_is_nothing_recorded(here: World, house: Cast) -> None:
    seen = Telling.of(here.intake)
    change_telling(intake_id=here.intake.pk, staff=people.staff(house.jiang), seen=seen, wanted=seen)
    assert not AuditEvent.objects.filter(name="intake:changed").exists()


def test_who_saw_an_older_state_is_refused(here: World, house: Cast) -> None:
    seen, staff = Telling.of(here.intake), people.staff(house.jiang)
    change_telling(intake_id=here.intake.pk, staff=staff, seen=seen, wanted=replace(seen, notes_zh="一"))
    with refused("settings_changed_meanwhile"):
        change_telling(intake_id=here.intake.pk, staff=staff, seen=seen, wanted=replace(seen, notes_zh="二"))
    here.intake.refresh_from_db()
    assert here.intake.notes_zh == "一"


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_a_share_is_a_share(here: World, house: Cast, share: float) -> None:
    seen = Telling.of(here.intake)
    with refused("share_wrong"):
        change_telling(
            intake_id=here.intake.pk,
            staff=people.staff(house.jiang),
            seen=seen,
            wanted=replace(seen, second_look_share=share),
        )


@pytest.mark.parametrize("who", ["gao", "feng", "kong", "auditor"])
def test_only_the_areas_manager_changes_it(here: World, house: Cast, who: str) -> None:
    seen = Telling.of(here.intake)
    with refused("not_found"):
        change_telling(
            intake_id=here.intake.pk,
            staff=people.staff(getattr(house, who)),
            seen=seen,
            wanted=replace(seen, notes_zh="x"),
        )


def change(here: World, house: Cast, **changes: Any) -> None:
    here.intake.refresh_from_db()
    seen = Telling.of(here.intake)
    staff = people.staff(house.jiang)
    change_telling(intake_id=here.intake.pk, staff=staff, seen=seen, wanted=replace(seen, **changes))


def test_another_declaration_is_another_version_and_is_read_before_it_is_ticked(
    here: World, house: Cast
) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    before = here.intake.commitment_version
    assert dossiers.submit(dossiers.fill(dossiers.register(here))).commitment_version == before
    change(here, house, commitment_zh="我承诺材料真实，并承担责任。")
    with refused("commitment_changed"):
        dossiers.submit(dossier)
    dossier.intake.refresh_from_db()
    assert dossiers.submit(dossier).commitment_version == "test-2"
    change(here, house, recheck_days=9)
    here.intake.refresh_from_db()
    assert here.intake.commitment_version == "test-2"


def test_a_declaration_stays_a_declaration(here: World, house: Cast) -> None:
    with refused("commitment_empty"):
        change(here, house, commitment_zh=" ")


@pytest.mark.parametrize("days", [-1, 61])
def test_the_time_for_a_recheck_has_limits(here: World, house: Cast, days: int) -> None:
    with refused("recheck_days_wrong"):
        change(here, house, recheck_days=days)


def test_after_a_release_the_time_for_a_recheck_only_grows(here: World, house: Cast) -> None:
    change(here, house, recheck_days=4)
    release = Release.objects.create(
        intake=here.intake, batch=1, prepared_by=house.jiang, prepared_at=here.intake.closes_at
    )
    change(here, house, recheck_days=3)
    Release.objects.filter(pk=release.pk).update(published_at=here.intake.closes_at)
    with refused("recheck_promised"):
        change(here, house, recheck_days=2)
    change(here, house, recheck_days=10)
    here.intake.refresh_from_db()
    assert here.intake.recheck_days == 10

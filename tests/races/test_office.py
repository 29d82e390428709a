"""Two managers of one place act in the same instant: one is done, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from factories import World, people
from factories.people import Cast
from factories.races import MeetAt, Race, outcomes
from kaosheng.casework.services import locks, new_intakes, site_details
from kaosheng.casework.services.new_intakes import NewIntake, open_intake
from kaosheng.casework.services.site_details import SiteDetails, change_site
from kaosheng.regions.models import ExamArea, ExamSite, Intake

pytestmark = pytest.mark.django_db(transaction=True)


def telephoning(here: World, house: Cast, telephone: str) -> Callable[[], object]:
    details = SiteDetails.of(here.site)
    staff = people.staff(house.feng)
    return lambda: change_site(
        site_id=here.site.pk,
        staff=staff,
        seen=details.digest,
        wanted=replace(details, telephone=telephone),
    )


def test_of_two_changes_of_a_site_one_is_told_of_the_other(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    meet_at(site_details, "record")
    answers = race([telephoning(here, house, "0311-1"), telephoning(here, house, "0311-2")])
    assert outcomes(answers) == {"done": 1, "settings_changed_meanwhile": 1}


def test_twin_one_change_of_a_site_is_lost_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "lock_site", lambda pk: ExamSite.objects.select_related("area").get(pk=pk))
    both = [telephoning(here, house, "0311-1"), telephoning(here, house, "0311-2")]
    meet_at(SiteDetails, "of", surely=True)
    assert outcomes(race(both)) == {"done": 2}


def opening(here: World, house: Cast) -> Callable[[], object]:
    now = timezone.now()
    wanted = NewIntake(
        code="2028-1", name_zh="审核", name_en="Review", opens_at=now, closes_at=now + timedelta(days=9)
    )
    staff = people.staff(house.jiang)
    return lambda: open_intake(area=here.intake.area, staff=staff, wanted=wanted)


def test_of_two_intakes_of_one_code_one_is_opened(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    meet_at(new_intakes, "_copy_catalogue")
    answers = race([opening(here, house), opening(here, house)])
    assert outcomes(answers) == {"done": 1, "intake_exists": 1}
    assert Intake.objects.filter(code="2028-1").count() == 1


def test_twin_two_intakes_of_one_code_collide_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "lock_area", lambda pk: ExamArea.objects.get(pk=pk))
    meet_at(Intake, "save", surely=True)
    answers = race([opening(here, house), opening(here, house)])
    assert outcomes(answers) == {"done": 1, "IntegrityError": 1}

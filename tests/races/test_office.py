"""Two managers of one place act in the same instant: one is done, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from factories import World, dossiers, people
from factories.people import Cast
from factories.races import Call, MeetAt, Overtake, Race, outcomes
from factories.sheets import resident_number
from kaosheng.casework.queries.binding import claim_digest
from kaosheng.casework.services import binding, conflicts, locks, new_intakes, remarks, site_details, wordings
from kaosheng.casework.services.new_intakes import NewIntake, open_intake
from kaosheng.casework.services.registrations import log_in, receive_registration
from kaosheng.casework.services.site_details import SiteDetails, change_site
from kaosheng.catalogue import reasons
from kaosheng.catalogue.reasons import Reason, reasons_digest
from kaosheng.notices.models import Wording
from kaosheng.notices.templates import TEXTS
from kaosheng.notices.wording import worded
from kaosheng.regions.models import ExamArea, ExamSite, Intake
from kaosheng.registration.models import BindingConflict, Registration, RegistrationVersion

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


# --- an 考区's own words ----------------------------------------------------------------------------------------------
def wording(here: World, house: Cast, zh: str) -> Callable[[], object]:
    seen = worded(here.area.code, "result_released").digest
    return partial(
        wordings.save,
        staff=people.staff(house.jiang),
        area=here.area,
        template="result_released",
        seen=seen,
        zh=zh,
        en=TEXTS["result_released"].en,
        approved={},
    )


def giving_a_reason(here: World, house: Cast, code: str) -> Callable[[], object]:
    return partial(
        remarks.keep_area_reasons,
        staff=people.staff(house.jiang),
        area=here.area,
        kind="M01",
        seen=reasons_digest(remarks.reasons_now(area_id=here.area.pk, kind="M01")),
        reasons=[Reason(code, "缺公章", "")],
    )


def both_words(here: World, house: Cast) -> list[Call]:
    return [wording(here, house, "您的{exam}结果已出。"), wording(here, house, "{exam}结果已出。")]


def both_reasons(here: World, house: Cast) -> list[Call]:
    return [giving_a_reason(here, house, code) for code in ("own1", "own2")]


@pytest.mark.parametrize(("both", "owner"), [(both_words, wordings), (both_reasons, reasons)])
def test_of_two_changes_of_an_areas_words_one_is_told_of_the_other(
    here: World,
    house: Cast,
    race: Race,
    meet_at: MeetAt,
    *,
    both: Callable[[World, Cast], list[Call]],
    owner: object,
) -> None:
    answers = both(here, house)
    meet_at(owner, "record")
    assert outcomes(race(answers)) == {"done": 1, "settings_changed_meanwhile": 1}


@pytest.mark.parametrize(
    ("both", "owner", "name"),
    [(both_words, Wording.objects, "update_or_create"), (both_reasons, remarks, "keep_reasons")],
)
def test_twin_one_of_them_is_lost_without_the_lock(
    here: World,
    house: Cast,
    race: Race,
    meet_at: MeetAt,
    monkeypatch: pytest.MonkeyPatch,
    *,
    both: Callable[[World, Cast], list[Call]],
    owner: object,
    name: str,
) -> None:
    answers = both(here, house)
    monkeypatch.setattr(locks, "lock_area", lambda pk: ExamArea.objects.get(pk=pk))
    meet_at(owner, name, surely=True)
    assert outcomes(race(answers)) == {"done": 2}


# --- the last test of an hour -----------------------------------------------------------------------------------------
def a_test(here: World, house: Cast) -> Callable[[], object]:
    return partial(
        wordings.send_test,
        staff=people.staff(house.jiang),
        area=here.area,
        template="result_released",
        phone="19912345678",
        english=False,
    )


def test_two_tabs_send_no_more_tests_than_one(here: World, house: Cast, race: Race, meet_at: MeetAt) -> None:
    send = a_test(here, house)
    for _ in range(wordings.TESTS_AN_HOUR - 1):
        send()
    meet_at(wordings, "post")
    assert outcomes(race([send, send])) == {"done": 1, "too_many_tests": 1}


@pytest.mark.usefixtures("without_locks")
def test_twin_they_send_one_more_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    send = a_test(here, house)
    for _ in range(wordings.TESTS_AN_HOUR - 1):
        send()
    meet_at(wordings, "post")
    assert outcomes(race([send, send])) == {"done": 2}


# --- a claim the office takes over ------------------------------------------------------------------------------------
@pytest.fixture
def claimed(here: World, house: Cast) -> tuple[Call, Call]:
    """Somebody comes for an imported registration with another ID number, again; the office takes his word."""
    sent = dossiers.payload(here)
    receive_registration({**sent, "subject": ""}, way=RegistrationVersion.Way.IMPORT)
    claim = {**sent, "subject": "s-1", "id_number": resident_number(777), "source_version": 9}
    comes = partial(log_in, subject="s-1", name="样本", registrations=[claim])
    comes()
    conflict = BindingConflict.objects.get()
    adopt = partial(
        conflicts.adopt_claim,
        conflict=conflict,
        staff=people.staff(house.jiang),
        seen=claim_digest(conflict),
        reason="电话核实",
    )
    return comes, adopt


def settled() -> list[str]:
    return list(BindingConflict.objects.order_by("pk").values_list("outcome", flat=True))


def test_who_comes_again_while_his_claim_is_taken_over_makes_no_second_task(
    claimed: tuple[Call, Call], overtake: Overtake
) -> None:
    comes, adopt = claimed
    assert outcomes(overtake(adopt, conflicts, "change_registration", comes)) == {"done": 2}
    assert settled() == ["claim"]


def test_nor_who_was_refused_just_before_it(claimed: tuple[Call, Call], overtake: Overtake) -> None:
    comes, adopt = claimed
    assert outcomes(overtake(comes, binding, "note_conflict", adopt)) == {"done": 2}
    assert settled() == ["claim"]


def test_twin_he_makes_one_without_the_lock(
    claimed: tuple[Call, Call], overtake: Overtake, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes, adopt = claimed
    monkeypatch.setattr(
        locks,
        "lock_registration",
        lambda pk: Registration.objects.select_related("intake__area", "site").get(pk=pk),
    )
    assert outcomes(overtake(adopt, conflicts, "change_registration", comes)) == {"done": 2}
    assert settled() == ["claim", ""]


# --- an intake --------------------------------------------------------------------------------------------------------
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

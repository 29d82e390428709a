"""What is done for a whole intake or an account in the same instant as something else: one waits for the other.

The first call stands in the middle while the second comes; the twin takes the locks away and shows what they keep off.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from factories import World, dossiers, people
from factories.people import Cast
from factories.races import Call, MeetAt, Overtake, Race, outcomes
from factories.sheets import row, workbook
from factories.world import close_window
from kaosheng.accounts import requests
from kaosheng.accounts import services as accounts
from kaosheng.accounts.models import Grant, User
from kaosheng.accounts.services import grant_role, withdraw_role
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.casework.jobs import importing as import_jobs
from kaosheng.casework.models import Decision, Dossier, Hold, Lease, SiteReview
from kaosheng.casework.services import (
    closing,
    deciding,
    handling,
    importing,
    queueing,
    reviewing,
    telling,
)
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.telling import Telling, change_telling
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State, Verdict
from kaosheng.regions.models import Intake
from kaosheng.registration.models import RegistrationImport

pytestmark = pytest.mark.django_db(transaction=True)


# --- closing an 考点 -------------------------------------------------------------------------------------------
def closing_by(here: World, who: User, counted: int) -> Call:
    close_window(here.intake)
    staff = people.staff(who)
    intake = Intake.objects.get(pk=here.intake.pk)
    return lambda: closing.close_site(intake=intake, site=here.site, staff=staff, counted=counted)


def forwarding(here: World, house: Cast) -> Call:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.accept_all(dossier, house.chen)
    return partial(
        reviewing.forward,
        dossier_id=dossier.pk,
        actor=people.actor(house.chen),
        seen_revision=dossier.revision,
        recommendation=Verdict.PASS,
    )


def test_a_closing_counts_the_dossier_that_is_being_forwarded(
    here: World, house: Cast, overtake: Overtake
) -> None:
    forward = forwarding(here, house)
    answers = overtake(forward, Case, "_store", closing_by(here, house.feng, counted=1))
    assert outcomes(answers) == {"done": 2}


@pytest.mark.usefixtures("without_locks")
def test_twin_the_closing_is_refused_for_it_without_the_lock(
    here: World, house: Cast, overtake: Overtake
) -> None:
    forward = forwarding(here, house)
    answers = overtake(forward, Case, "_store", closing_by(here, house.feng, counted=1))
    assert outcomes(answers) == {"done": 1, "site_has_open_cases": 1}


def test_a_closing_waits_for_a_return_and_is_refused(here: World, house: Cast, overtake: Overtake) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.accept_all(dossier, house.chen)
    dossiers.mark(dossier, house.chen, dossiers.replace_note())
    back = partial(
        reviewing.return_to_candidate,
        dossier_id=dossier.pk,
        actor=people.actor(house.chen),
        seen_revision=dossier.revision,
    )
    answers = overtake(back, Case, "_store", closing_by(here, house.feng, counted=0))
    assert outcomes(answers) == {"done": 1, "site_has_open_cases": 1}
    assert not SiteReview.objects.exists()


def test_of_two_closings_of_one_site_one_counts(here: World, house: Cast, overtake: Overtake) -> None:
    both = [closing_by(here, who, counted=0) for who in (house.feng, house.jiang)]
    answers = overtake(both[0], closing, "_record", both[1])
    assert outcomes(answers) == {"done": 1, "site_closed_already": 1}


@pytest.mark.usefixtures("without_locks")
def test_twin_two_closings_collide_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = [closing_by(here, who, counted=0) for who in (house.feng, house.jiang)]
    meet_at(closing, "passed_by_closing")
    assert outcomes(race(both))["site_closed_already"] == 0


# --- hold, take, reserve, give back ------------------------------------------------------------------------------
def holding(here: World, house: Cast) -> tuple[Dossier, Call]:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    return dossier, partial(
        handling.hold,
        dossier_id=dossier.pk,
        actor=people.actor(house.chen),
        seen_revision=dossier.revision,
        reason="等待电话",
    )


def taking(dossier: Dossier, by: User) -> Call:
    return partial(reviewing.take, dossier_id=dossier.pk, actor=people.actor(by))


def test_what_is_put_on_hold_is_free_for_who_waited(here: World, house: Cast, overtake: Overtake) -> None:
    dossier, hold = holding(here, house)
    answers = overtake(hold, handling, "_line_up", taking(dossier, house.chen_two))
    assert outcomes(answers) == {"done": 2}
    assert Lease.objects.get().holder == house.chen_two
    assert Hold.objects.get().ended_at is None


@pytest.mark.usefixtures("without_locks")
def test_twin_he_is_told_of_a_holder_who_just_left_without_the_lock(
    here: World, house: Cast, overtake: Overtake
) -> None:
    dossier, hold = holding(here, house)
    answers = overtake(hold, handling, "_line_up", taking(dossier, house.chen_two))
    assert outcomes(answers) == {"done": 1, "taken_by_another": 1}


def test_of_two_holds_one_counts(here: World, house: Cast, overtake: Overtake) -> None:
    _dossier, hold = holding(here, house)
    assert outcomes(overtake(hold, handling, "_line_up", hold)) == {"done": 1, "lease_needed": 1}


@pytest.mark.usefixtures("without_locks")
def test_twin_two_holds_collide_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    _dossier, hold = holding(here, house)
    meet_at(Hold.objects, "create")
    assert outcomes(race([hold, hold])) == {"done": 1, "IntegrityError": 1}


@pytest.mark.parametrize("first", ["reserve", "give back"])
@pytest.mark.parametrize("ahead", [False, True])
def test_loading_ahead_and_giving_back_agree(
    here: World, house: Cast, overtake: Overtake, first: str, *, ahead: bool
) -> None:
    """There is no lock to leave out: whichever comes first, nothing fails and at most one stays reserved."""
    mine, following = (dossiers.brought_to(here, State.AT_SITE, cast=house) for _ in range(2))
    dossiers.take(mine, house.chen)
    reserve = partial(queueing.take_next, staff=people.staff(house.chen), reserve=True)
    back = partial(reviewing.give_back, dossier_id=mine.pk, actor=people.actor(house.chen))
    if ahead:
        reserve()
    if first == "reserve":
        answers = overtake(reserve, queueing, "record", back)
    else:
        answers = overtake(back, Case, "record", reserve)
    assert outcomes(answers) == {"done": 2}
    assert not Lease.objects.filter(dossier=mine).exists()
    assert set(Lease.objects.values_list("dossier", "holder", "reserved")) <= {
        (following.pk, house.chen.pk, True)
    }


# --- the share of second looks -----------------------------------------------------------------------------------
def share_and_decision(here: World, house: Cast) -> tuple[Call, Call]:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    seen = Telling.of(Intake.objects.get(pk=here.intake.pk))
    everybody = partial(
        change_telling,
        intake_id=here.intake.pk,
        staff=people.staff(house.jiang),
        seen=seen,
        wanted=replace(seen, second_look_share=1.0),
    )
    decision = partial(
        deciding.decide_pass,
        dossier_id=dossier.pk,
        actor=people.actor(house.gao),
        seen_revision=dossier.revision,
    )
    return everybody, decision


def test_a_decision_goes_by_the_share_that_is_being_set(here: World, house: Cast, overtake: Overtake) -> None:
    everybody, decision = share_and_decision(here, house)
    answers = overtake(everybody, telling, "_record", decision)
    assert outcomes(answers) == {"done": 1, "drawn_for_second_look": 1}
    assert not Decision.objects.exists()


@pytest.mark.usefixtures("without_locks")
def test_twin_one_person_decides_what_two_had_to_without_the_lock(
    here: World, house: Cast, overtake: Overtake
) -> None:
    everybody, decision = share_and_decision(here, house)
    assert outcomes(overtake(everybody, telling, "_record", decision)) == {"done": 2}


# --- an import ---------------------------------------------------------------------------------------------------
def two_confirmations(here: World, house: Cast) -> list[Call]:
    staff = people.staff(house.jiang)
    imported = importing.upload(
        content=workbook([row()]), file_name="样本.xlsx", intake_id=here.intake.pk, staff=staff
    )
    import_jobs.check_import(import_id=str(imported.pk))
    confirm = partial(importing.confirm, import_id=imported.pk, staff=staff, in_spite_of_errors=True)
    return [confirm, confirm]


def confirmed() -> int:
    return AuditEvent.objects.filter(name=AuditName.IMPORT_CONFIRMED).count()


def test_an_import_confirmed_twice_is_applied_once(here: World, house: Cast, overtake: Overtake) -> None:
    one, other = two_confirmations(here, house)
    assert outcomes(overtake(one, importing, "_record", other)) == {"done": 1, "import_not_checked": 1}
    assert confirmed() == 1


def test_twin_it_is_queued_twice_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = two_confirmations(here, house)
    monkeypatch.setattr(
        importing,
        "_locked",
        lambda pk: RegistrationImport.objects.select_related("intake__area").get(pk=pk),
    )
    meet_at(importing, "counts_of", surely=True)
    assert outcomes(race(both)) == {"done": 2}
    assert confirmed() == 2


# --- two 安全管理员 ----------------------------------------------------------------------------------------------
def security_admins(house: Cast) -> list[User]:
    return [house.security_admin, people.staff_account(Role.SECURITY_ADMIN)]


def granting(house: Cast, *roles: Role) -> list[Call]:
    user = User.objects.create_user(username="newcomer", password=people.PASSWORD, name="新")
    return [
        partial(grant_role, staff=people.staff(admin), user_id=user.pk, role=role)
        for admin, role in zip(security_admins(house), roles, strict=True)
    ]


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "locked_account", lambda pk: User.objects.get(pk=pk))


def test_one_person_is_never_two_of_the_three(house: Cast, race: Race, meet_at: MeetAt) -> None:
    both = granting(house, Role.AUDITOR, Role.SYSTEM_ADMIN)
    meet_at(accounts, "_record_role")
    assert outcomes(race(both)) == {"done": 1, "roles_separated": 1}


@pytest.mark.harms
def test_twin_two_who_grant_at_once_make_him_both_without_the_lock(
    house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = granting(house, Role.AUDITOR, Role.SYSTEM_ADMIN)
    unlocked(monkeypatch)
    meet_at(Grant.objects, "create", surely=True)
    assert outcomes(race(both)) == {"done": 2}


def granting_what_was_asked(here: World, house: Cast) -> list[Call]:
    """One gives a newcomer the role a manager asked for, the other makes him one of the three."""
    user = User.objects.create_user(username="newcomer", password=people.PASSWORD, name="新")
    asked = requests.request_account(
        staff=people.staff(house.feng),
        name=user.name,
        username=user.username,
        role=Role.SITE_REVIEWER,
        reason="新到岗",
        site_id=here.site.pk,
    )
    admin, other = (people.staff(one) for one in security_admins(house))
    return [
        partial(requests.grant_requested, staff=admin, request_id=asked.pk),
        partial(grant_role, staff=other, user_id=user.pk, role=Role.AUDITOR),
    ]


def test_what_a_manager_asked_for_makes_no_one_of_the_three_a_reviewer(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = granting_what_was_asked(here, house)
    meet_at(Grant.objects, "create")
    assert outcomes(race(both)) == {"done": 1, "roles_separated": 1}


@pytest.mark.harms
def test_twin_it_does_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = granting_what_was_asked(here, house)
    unlocked(monkeypatch)
    meet_at(Grant.objects, "create", surely=True)
    assert outcomes(race(both)) == {"done": 2}


def withdrawing(house: Cast) -> list[Call]:
    grant = house.chen.grants.get()
    return [
        partial(withdraw_role, staff=people.staff(admin), grant_id=grant.pk)
        for admin in security_admins(house)
    ]


def withdrawn() -> int:
    return AuditEvent.objects.filter(name=AuditName.ROLE_WITHDRAWN).count()


def test_a_role_is_withdrawn_once(house: Cast, race: Race, meet_at: MeetAt) -> None:
    both = withdrawing(house)
    meet_at(accounts, "_record_role")
    assert outcomes(race(both)) == {"done": 1, "not_found": 1}
    assert withdrawn() == 1


def test_twin_it_is_recorded_twice_without_the_lock(
    house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = withdrawing(house)
    unlocked(monkeypatch)
    meet_at(accounts, "_record_role", surely=True)
    assert outcomes(race(both)) == {"done": 2}
    assert withdrawn() == 2

"""An imported registration and the person who logs in for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from factories import World, dossiers, people
from factories.people import Cast
from factories.refusals import refused
from factories.sheets import resident_number, row, workbook
from kaosheng.accounts.models import User
from kaosheng.casework.jobs import importing as jobs
from kaosheng.casework.queries.binding import claim_digest
from kaosheng.casework.services import conflicts, importing
from kaosheng.casework.services.registrations import log_in, receive_registration
from kaosheng.registration.models import BindingConflict, Candidate, Registration, RegistrationVersion

pytestmark = pytest.mark.django_db
Outcome = BindingConflict.Outcome


def imported(here: World, house: Cast, **changes: Any) -> Registration:
    mine = row(**changes)
    staff = people.staff(house.jiang)
    upload = importing.upload(
        content=workbook([mine]), file_name="样本.xlsx", intake_id=here.intake.pk, staff=staff
    )
    jobs.check_import(import_id=str(upload.pk))
    importing.confirm(import_id=upload.pk, staff=staff, in_spite_of_errors=False)
    jobs.apply_import(import_id=str(upload.pk))
    return Registration.objects.get(number=mine["number"])


def arrives(here: World, registration: Registration, **changes: Any) -> Candidate:
    claim = dossiers.payload(here, number=registration.number, version=changes.pop("version", 1))
    claim |= {"id_number": registration.id_number, "name": registration.name, **changes}
    return log_in(subject=claim["subject"], name=claim["name"], registrations=[claim])


def settle(
    answer: Callable[..., None], by: User, reason: str, conflict: BindingConflict | None = None
) -> None:
    """As somebody who has the conflict before him as it is."""
    conflict = conflict or BindingConflict.objects.get()
    answer(conflict=conflict, staff=people.staff(by), seen=claim_digest(conflict), reason=reason)


@pytest.mark.parametrize("version", [1, 7, 9])
def test_number_and_id_number_agree(here: World, house: Cast, version: int) -> None:
    registration = imported(here, house, source_version=7)
    candidate = arrives(here, registration, version=version)
    registration.refresh_from_db()
    assert registration.candidate == candidate
    assert registration.source_version == max(7, version)
    assert not BindingConflict.objects.exists()


def test_without_a_version_the_claim_is_newer(here: World, house: Cast) -> None:
    registration = imported(here, house, education="专科")
    candidate = arrives(here, registration)
    registration.refresh_from_db()
    assert (registration.candidate, registration.source_version) == (candidate, 1)
    assert registration.facts["education"] == "bachelor"


def test_another_id_number_binds_nothing_and_becomes_one_task(here: World, house: Cast) -> None:
    registration = imported(here, house)
    for _ in range(2):
        arrives(here, registration, id_number=resident_number(777))
    registration.refresh_from_db()
    assert (registration.candidate, registration.subject) == (None, "")
    assert registration.versions.count() == 1
    assert BindingConflict.objects.get().outcome == ""


def test_a_push_of_the_registration_system_binds_by_its_subject(here: World, house: Cast) -> None:
    registration = imported(here, house)
    pushed = dossiers.payload(here, number=registration.number, version=1)
    receive_registration(pushed, way=RegistrationVersion.Way.PUSH)
    registration.refresh_from_db()
    assert registration.subject == pushed["subject"]


@pytest.mark.parametrize("source_version", [None, 7])
def test_the_office_takes_the_registration_systems_word(
    here: World, house: Cast, source_version: int | None
) -> None:
    changes = {} if source_version is None else {"source_version": source_version}
    registration = imported(here, house, **changes)
    candidate = arrives(here, registration, id_number=resident_number(777))
    conflict = BindingConflict.objects.get()
    with refused("reason_needed"):
        settle(conflicts.adopt_claim, house.jiang, " ")
    settle(conflicts.adopt_claim, house.jiang, "电话核实")
    registration.refresh_from_db()
    assert (registration.candidate, registration.id_number) == (candidate, resident_number(777))
    assert registration.source_version == (source_version or 1)
    conflict.refresh_from_db()
    assert (conflict.outcome, conflict.reason, conflict.resolved_by) == (
        Outcome.CLAIM,
        "电话核实",
        house.jiang,
    )
    with refused("binding_settled"):
        settle(conflicts.keep_import, house.jiang, "再来一次")


def test_the_office_keeps_the_import_and_isnt_asked_again(here: World, house: Cast) -> None:
    registration = imported(here, house)
    arrives(here, registration, id_number=resident_number(777))
    settle(conflicts.keep_import, house.jiang, "不是本人")
    arrives(here, registration, id_number=resident_number(777))
    registration.refresh_from_db()
    assert registration.candidate is None
    assert BindingConflict.objects.get().outcome == Outcome.IMPORT


@pytest.mark.parametrize("answer", [conflicts.adopt_claim, conflicts.keep_import])
def test_a_claim_that_was_replaced_since_it_was_compared_is_not_settled(
    here: World, house: Cast, answer: Callable[..., None]
) -> None:
    registration = imported(here, house)
    arrives(here, registration, id_number=resident_number(777))
    shown = BindingConflict.objects.get()
    arrives(here, registration, id_number=resident_number(778))
    with refused("stale_revision"):
        settle(answer, house.jiang, "电话核实", shown)
    registration.refresh_from_db()
    assert (registration.subject, BindingConflict.objects.get().outcome) == ("", "")


def test_a_claim_does_not_replace_what_the_registration_system_has_sent_since(
    here: World, house: Cast
) -> None:
    registration = imported(here, house)
    arrives(here, registration, id_number=resident_number(777), version=3)
    newer = dossiers.payload(here, number=registration.number, version=5, education="college")
    newer |= {"id_number": registration.id_number, "subject": ""}
    receive_registration(newer, way=RegistrationVersion.Way.PUSH)
    with refused("claim_outdated"):
        settle(conflicts.adopt_claim, house.jiang, "电话核实")
    registration.refresh_from_db()
    assert (registration.source_version, registration.facts["education"]) == (5, "college")
    assert BindingConflict.objects.get().outcome == ""


def test_a_corrected_import_settles_the_task_by_itself(here: World, house: Cast) -> None:
    registration = imported(here, house)
    arrives(here, registration, id_number=resident_number(777))
    imported(here, house, number=registration.number, id_number=resident_number(777))
    registration.refresh_from_db()
    candidate = arrives(here, registration)
    registration.refresh_from_db()
    assert registration.candidate == candidate
    assert BindingConflict.objects.get().outcome == Outcome.AGREED


def test_only_the_areas_manager_settles(here: World, house: Cast) -> None:
    registration = imported(here, house)
    arrives(here, registration, id_number=resident_number(777))
    for user in (house.gao, house.feng, house.kong, house.auditor):
        with refused("not_found"):
            settle(conflicts.adopt_claim, user, "x")

"""What two people do in the same instant: one wins, the other gets an answer, nothing is doubled.

Each race has a twin without the lock, which shows that the race is real: there the database's own
constraint is the only thing left, or the damage is done.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import IntegrityError

from factories import World, dossiers, people, pictures
from factories.people import Cast
from factories.races import Call, MeetAt, Race, outcomes
from factories.world import RULES, prepare_catalogue
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import (
    Decision,
    Dossier,
    Handover,
    Lease,
    Picture,
    Step,
    Submission,
    SubmittedPicture,
)
from kaosheng.casework.queries.intakes import catalogue_effect
from kaosheng.casework.services import deciding, handing_over, handling, intakes, reviewing, submitting
from kaosheng.casework.services import pictures as picture_services
from kaosheng.casework.services.actors import of_handover
from kaosheng.casework.services.case import Case
from kaosheng.domain.dossier import Outcome
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def submitting_now(dossier: Dossier) -> Callable[[], object]:
    seen = submitting.picture_list_digest(dossier.pictures.filter(hidden_at=None))
    me = dossiers.owner(dossier)
    return lambda: submitting.submit(dossier_id=dossier.pk, actor=me, seen_list=seen, commitment="test-1")


def uploading(dossier: Dossier, kind: str, seed: int) -> Callable[[], object]:
    me, data = dossiers.owner(dossier), pictures.jpeg(seed)
    return lambda: picture_services.add_picture(
        dossier_id=dossier.pk, actor=me, kind=kind, position=None, data=data, idempotency_key=f"race-{seed}"
    )


def passing(dossier: Dossier, by: User) -> Callable[[], object]:
    me, revision = people.actor(by), dossier.revision
    return lambda: deciding.decide_pass(dossier_id=dossier.pk, actor=me, seen_revision=revision)


# --- two submits ---------------------------------------------------------------------------------------------
def test_two_submits_make_one_submission(here: World, race: Race, meet_at: MeetAt) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    meet_at(Case, "_store")
    answers = race([submitting_now(dossier), submitting_now(dossier)])
    assert answers[0] == answers[1] == Submission.objects.get()
    assert Step.objects.count() == 1


@pytest.mark.usefixtures("without_locks")
def test_twin_two_submits_collide_without_the_lock(here: World, race: Race, meet_at: MeetAt) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    meet_at(Case, "_store")
    answers = race([submitting_now(dossier), submitting_now(dossier)])
    assert outcomes(answers) == {"done": 1, "IntegrityError": 1}
    assert Step.objects.count() == 1


# --- an upload during a submit -------------------------------------------------------------------------------
def test_an_upload_during_submit_is_in_the_submission_or_refused(
    here: World, race: Race, meet_at: MeetAt
) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    meet_at(Case, "_store")
    meet_at(picture_services, "_choose_slot")
    answers = outcomes(race([submitting_now(dossier), uploading(dossier, "M99", 1)]))
    assert answers in ({"done": 1, "dossier_locked": 1}, {"done": 1, "picture_list_changed": 1})
    assert not slipped_in(dossier)


@pytest.mark.usefixtures("without_locks")
def test_twin_an_upload_slips_into_a_submitted_dossier_without_the_lock(
    here: World, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    chosen, submitted = threading.Event(), threading.Event()
    create, submit = Picture.objects.create, submitting_now(dossier)

    def after_the_submit(**values: object) -> Picture:
        chosen.set()
        submitted.wait(10)
        return create(**values)

    def once_chosen() -> object:
        chosen.wait(10)
        answer = submit()
        submitted.set()
        return answer

    monkeypatch.setattr(Picture.objects, "create", after_the_submit)
    assert outcomes(race([once_chosen, uploading(dossier, "M99", 1)])) == {"done": 2}
    assert slipped_in(dossier)


def slipped_in(dossier: Dossier) -> bool:
    """Whether a submitted dossier holds a picture its submission doesn't list."""
    if dossiers.again(dossier).state == State.DRAFT:
        return False
    listed = SubmittedPicture.objects.filter(submission__dossier=dossier).values_list("picture_id", flat=True)
    return dossier.pictures.exclude(pk__in=list(listed)).exists()


# --- a new catalogue version during a submit ---------------------------------------------------------------------
def test_a_submission_is_stamped_with_the_catalogue_it_was_checked_by(
    here: World, house: Cast, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert submitted_during_publishing(here, house, race, monkeypatch) == (1, {"done": 2})


@pytest.mark.usefixtures("without_locks")
def test_twin_a_submission_is_stamped_with_a_catalogue_it_does_not_meet_without_the_lock(
    here: World, house: Cast, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = submitted_during_publishing(here, house, race, monkeypatch, patience=30)
    assert answers == (2, {"done": 2})


def submitted_during_publishing(
    here: World, house: Cast, race: Race, monkeypatch: pytest.MonkeyPatch, *, patience: float = 1
) -> tuple[int, Counter[str]]:
    """A version is published between the check of a submit and its storing; the stamp, and the outcomes."""
    dossier = dossiers.fill(dossiers.register(here))
    stricter = prepare_catalogue(here.intake, rules=(*RULES, {**RULES[0], "kind": "M99"}))
    staff, seen = people.staff(house.jiang), catalogue_effect(stricter).seen
    checked, published, store = threading.Event(), threading.Event(), Case._store

    def once_checked() -> object:
        checked.wait(10)
        answer = intakes.publish_catalogue(version_id=stricter.pk, staff=staff, seen=seen)
        published.set()
        return answer

    def held_up(case: Case, outcome: Outcome) -> None:
        checked.set()
        published.wait(patience)
        store(case, outcome)

    monkeypatch.setattr(Case, "_store", held_up)
    answers = outcomes(race([submitting_now(dossier), once_checked]))
    return Submission.objects.get().catalogue_version.number, answers


# --- two uploads for the last place --------------------------------------------------------------------------
def test_two_uploads_for_the_last_place_fill_it_once(here: World, race: Race, meet_at: MeetAt) -> None:
    dossier = dossiers.register(here)
    dossiers.upload(dossier, "M01")
    meet_at(Case, "record")
    answers = race([uploading(dossier, "M01", 1), uploading(dossier, "M01", 2)])
    assert outcomes(answers) == {"done": 1, "kind_full": 1}
    assert Picture.objects.count() == 2


@pytest.mark.usefixtures("without_locks")
def test_twin_two_uploads_meet_in_one_place_without_the_lock(
    here: World, race: Race, meet_at: MeetAt
) -> None:
    dossier = dossiers.register(here)
    dossiers.upload(dossier, "M01")
    meet_at(Picture.objects, "create")
    answers = race([uploading(dossier, "M01", 1), uploading(dossier, "M01", 2)])
    assert outcomes(answers) == {"done": 1, "IntegrityError": 1}


# --- two reviewers -------------------------------------------------------------------------------------------
def test_one_of_two_reviewers_gets_the_dossier(here: World, house: Cast, race: Race, meet_at: MeetAt) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    meet_at(Lease.objects, "update_or_create")
    answers = race(
        [lambda: dossiers.take(dossier, house.chen), lambda: dossiers.take(dossier, house.chen_two)]
    )
    assert outcomes(answers) == {"done": 1, "taken_by_another": 1}


@pytest.mark.usefixtures("without_locks")
def test_twin_both_reviewers_believe_to_have_it_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    meet_at(Lease.objects, "update_or_create")
    answers = race(
        [lambda: dossiers.take(dossier, house.chen), lambda: dossiers.take(dossier, house.chen_two)]
    )
    assert outcomes(answers) == {"done": 2}


@pytest.fixture
def both_decide(here: World, house: Cast, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """高 decides; in the same instant 姜 hands the dossier over to 何, who decides too."""
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    meet_at(Case, "_store")
    deciding_now, store = threading.Event(), Case._store

    def noticed(case: Case, outcome: Outcome) -> None:
        deciding_now.set()
        store(case, outcome)

    def handed_over_and_decided() -> object:
        deciding_now.wait(10)
        handling.hand_over(
            dossier_id=dossier.pk,
            actor=people.actor(house.jiang),
            giver=house.gao,
            taker=people.staff(house.he),
        )
        return passing(dossier, house.he)()

    monkeypatch.setattr(Case, "_store", noticed)
    return [passing(dossier, house.gao), handed_over_and_decided]


def test_two_reviewers_deciding_make_one_decision(both_decide: list[Call], race: Race) -> None:
    assert outcomes(race(both_decide)) == {"done": 1, "stale_revision": 1}
    assert Decision.objects.count() == 1


@pytest.mark.usefixtures("without_locks")
def test_twin_two_decisions_collide_without_the_lock(both_decide: list[Call], race: Race) -> None:
    answers = race(both_decide)
    assert outcomes(answers) == {"done": 1, "IntegrityError": 1}
    assert isinstance(next(answer for answer in answers if isinstance(answer, Exception)), IntegrityError)
    assert Decision.objects.count() == 1


def returning_and_forwarding(here: World, house: Cast) -> list[Callable[[], object]]:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.accept_all(dossier, house.chen)
    dossiers.mark(dossier, house.chen, dossiers.missing_note("M99"))
    seen = {"dossier_id": dossier.pk, "actor": people.actor(house.chen), "seen_revision": dossier.revision}
    return [
        lambda: reviewing.return_to_candidate(**seen),  # type: ignore[arg-type]
        lambda: reviewing.forward(**seen, recommendation="pass"),  # type: ignore[arg-type]
    ]


def test_a_return_and_a_forward_of_one_dossier_exclude_each_other(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = returning_and_forwarding(here, house)
    meet_at(Case, "_store")
    # Once forwarded it lies beyond the site, which is told that alone.
    assert outcomes(race(both)) in (
        {"done": 1, "stale_revision": 1},
        {"done": 1, "not_your_stage": 1},
    )


@pytest.mark.usefixtures("without_locks")
def test_twin_a_return_and_a_forward_collide_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = returning_and_forwarding(here, house)
    meet_at(Case, "_store")
    assert outcomes(race(both)) == {"done": 1, "IntegrityError": 1}


# --- two phones scan one code --------------------------------------------------------------------------------
def redeeming(handover: Handover) -> Callable[[], object]:
    secret = handing_over.secret_of(handover)
    return lambda: handing_over.redeem(secret=secret)


def test_two_phones_scan_and_one_gets_it(here: World, race: Race, meet_at: MeetAt) -> None:
    dossier = dossiers.register(here)
    handover = handing_over.open_handover(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M01")
    meet_at(Handover, "save")
    answers = race([redeeming(handover), redeeming(handover)])
    assert outcomes(answers) == {"done": 1, "handover_over": 1}
    assert AuditEvent.objects.filter(name="handover:redeemed").count() == 1


@pytest.mark.usefixtures("without_locks")
def test_twin_two_phones_both_get_it_without_the_lock(here: World, race: Race, meet_at: MeetAt) -> None:
    dossier = dossiers.register(here)
    handover = handing_over.open_handover(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M01")
    meet_at(Handover, "save")
    answers = race([redeeming(handover), redeeming(handover)])
    assert outcomes(answers) == {"done": 2}


def test_an_upload_by_phone_during_submit_is_in_the_submission_or_refused(
    here: World, race: Race, meet_at: MeetAt
) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    handover = handing_over.open_handover(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M99")
    handing_over.redeem(secret=handing_over.secret_of(handover))
    phone, data = of_handover(handover), pictures.jpeg(1)

    def sending() -> object:
        return picture_services.add_picture(
            dossier_id=dossier.pk, actor=phone, kind="M99", position=None, data=data, idempotency_key="1"
        )

    meet_at(Case, "_store")
    meet_at(picture_services, "_choose_slot")
    answers = outcomes(race([submitting_now(dossier), sending]))
    assert answers in ({"done": 1, "handover_over": 1}, {"done": 1, "picture_list_changed": 1})
    assert not slipped_in(dossier)

"""A batch beside a reviewer, and two people who answer one 复核 or confirm one correction in the same instant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from factories import World, dossiers, people
from factories.people import Cast
from factories.races import MeetAt, Race, outcomes
from kaosheng.accounts.models import User
from kaosheng.casework.models import BulkItem, BulkRun, Correction, Dossier, Recheck
from kaosheng.casework.queries.queue import Wanted, for_bulk
from kaosheng.casework.services import bulk, deciding, rechecking, reviewing
from kaosheng.casework.services.case import Case
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db(transaction=True)


def seen(dossier: Dossier, by: User) -> dict[str, Any]:
    revision = dossiers.again(dossier).revision
    return {"dossier_id": dossier.pk, "actor": people.actor(by), "seen_revision": revision}


# --- a batch and a reviewer ------------------------------------------------------------------------------------
def batch_and_reviewer(here: World, house: Cast) -> tuple[Dossier, list[Callable[[], object]]]:
    """高's batch passes a dossier while 何 takes it into his hands."""
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    gao = people.staff(house.gao)
    found = for_bulk(BulkRun.Act.DECIDE, gao, Wanted(), most=bulk.LOOKED_AT)
    run = bulk.preview(staff=gao, act=BulkRun.Act.DECIDE, dossiers=found)
    bulk.confirm(run=run, staff=gao, counted=1)
    item = run.items.get()
    return dossier, [
        partial(bulk.carry_out, item_id=item.pk),
        partial(reviewing.take, dossier_id=dossier.pk, actor=people.actor(house.he)),
    ]


def test_a_batch_decides_or_the_reviewer_has_it_never_both(here: World, house: Cast, race: Race) -> None:
    dossier, both = batch_and_reviewer(here, house)
    taking = race(both)[1]
    item, dossier = BulkItem.objects.get(), dossiers.again(dossier)
    if outcomes([taking]) == {"done": 1}:
        assert (item.excluded, dossier.state) == ("taken_by_another", State.AT_AREA)
        assert dossier.lease.holder == house.he
    else:
        assert outcomes([taking]) == {"not_your_stage": 1}
        assert (item.done_at is not None, dossier.state) == (True, State.DECIDED)
        assert not hasattr(dossier, "lease")


@pytest.mark.usefixtures("without_locks")
def test_twin_a_decided_dossier_is_in_the_hands_of_a_reviewer(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    dossier, both = batch_and_reviewer(here, house)
    meet_at(Case, "roles_of")
    answers = race(both)
    assert outcomes(answers[1:]) == {"done": 1}
    assert dossiers.again(dossier).state == State.DECIDED


# --- two who answer one 复核 -------------------------------------------------------------------------------------
def two_answers(here: World, house: Cast) -> list[Callable[[], object]]:
    dossier = dossiers.brought_to(here, "released", cast=house)
    rechecking.ask_recheck(dossier_id=dossier.pk, actor=dossiers.owner(dossier), reason="请复核")
    return [
        partial(rechecking.uphold, **seen(dossier, person), reason=f"无误 {person.pk}")
        for person in (house.hu, house.jiang)
    ]


def test_of_two_answers_to_one_recheck_one_counts(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = two_answers(here, house)
    meet_at(Case, "step")
    assert outcomes(race(both)) == {"done": 1, "stale_revision": 1}
    assert Recheck.objects.get().outcome == Recheck.Outcome.UPHELD


@pytest.mark.usefixtures("without_locks")
def test_twin_both_answer_without_the_locks(here: World, house: Cast, race: Race, meet_at: MeetAt) -> None:
    both = two_answers(here, house)
    meet_at(Case, "step")
    assert outcomes(race(both))["stale_revision"] == 0


# --- two who confirm one correction ------------------------------------------------------------------------------
def two_confirmations(here: World, house: Cast) -> list[Callable[[], object]]:
    dossier = dossiers.brought_to(here, "released", cast=house)
    deciding.propose_correction(**seen(dossier, house.he), verdict=Verdict.FAIL, opinion="试用期不足")
    return [
        partial(deciding.confirm_correction, **seen(dossier, person)) for person in (house.hu, house.jiang)
    ]


def test_of_two_confirmations_of_one_correction_one_counts(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = two_confirmations(here, house)
    meet_at(Case, "step")
    assert outcomes(race(both)) == {"done": 1, "stale_revision": 1}
    assert Correction.objects.get().confirmed_by in {house.hu, house.jiang}


@pytest.mark.usefixtures("without_locks")
def test_twin_both_confirm_without_the_locks(here: World, house: Cast, race: Race, meet_at: MeetAt) -> None:
    both = two_confirmations(here, house)
    meet_at(Case, "step")
    assert outcomes(race(both))["stale_revision"] == 0

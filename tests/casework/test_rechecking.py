"""复核: one request after the release, within its window, answered by people who didn't decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from factories import World, dossiers, people
from factories.people import Cast
from factories.refusals import refused
from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Correction, Dossier, Recheck
from kaosheng.casework.queries.rechecks import rechecks_of
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.services import deciding
from kaosheng.casework.services.handling import declare_conflict
from kaosheng.casework.services.rechecking import ask_recheck, uphold
from kaosheng.domain.states import State, Verdict
from kaosheng.domain.visibility import VisibleState
from kaosheng.notices.models import Message

pytestmark = pytest.mark.django_db


def seen(dossier: Dossier, by: User) -> dict[str, Any]:
    return {
        "dossier_id": dossier.pk, "actor": people.actor(by), "seen_revision": dossiers.again(dossier).revision,
    }  # fmt: skip


def ask(dossier: Dossier, reason: str = "样本：第二页有印章") -> Recheck:
    return ask_recheck(dossier_id=dossier.pk, actor=dossiers.owner(dossier), reason=reason)


@pytest.fixture
def released(here: World, house: Cast) -> Dossier:
    """Refused by gao and he, and published."""
    return dossiers.brought_to(here, "released", cast=house, verdict=Verdict.FAIL)


def test_it_is_asked_once_and_only_in_its_window(released: Dossier) -> None:
    ask(released)
    with refused("recheck_asked_already"):
        ask(released)
    assert Recheck.objects.get().outcome == Recheck.Outcome.PENDING


def test_after_the_window_it_is_refused(released: Dossier) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False), refused("recheck_window_over"):
        ask(released)


def test_an_intake_without_days_offers_none(released: Dossier) -> None:
    released.intake.recheck_days = 0
    released.intake.save()
    with refused("recheck_window_over"):
        ask(released)


def test_before_the_release_there_is_nothing_to_ask(here: World, house: Cast) -> None:
    decided = dossiers.brought_to(here, State.DECIDED, cast=house, verdict=Verdict.FAIL)
    with refused("action_not_possible"):
        ask(decided)


def test_who_decided_does_not_answer(released: Dossier, house: Cast) -> None:
    ask(released)
    for person in (house.gao, house.he):
        with refused("first_decider"):
            uphold(**seen(released, person), reason="无误")
    uphold(**seen(released, house.jiang), reason="印章单位与登记不符")
    recheck = Recheck.objects.get()
    assert (recheck.outcome, recheck.answered_by) == (Recheck.Outcome.UPHELD, house.jiang)


def test_whoever_declared_a_conflict_sees_no_request_of_that_person(released: Dossier, house: Cast) -> None:
    ask(released)
    assert [one.dossier for one in rechecks_of(Staff.of(house.hu))] == [released]
    declare_conflict(dossier_id=released.pk, actor=people.actor(house.hu), reason="亲属")
    assert not rechecks_of(Staff.of(house.hu)).exists()
    assert rechecks_of(Staff.of(house.jiang)).exists()


def test_upholding_keeps_the_verdict_and_tells_the_candidate_why(released: Dossier, house: Cast) -> None:
    ask(released)
    uphold(**seen(released, house.jiang), reason="印章单位与登记不符")
    visible = visible_now(dossiers.again(released), now=timezone.now())
    assert visible.state is VisibleState.FAILED
    assert visible.recheck is not None
    assert (visible.recheck.upheld, visible.recheck.answer) == (True, "印章单位与登记不符")
    assert set(Message.objects.filter(template="recheck_answered").values_list("about", flat=True)) == {
        f"dossier:{released.pk}"
    }


def test_a_pending_correction_is_not_visible_and_falls_when_the_verdict_is_upheld(
    released: Dossier, house: Cast
) -> None:
    ask(released)
    before = visible_now(dossiers.again(released), now=timezone.now())
    third, fourth = house.jiang, house.hu
    deciding.propose_correction(**seen(released, third), verdict=Verdict.PASS, opinion="印章清楚")
    assert visible_now(dossiers.again(released), now=timezone.now()) == before
    uphold(**seen(released, fourth), reason="仍不符")
    assert Correction.objects.get().replaced_at is not None
    with refused("nothing_to_confirm"):
        deciding.confirm_correction(**seen(released, fourth))


def test_a_correction_ends_it_with_one_message(released: Dossier, house: Cast) -> None:
    ask(released)
    third, fourth = house.jiang, house.hu
    deciding.propose_correction(**seen(released, third), verdict=Verdict.PASS, opinion="印章清楚")
    deciding.confirm_correction(**seen(released, fourth))
    visible = visible_now(dossiers.again(released), now=timezone.now())
    assert visible.state is VisibleState.PASSED
    assert visible.recheck is not None
    assert (visible.recheck.upheld, visible.recheck.answered_at is not None) == (False, True)
    told = set(Message.objects.filter(about=f"dossier:{released.pk}").values_list("template", flat=True))
    assert "recheck_answered" in told
    assert "result_corrected" not in told
    with refused("no_recheck_pending"):
        uphold(**seen(released, fourth), reason="无误")


def test_the_list_says_who_may_not_answer_and_stays_in_its_area(released: Dossier, house: Cast) -> None:
    ask(released)
    rows = {
        person.username: [row.decided_by_reader for row in rechecks_of(Staff.of(person))]  # type: ignore[attr-defined]
        for person in (house.gao, house.jiang, house.kong, house.chen)
    }
    assert list(rows.values()) == [[True], [False], [], []]


def test_the_database_refuses_an_answer_without_reason_or_person(released: Dossier, house: Cast) -> None:
    recheck = ask(released)
    for change in (
        {"outcome": "upheld", "answered_at": timezone.now(), "answered_by": house.gao, "answer": ""},
        {"outcome": "upheld", "answered_at": timezone.now(), "answered_by": None, "answer": "无误"},
        {"reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recheck.objects.filter(pk=recheck.pk).update(**change)

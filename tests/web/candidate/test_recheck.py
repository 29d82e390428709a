"""申请复核 as a candidate does it, and what he reads of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from factories import clients, dossiers, people
from factories.people import Cast
from factories.world import World
from kaosheng.casework.models import Dossier, Recheck
from kaosheng.casework.services import deciding
from kaosheng.casework.services.rechecking import uphold
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(here: World) -> Cast:
    return people.cast(here)


@pytest.fixture
def released(here: World, house: Cast) -> Dossier:
    return dossiers.brought_to(here, "released", cast=house, verdict=Verdict.FAIL)


def page(dossier: Dossier) -> str:
    answer = clients.of_candidate(dossiers.candidate_of(dossier)).get(f"/dossiers/{dossier.pk}/")
    return re.sub(r'(?<=value=")[0-9A-Za-z]{64}(?=")', "", answer.content.decode())


def test_from_the_offer_to_the_answer(released: Dossier, house: Cast) -> None:
    candidate = clients.of_candidate(dossiers.candidate_of(released))
    assert "申请复核" in page(released)
    empty = candidate.post(f"/dossiers/{released.pk}/recheck/", {"reason": " "})
    assert empty.status_code == 422
    assert "请写明您认为哪一点有误。" in empty.content.decode()
    sent = candidate.post(f"/dossiers/{released.pk}/recheck/", {"reason": "样本：试用期满一年"})
    assert sent.status_code == 302
    assert "等待答复" in page(released)
    assert candidate.get(f"/dossiers/{released.pk}/recheck/").status_code == 302
    again = candidate.post(f"/dossiers/{released.pk}/recheck/", {"reason": "再申请"})
    assert again.status_code == 409
    assert "每份报名材料只能申请一次" in again.content.decode()
    uphold(
        dossier_id=released.pk,
        actor=people.actor(house.hu),
        seen_revision=dossiers.again(released).revision,
        reason="证明中的日期不足一年",
    )
    read = page(released)
    assert "维持原结论" in read
    assert "证明中的日期不足一年" in read
    assert "胡" not in read


def test_before_the_release_nothing_is_offered_or_taken(here: World, house: Cast) -> None:
    decided = dossiers.brought_to(here, State.DECIDED, cast=house, verdict=Verdict.FAIL)
    assert "复核" not in page(decided)
    candidate = clients.of_candidate(dossiers.candidate_of(decided))
    assert candidate.get(f"/dossiers/{decided.pk}/recheck/").status_code == 302
    assert candidate.post(f"/dossiers/{decided.pk}/recheck/", {"reason": "样本"}).status_code == 409
    assert not Recheck.objects.exists()


def test_after_the_window_it_is_not_offered(released: Dossier) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        assert "申请复核" not in page(released)


def test_a_proposed_correction_changes_no_byte_of_the_page(released: Dossier, house: Cast) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        before = page(released)
        deciding.propose_correction(
            dossier_id=released.pk,
            actor=people.actor(house.hu),
            seen_revision=dossiers.again(released).revision,
            verdict=Verdict.PASS,
            opinion="样本：满一年",
        )
        assert page(released) == before

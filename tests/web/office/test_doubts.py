"""报名信息有误 at the 考点: who sees it, and that an answer reaches whoever asked."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Conflict, Dossier, RegistrationDoubt
from kaosheng.casework.services.doubting import tell_doubt
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db

WORDS = "毕业年份应为2019年。"
ANSWER = "请先在报名系统申请更正，我们收到后会核对。"


@pytest.fixture
def doubted(here: World, cast: Cast) -> Dossier:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    tell_doubt(dossier_id=dossier.pk, actor=dossiers.owner(dossier), text=WORDS)
    return dossier


def told_at(dossier: Dossier) -> str:
    return RegistrationDoubt.objects.get(dossier=dossier).told_at.isoformat()


def test_managers_of_the_place_see_it_and_nobody_else(here: World, cast: Cast, doubted: Dossier) -> None:
    elsewhere = dossiers.register(here, site=here.other_site)
    tell_doubt(dossier_id=elsewhere.pk, actor=dossiers.owner(elsewhere), text="考点选错了。")
    own = clients.of_staff(cast.feng).get("/office/doubts/").content.decode()
    assert WORDS in own
    assert "考点选错了。" not in own
    area = clients.of_staff(cast.jiang).get("/office/doubts/").content.decode()
    assert WORDS in area
    assert "考点选错了。" in area
    for user in (cast.chen, cast.gao, cast.auditor):
        assert clients.of_staff(user).get("/office/doubts/").status_code == 404
    assert clients.of_staff(cast.feng).get(f"/office/doubts/{elsewhere.pk}/").status_code == 404


def test_an_answer_reaches_the_candidate_and_the_trail(cast: Cast, doubted: Dossier) -> None:
    manager, address = clients.of_staff(cast.feng), f"/office/doubts/{doubted.pk}/"
    empty = manager.post(address, {"text": " ", "told_at": told_at(doubted)})
    assert (empty.status_code, "请写下答复。" in empty.content.decode()) == (422, True)
    sent = manager.post(address, {"text": ANSWER, "told_at": told_at(doubted)})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/office/doubts/")
    page = (
        clients.of_candidate(dossiers.candidate_of(doubted)).get(f"/dossiers/{doubted.pk}/").content.decode()
    )
    assert ANSWER in page
    assert cast.feng.name not in page
    event = AuditEvent.objects.get(name="registration:doubt_answered")
    assert event.object == str(doubted.pk)
    assert ANSWER not in str(event.details)


def test_other_words_ask_anew_and_an_old_answer_is_not_kept(cast: Cast, doubted: Dossier) -> None:
    seen = told_at(doubted)
    tell_doubt(dossier_id=doubted.pk, actor=dossiers.owner(doubted), text="毕业年份应为2018年。")
    late = clients.of_staff(cast.feng).post(
        f"/office/doubts/{doubted.pk}/", {"text": ANSWER, "told_at": seen}
    )
    assert late.status_code == 409
    assert RegistrationDoubt.objects.get().answer == ""
    again = {"text": ANSWER, "told_at": told_at(doubted)}
    assert clients.of_staff(cast.feng).post(f"/office/doubts/{doubted.pk}/", again).status_code == 302
    tell_doubt(dossier_id=doubted.pk, actor=dossiers.owner(doubted), text=WORDS)
    row = RegistrationDoubt.objects.get()
    assert (row.answer, row.answered_at, row.answered_by) == ("", None, None)


def test_whoever_declared_a_conflict_reads_nothing_of_it(cast: Cast, doubted: Dossier) -> None:
    Conflict.objects.create(
        registration=doubted.registration, by=cast.feng, reason="亲属", at=doubted.created_at
    )
    manager = clients.of_staff(cast.feng)
    assert WORDS not in manager.get("/office/doubts/").content.decode()
    assert manager.get(f"/office/doubts/{doubted.pk}/").status_code == 403


@pytest.mark.usefixtures("doubted")
def test_the_list_asks_the_same_whatever_its_length(here: World, cast: Cast) -> None:
    client = clients.of_staff(cast.feng)
    client.get("/office/doubts/")
    with CaptureQueriesContext(connection) as one:
        client.get("/office/doubts/")
    for _ in range(2):
        other = dossiers.register(here)
        tell_doubt(dossier_id=other.pk, actor=dossiers.owner(other), text=WORDS)
    with CaptureQueriesContext(connection) as three:
        assert client.get("/office/doubts/").content.decode().count(WORDS) == 3
    assert len(one) == len(three)

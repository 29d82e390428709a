"""The queue: who sees what, in which order, found by what, and that two people never get the same dossier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from factories import clients, copies, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.models import User
from kaosheng.casework.jobs.clock import run_round
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.services import clock
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db


def page_of(user: User, address: str = "/staff/queue/") -> str:
    answer = clients.of_staff(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(user: User, tab: str = "waiting", search: str = "") -> list[str]:
    answer = clients.of_staff(user).get("/staff/queue/", {"tab": tab, "q": search})
    assert answer.status_code == 200
    return [line["row"].dossier.registration.number for line in answer.context["rows"]]


def number(dossier: Dossier) -> str:
    return dossier.registration.number


# --- scope -----------------------------------------------------------------------------------------------------
def test_everybody_sees_his_own_and_nothing_else(here: World, cast: Cast) -> None:
    mine = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    others = dossiers.submit(dossiers.fill(dossiers.register(here, site=here.other_site))).dossier
    forwarded = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    draft = dossiers.register(here)
    assert listed(cast.chen) == [number(mine)]
    assert listed(cast.deng) == [number(others)]
    assert listed(cast.gao) == [number(forwarded)]
    assert listed(cast.kong) == []
    assert listed(cast.chen, "all") == sorted(map(number, (mine, forwarded, draft)))
    assert listed(cast.jiang, "all") == sorted(map(number, (mine, others, forwarded, draft)))
    assert listed(cast.kong, "all") == []


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "auditor"])
def test_the_three_have_no_queue(cast: Cast, who: str) -> None:
    client = clients.of_staff(getattr(cast, who))
    assert client.get("/staff/queue/").status_code == 404
    assert client.post("/staff/queue/next/").status_code == 404


def test_nobody_is_sent_to_log_in(cast: Cast) -> None:
    answer = clients.anonymous().get("/staff/queue/?tab=mine")
    assert answer["Location"] == "/staff/account/login/?next=%2Fstaff%2Fqueue%2F%3Ftab%3Dmine"
    assert clients.anonymous().post("/staff/queue/next/").status_code == 403


def test_candidates_have_no_queue(here: World, cast: Cast) -> None:
    candidate = dossiers.candidate_of(dossiers.register(here))
    assert clients.of_candidate(candidate).get("/staff/queue/").status_code == 302


def test_managers_look_and_do_not_take(here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    answer = clients.of_staff(cast.feng).get("/staff/queue/")
    assert [tab.url for tab in answer.context["tabs"]] == ["?tab=all", "?tab=returned"]
    assert not answer.context["may_take"]
    assert clients.of_staff(cast.feng).post("/staff/queue/next/").status_code == 404


def test_id_numbers_are_masked(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    assert dossier.registration.id_number not in page_of(cast.chen)


# --- site staff learn nothing of the area's work -----------------------------------------------------------------
def test_forwarded_is_one_word_for_the_site_whatever_the_area_does(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=cast)

    def seen() -> str:
        return page_of(cast.chen, "/staff/queue/?tab=all").split("<main", 1)[1].replace("\n", "")

    before = _without_tokens(seen())
    assert "已上报考区" in before
    dossiers.take(dossier, cast.gao)
    assert _without_tokens(seen()) == before
    dossiers.propose(dossier, cast.gao)
    assert _without_tokens(seen()) == before
    dossiers.confirm(dossier, cast.he)
    assert _without_tokens(seen()) == before


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_due_promise_and_overdue_do_not_tell_the_site_that_the_area_decided(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=cast)
    Dossier.objects.filter(pk=dossier.pk).update(deadline=timezone.now() - timedelta(minutes=10))
    clock.overdue(dossier_id=dossier.pk)
    dossier.promises.create(kind="M03", due_on=timezone.localdate(), note="学校补发", at=timezone.now())

    def flags(user: User) -> tuple[bool, bool]:
        row = clients.of_staff(user).get("/staff/queue/", {"tab": "all"}).context["rows"][0]["row"]
        return row.promise_due, row.overdue

    assert flags(cast.chen) == (True, True)
    dossiers.forward(dossier, cast.chen)
    assert flags(cast.chen) == (False, False)
    assert flags(cast.gao) == (True, True)
    dossiers.confirm(dossiers.propose(dossier, cast.gao), cast.he)
    assert flags(cast.chen) == (False, False)


# --- order -----------------------------------------------------------------------------------------------------
def test_resubmitted_first_then_risk_then_deadline(here: World, cast: Cast) -> None:
    names = {}
    for name, precheck in (
        ("plain", "note"),
        ("severe", "severe"),
        ("hint", "hint"),
        ("again", "note"),
        ("soon", "note"),
    ):
        names[name] = dossiers.register(here, precheck=precheck)
        dossiers.submit(dossiers.fill(names[name]))
    Dossier.objects.filter(pk=names["soon"].pk).update(deadline=timezone.now() + timedelta(hours=1))
    dossiers.return_(names["again"], cast.chen)
    dossiers.replace(names["again"])
    dossiers.submit(dossiers.again(names["again"]))
    order = [number(names[name]) for name in ("again", "severe", "hint", "soon", "plain")]
    assert listed(cast.chen) == order


def test_a_promise_that_is_due_comes_up(here: World, cast: Cast) -> None:
    severe = dossiers.register(here, precheck="severe")
    dossiers.submit(dossiers.fill(severe))
    promised = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    promised.promises.create(kind="M03", due_on=timezone.localdate(), note="学校补发", at=timezone.now())
    run_round()
    assert listed(cast.chen) == [number(promised), number(severe)]
    assert run_round() == 0
    assert "补交日期已到" in page_of(cast.chen)


# --- search ----------------------------------------------------------------------------------------------------
def test_found_by_name_number_tail_or_whole_id(here: World, cast: Cast) -> None:
    wanted = dossiers.register(here, name="欧阳样本", number="1327777001")
    dossiers.register(here, name="别人", number="1327000999")
    id_number = wanted.registration.id_number
    for text in (
        "欧阳",
        "样",
        "阳样",
        "欧阳样本",
        "1327777001",
        "132777",
        id_number[-4:],
        id_number,
        id_number.lower(),
        f" {id_number[:6]} {id_number[6:]} ",
    ):
        assert listed(cast.chen, "all", text) == [number(wanted)], text
    assert listed(cast.chen, "all", "0000000") == []
    assert "没有找到符合的材料" in page_of(cast.chen, "/staff/queue/?tab=all&q=nobody")


def test_search_stays_in_scope(here: World, cast: Cast) -> None:
    wanted = dossiers.register(here, name="欧阳样本")
    assert listed(cast.deng, "all", "欧阳") == []
    assert listed(cast.kong, "all", wanted.registration.id_number) == []


@pytest.mark.parametrize(
    "query", ["tab=nothing", "page=999", "page=x", "q=%25%27%22%3B--", "q=" + "长" * 300]
)
def test_odd_addresses_still_answer(cast: Cast, query: str) -> None:
    assert clients.of_staff(cast.chen).get(f"/staff/queue/?{query}").status_code == 200


# --- the next one ----------------------------------------------------------------------------------------------
def next_for(user: User, **data: str) -> str:
    return clients.of_staff(user).post("/staff/queue/next/", data)["Location"]


def test_two_people_get_two_dossiers_and_the_third_nothing(here: World, cast: Cast) -> None:
    waiting = {f"/staff/dossiers/{dossiers.brought_to(here, State.AT_SITE, cast=cast).pk}/" for _ in range(2)}
    taken = [next_for(cast.chen), next_for(cast.chen_two)]
    assert set(taken) == waiting
    third = clients.of_staff(cast.chen)
    answer = third.post("/staff/queue/next/", follow=True)
    assert "没有等待处理的材料" in answer.content.decode()
    assert Lease.objects.count() == 2


def test_what_was_let_go_is_taken_again(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    next_for(cast.chen)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert next_for(cast.chen_two) == f"/staff/dossiers/{dossier.pk}/"
    assert Lease.objects.get().holder == cast.chen_two


def test_one_s_own_proposal_is_never_the_next_to_confirm(here: World, cast: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    assert "/staff/queue/" in next_for(cast.gao, tab="proposals")
    assert next_for(cast.he, tab="proposals") == f"/staff/dossiers/{dossier.pk}/"
    assert listed(cast.he) == []


def test_lists_mine_proposals_returned(here: World, cast: Cast) -> None:
    held = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), cast.chen)
    returned = dossiers.brought_to(here, State.RETURNED, cast=cast)
    proposed = dossiers.propose(
        dossiers.brought_to(here, State.AT_AREA, cast=cast, verdict=Verdict.FAIL), cast.gao
    )
    assert listed(cast.chen, "mine") == [number(held)]
    assert listed(cast.chen_two, "mine") == []
    assert listed(cast.chen, "returned") == [number(returned)]
    assert listed(cast.gao, "proposals") == [number(proposed)]
    assert listed(cast.gao) == []


# --- queries ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    here: World, cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client = clients.of_staff(cast.chen)
    client.get("/staff/queue/")
    with django_assert_num_queries(9):
        assert client.get("/staff/queue/").status_code == 200


@pytest.mark.harms
def test_ten_thousand_lines_are_paged_and_ask_no_more(
    here: World, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    waiting = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    copies.of_waiting(waiting, 10_000)
    client = clients.of_staff(cast.chen)
    client.get("/staff/queue/")
    for query in (
        "tab=all&page=2",
        "tab=waiting&precheck=severe",
        "tab=all&q=样本",
        "tab=waiting&only=again",
    ):
        with django_assert_max_num_queries(10):
            context = client.get(f"/staff/queue/?{query}").context
        assert len(context["rows"]) <= 30 if "again" in query else len(context["rows"]) == 30, query

"""The dossier page: what it shows to whom, marks, every verb, conflicts, and the audit row of an opening."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from factories import clients, dossiers, people, world
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier, Lease, Mark, Proposal, Step
from kaosheng.domain.dossier import ROWS
from kaosheng.domain.states import Action, Phase, State, Verdict
from kaosheng.notices.models import Message
from kaosheng.registration.models import Candidate

pytestmark = pytest.mark.django_db
STATES = [*State, "released"]


@pytest.fixture
def at_site(here: World, cast: Cast) -> Dossier:
    return dossiers.brought_to(here, State.AT_SITE, cast=cast)


def address(dossier: Dossier, verb: str = "") -> str:
    return f"/staff/dossiers/{dossier.pk}/" + (f"{verb}/" if verb else "")


def opened(user: User, dossier: Dossier, query: str = "") -> str:
    answer = clients.of_staff(user).get(address(dossier) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(user: User | Client, dossier: Dossier, verb: str, **data: Any) -> Any:
    client = user if isinstance(user, Client) else clients.of_staff(user)
    given = {"revision": dossiers.again(dossier).revision, **data}
    return client.post(
        address(dossier, verb), {key: value for key, value in given.items() if value is not None}
    )


def offered(page: str) -> set[str]:
    """Verbs the page offers, as links or forms of this dossier."""
    bar = page.partition('<div class="workbench__panes"')[0]
    found = set(re.findall(r'(?:href|action)="/staff/dossiers/[0-9a-f-]{36}/([a-z-]+)/', bar))
    return found - {"accept-rest"}


# --- the door --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["deng", "kong", "system_admin", "security_admin", "auditor"])
def test_not_yours_reads_like_none_at_all(at_site: Dossier, cast: Cast, who: str) -> None:
    client = clients.of_staff(getattr(cast, who))
    picture = at_site.pictures.first()
    assert picture is not None
    theirs = [
        client.get(address(at_site)),
        client.get(f"{address(at_site)}pictures/{picture.pk}/"),
        client.get(f"{address(at_site)}pictures/{picture.pk}/thumbnail/"),
        client.post(address(at_site, "take")),
        client.post(address(at_site, "forward"), {"revision": at_site.revision, "verdict": "pass"}),
    ]
    none = client.get(f"/staff/dossiers/{uuid4()}/")
    assert [answer.status_code for answer in theirs] == [404] * 5
    assert main(theirs[0]) == main(none)
    assert not AuditEvent.objects.filter(name="dossier:viewed").exists()


def main(answer: Any) -> str:
    page: str = answer.content.decode()
    return page.split("<main", 1)[1].split("</main>", maxsplit=1)[0]


def test_a_candidate_is_nobody_here(here: World, cast: Cast, at_site: Dossier) -> None:
    owner = clients.of_candidate(dossiers.candidate_of(at_site))
    assert owner.get(address(at_site)).status_code == 302
    assert owner.post(address(at_site, "take")).status_code == 403


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["chen", "feng", "gao", "jiang"])
def test_every_state_opens_for_everybody_of_the_scope(
    here: World, cast: Cast, state: State | str, who: str
) -> None:
    dossier = dossiers.brought_to(here, state, cast=cast)
    page = opened(getattr(cast, who), dossier)
    assert dossier.registration.id_number in page
    assert "workbench__panes" in page


# --- an opening is one audit row --------------------------------------------------------------------------------
def test_an_opening_is_one_row_that_lists_the_pictures(cast: Cast, at_site: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    pictures = [str(pk) for pk in at_site.pictures.values_list("pk", flat=True)]
    client.get(address(at_site))
    for pk in pictures:
        client.get(f"{address(at_site)}?picture={pk}")
        client.get(f"{address(at_site)}pictures/{pk}/")
        client.get(f"{address(at_site)}pictures/{pk}/thumbnail/")
    event = AuditEvent.objects.get(name="dossier:viewed")
    assert (event.actor, event.object, event.site) == (str(cast.chen.pk), str(at_site.pk), "1301")
    assert sorted(event.details["pictures"]) == sorted(pictures)
    client.get(address(at_site))
    assert AuditEvent.objects.filter(name="dossier:viewed").count() == 2


def test_a_picture_opened_by_its_address_alone_is_recorded_too(cast: Cast, at_site: Dossier) -> None:
    picture = at_site.pictures.first()
    assert picture is not None
    clients.of_staff(cast.chen).get(f"{address(at_site)}pictures/{picture.pk}/")
    assert AuditEvent.objects.get(name="dossier:viewed").details == {
        "pictures": [str(picture.pk)],
        "house": "site",
    }


def test_pictures_come_with_type_and_cache_rules(cast: Cast, at_site: Dossier) -> None:
    client, picture = clients.of_staff(cast.chen), at_site.pictures.first()
    assert picture is not None
    full = client.get(f"{address(at_site)}pictures/{picture.pk}/")
    thumbnail = client.get(f"{address(at_site)}pictures/{picture.pk}/thumbnail/")
    assert (full["Content-Type"], full["Cache-Control"]) == ("image/jpeg", "no-store")
    assert (thumbnail["Content-Type"], thumbnail["Cache-Control"]) == ("image/jpeg", "private, max-age=600")
    assert full["X-Content-Type-Options"] == thumbnail["X-Content-Type-Options"] == "nosniff"
    assert full.content[:2] == b"\xff\xd8"
    assert client.get(f"{address(at_site)}pictures/{uuid4()}/").status_code == 404


# --- taking and marking -----------------------------------------------------------------------------------------
def test_take_give_back_and_taken_by_another(cast: Cast, at_site: Dossier) -> None:
    assert post(cast.chen, at_site, "take").status_code == 302
    refused = post(cast.chen_two, at_site, "take")
    assert refused.status_code == 409
    assert "由 陈 处理中" in refused.content.decode()
    assert post(cast.chen_two, at_site, "give-back").status_code == 302
    assert Lease.objects.get().holder == cast.chen
    post(cast.chen, at_site, "give-back")
    assert not Lease.objects.exists()
    assert post(cast.gao, at_site, "take").status_code == 409


def test_a_mark_leads_to_the_next_picture_without_one(cast: Cast, at_site: Dossier) -> None:
    post(cast.chen, at_site, "take")
    pictures = list(at_site.pictures.order_by("kind", "position"))
    answer = post(cast.chen, at_site, "mark", kind="M01", position=1, verdict="accepted")
    assert answer["Location"] == f"{address(at_site)}?picture={pictures[1].pk}"
    assert "还有 5 张待审" in opened(cast.chen, at_site)
    for picture in pictures[1:]:
        answer = post(
            cast.chen, at_site, "mark", kind=picture.kind, position=picture.position, verdict="accepted"
        )
    assert answer["Location"] == f"{address(at_site)}?picture={pictures[-1].pk}"
    assert Mark.objects.filter(verdict="accepted", by=cast.chen).count() == 6


def test_a_replacement_keeps_reason_words_manner_and_spot(cast: Cast, at_site: Dossier) -> None:
    post(cast.chen, at_site, "take")
    post(
        cast.chen, at_site, "mark", kind="M09", position=1, verdict="replace", reason_code="seal_missing",
        text="公章在右下角。", manner="on_site", only_this="1", left=60, top=70, width=30, height=50,
    )  # fmt: skip
    mark = Mark.objects.get()
    assert (mark.text_zh, mark.manner, mark.opens_free_positions) == (
        "缺单位公章；公章在右下角。",
        "on_site",
        False,
    )
    assert mark.box == pytest.approx([0.6, 0.7, 0.3, 0.3])
    assert mark.picture is not None
    page = opened(cast.chen, at_site, f"?picture={mark.picture.pk}")
    assert 'data-box="0.6000,0.7000,0.3000,0.3000"' in page
    assert ">公章在右下角。</textarea>" in page
    post(cast.chen, at_site, "clear-mark", kind="M09", position=1)
    assert not Mark.objects.exists()


def test_a_later_round_says_otherwise_of_a_picture_accepted_before(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    post(cast.gao, dossier, "take")
    post(cast.gao, dossier, "send-back", reason="公章存疑")
    post(cast.chen, dossier, "take")
    picture = dossier.pictures.get(kind="M09")

    def accepted() -> int:
        return opened(cast.chen, dossier).count("kind__picture--accepted")

    before = accepted()
    post(cast.chen, dossier, "mark", kind="M09", position=1, verdict="replace", text="公章在右下角。")
    assert accepted() == before - 1
    assert ">公章在右下角。</textarea>" in opened(cast.chen, dossier, f"?picture={picture.pk}")
    post(cast.chen, dossier, "clear-mark", kind="M09", position=1)
    assert accepted() == before


def test_a_replacement_without_a_reason_is_asked_for_one(cast: Cast, at_site: Dossier) -> None:
    post(cast.chen, at_site, "take")
    answer = post(cast.chen, at_site, "mark", kind="M01", position=1, verdict="replace")
    assert answer.status_code == 422
    assert "请选择原因，或填写说明。" in answer.content.decode()
    assert not Mark.objects.exists()


def test_a_kind_nobody_gave_can_be_asked_for(cast: Cast, at_site: Dossier) -> None:
    post(cast.chen, at_site, "take")
    page = opened(cast.chen, at_site, "?kind=M99")
    assert "其他材料" in page
    assert "缺少此材料" in page
    answer = post(cast.chen, at_site, "mark", kind="M99", verdict="missing", text="请补充说明信。")
    assert answer.status_code == 302
    assert Mark.objects.get().verdict == "missing"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"kind": "M01", "position": 1, "verdict": "nice"}, 400),
        ({"position": 1, "verdict": "accepted"}, 400),
        ({"kind": "M01", "position": "x", "verdict": "accepted"}, 400),
        ({"kind": "M01", "position": 1, "verdict": "accepted", "revision": None}, 400),
        ({"kind": "M77", "position": 1, "verdict": "accepted"}, 404),
        ({"kind": "M01", "position": 9, "verdict": "accepted"}, 409),
        ({"kind": "M01", "position": 1, "verdict": "accepted", "revision": 0}, 409),
        ({"kind": "M01", "position": 1, "verdict": "replace", "reason_code": "blurred", "left": 140}, 400),
        ({"kind": "M99", "position": 1, "verdict": "missing", "text": "请补充。"}, 400),
    ],
)
def test_bad_marks_change_nothing(cast: Cast, at_site: Dossier, data: dict[str, Any], status: int) -> None:
    post(cast.chen, at_site, "take")
    assert post(cast.chen, at_site, "mark", **data).status_code == status
    assert not Mark.objects.exists()


def test_marking_needs_the_lease(cast: Cast, at_site: Dossier) -> None:
    assert post(cast.chen, at_site, "mark", kind="M01", position=1, verdict="accepted").status_code == 409
    assert "领取后可以标记" in opened(cast.chen, at_site)


# --- what is offered ---------------------------------------------------------------------------------------------
def test_the_offers_follow_role_lease_and_state(here: World, cast: Cast, at_site: Dossier) -> None:
    assert offered(opened(cast.chen, at_site)) == {"take"}
    assert offered(opened(cast.feng, at_site)) == set()
    assert offered(opened(cast.gao, at_site)) == set()
    dossiers.take(at_site, cast.chen)
    assert offered(opened(cast.chen, at_site)) == {"give-back"}
    assert offered(opened(cast.chen_two, at_site)) == set()
    dossiers.accept_all(at_site, cast.chen)
    assert offered(opened(cast.chen, at_site)) == {"give-back", "forward"}
    dossiers.mark(at_site, cast.chen, dossiers.replace_note())
    assert offered(opened(cast.chen, at_site)) == {"give-back", "forward", "return"}
    at_area = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    assert offered(opened(cast.gao, at_area)) == {"give-back", "send-back", "decide", "propose"}
    assert offered(opened(cast.chen, at_area)) == set()


def test_a_proposal_is_confirmed_by_another_and_withdrawn_by_oneself(here: World, cast: Cast) -> None:
    proposed = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    dossiers.take(proposed, cast.gao)
    own = opened(cast.gao, proposed)
    assert offered(own) == {"give-back", "send-back", "withdraw"}
    assert "提议人不能确认或否决自己的提议" in own
    post(cast.gao, proposed, "give-back")
    dossiers.take(proposed, cast.he)
    assert offered(opened(cast.he, proposed)) == {"give-back", "send-back", "confirm", "reject"}


def test_drawn_for_a_second_look_offers_a_proposal_of_both_verdicts() -> None:
    here = world(second_look_share=1.0)
    cast = people.cast(here)
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    page = opened(cast.gao, dossier)
    assert offered(page) == {"give-back", "send-back", "propose"}
    assert "提议通过" in page
    assert "提议不通过" in page


def test_one_stage_has_no_forwarding_and_needs_every_mark() -> None:
    here = world(stages=1)
    cast = people.cast(here)
    dossier = dossiers.register(here)
    dossiers.submit(dossiers.fill(dossier))
    dossiers.take(dossier, cast.gao)
    assert offered(opened(cast.gao, dossier)) == {"give-back"}
    assert "还有 6 张待审" in opened(cast.gao, dossier)
    dossiers.accept_all(dossier, cast.gao)
    assert offered(opened(cast.gao, dossier)) == {"give-back", "decide", "propose"}


def test_enter_returns_once_something_is_asked_for(cast: Cast, at_site: Dossier) -> None:
    def usual() -> str:
        bar = opened(cast.chen, at_site).partition('<div class="workbench__panes"')[0]
        found = re.search(r'/([a-z-]+)/[^"/]*"[^>]* aria-keyshortcuts="[^"]*Enter', bar)
        return found.group(1) if found else ""

    dossiers.take(at_site, cast.chen)
    dossiers.accept_all(at_site, cast.chen)
    assert usual() == "forward"
    dossiers.mark(at_site, cast.chen, dossiers.replace_note(text="人像面反光。"))
    assert usual() == "return"
    page = clients.of_staff(cast.chen).get(address(at_site, "forward") + "?verdict=pass").content.decode()
    assert "有 1 处标记为需更换或缺少，不会发给考生" in page
    assert "人像面反光。" in page


# --- the verbs, through their pages -------------------------------------------------------------------------------
def test_a_return_shows_what_it_sends_and_sends_it(cast: Cast, at_site: Dossier) -> None:
    dossiers.take(at_site, cast.chen)
    dossiers.accept_all(at_site, cast.chen)
    dossiers.mark(at_site, cast.chen, dossiers.replace_note(text="人像面反光，请重拍。"))
    page = clients.of_staff(cast.chen).get(address(at_site, "return")).content.decode()
    for words in (
        "身份证明 · 人像面",
        "人像面反光，请重拍。",
        "在线更换",
        "24:00",
        at_site.registration.phone,
    ):
        assert words in page
    Candidate.objects.filter(registrations=at_site.registration).update(message_phone="13700000088")
    page = clients.of_staff(cast.chen).get(address(at_site, "return")).content.decode()
    assert "13700000088" in page
    assert at_site.registration.phone not in page
    answer = post(cast.chen, at_site, "return")
    assert answer["Location"] == "/staff/queue/?tab=waiting"
    assert dossiers.again(at_site).state == State.RETURNED
    assert Message.objects.filter(template="returned").exists()
    step = Step.objects.get(dossier=at_site, action="return")
    assert step.actor == cast.chen


def test_a_return_that_asks_for_nothing_is_refused(cast: Cast, at_site: Dossier) -> None:
    dossiers.take(at_site, cast.chen)
    dossiers.accept_all(at_site, cast.chen)
    assert clients.of_staff(cast.chen).get(address(at_site, "return")).status_code == 422
    assert post(cast.chen, at_site, "return").status_code == 422
    assert dossiers.again(at_site).state == State.AT_SITE


def test_go_on_opens_the_next_one(here: World, cast: Cast, at_site: Dossier) -> None:
    other = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    dossiers.take(at_site, cast.chen)
    dossiers.accept_all(at_site, cast.chen)
    answer = post(cast.chen, at_site, "forward", verdict="pass", go_on="1")
    assert answer["Location"] == address(other)
    assert Lease.objects.get(dossier=other).holder == cast.chen


@pytest.mark.parametrize(
    ("verdict", "reason", "status"),
    [("pass", "", 302), ("fail", "试用期不足。", 302), ("fail", " ", 422), ("", "", 422), ("maybe", "", 422)],
)
def test_forward_with_a_recommendation(
    cast: Cast, at_site: Dossier, verdict: str, reason: str, status: int
) -> None:
    dossiers.take(at_site, cast.chen)
    dossiers.accept_all(at_site, cast.chen)
    page = clients.of_staff(cast.chen).get(address(at_site, "forward") + "?verdict=fail").content.decode()
    assert "建议不通过" in page
    assert post(cast.chen, at_site, "forward", verdict=verdict, reason=reason).status_code == status
    assert dossiers.again(at_site).state == (State.AT_AREA if status == 302 else State.AT_SITE)


def test_forward_with_pictures_unmarked_says_how_many(cast: Cast, at_site: Dossier) -> None:
    dossiers.take(at_site, cast.chen)
    answer = post(cast.chen, at_site, "forward", verdict="pass")
    assert answer.status_code == 422
    assert "还有 6 张图片没有标记" in answer.content.decode()


def test_the_area_sends_back_decides_proposes_confirms(here: World, cast: Cast) -> None:
    sent_back = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    assert post(cast.gao, sent_back, "send-back", reason="").status_code == 422
    post(cast.gao, sent_back, "send-back", reason="请核实试用期。")
    assert dossiers.again(sent_back).state == State.AT_SITE
    assert "请核实试用期。" in opened(cast.chen, sent_back)

    decided = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    post(cast.gao, decided, "decide", verdict="pass", reason="符合条件。")
    assert dossiers.again(decided).state == State.DECIDED
    assert "决定通过，待公布" in opened(cast.gao, decided)

    refused = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    assert post(cast.gao, refused, "decide", verdict="fail", reason="x").status_code == 422
    assert post(cast.gao, refused, "propose", verdict="fail", reason="").status_code == 422
    post(cast.gao, refused, "propose", verdict="fail", reason="试用期不足。")
    dossiers.take(refused, cast.he)
    page = clients.of_staff(cast.he).get(address(refused, "confirm")).content.decode()
    assert "试用期不足。" in page
    assert "高" in page
    post(cast.he, refused, "confirm")
    assert dossiers.again(refused).decisions.get().verdict == "fail"


def test_nobody_confirms_his_own(here: World, cast: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    dossiers.take(dossier, cast.gao)
    assert clients.of_staff(cast.gao).get(address(dossier, "confirm")).status_code == 403
    assert post(cast.gao, dossier, "confirm").status_code == 403
    assert post(cast.gao, dossier, "reject", reason="x").status_code == 403
    post(cast.gao, dossier, "withdraw")
    assert Proposal.objects.get().outcome == "withdrawn"


def test_reject_leaves_it_with_the_second_person(here: World, cast: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    dossiers.take(dossier, cast.he)
    answer = post(cast.he, dossier, "reject", reason="材料齐全。")
    assert answer["Location"] == address(dossier)
    assert Proposal.objects.get().outcome == "rejected"
    assert Lease.objects.get().holder == cast.he


def test_an_open_promise_needs_a_waiver(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    dossier.promises.create(
        kind="M99", due_on=timezone.localdate() + timedelta(days=9), note="补", at=timezone.now()
    )
    dossiers.take(dossier, cast.gao)
    assert (
        "免交理由"
        in clients.of_staff(cast.gao).get(address(dossier, "decide") + "?verdict=pass").content.decode()
    )
    refused = post(cast.gao, dossier, "decide", verdict="pass")
    assert refused.status_code == 422
    assert "免交理由" in refused.content.decode()
    post(cast.gao, dossier, "decide", verdict="pass", waiver="考区同意免交。")
    assert dossiers.again(dossier).state == State.DECIDED
    assert dossier.promises.get().waived_reason == "考区同意免交。"


def test_a_change_is_shown_with_its_difference_and_kept_or_reopened(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.DECIDED, cast=cast)
    dossiers.change_registration(dossier, here, education="college", institutions=1)
    page = opened(cast.jiang, dossier)
    assert offered(page) == {"reopen", "keep"}
    assert "报名信息已变更" in page
    row = re.search(r"<th scope=\"row\">学历</th><td>(.*?)</td><td><strong>(.*?)</strong>", page)
    assert row is not None
    assert row.groups() == ("本科", "专科")
    assert "报名信息已变更" not in opened(cast.chen, dossier)
    post(cast.jiang, dossier, "keep")
    assert offered(opened(cast.jiang, dossier)) == {"reopen"}
    assert post(cast.jiang, dossier, "reopen", reason="").status_code == 422
    post(cast.jiang, dossier, "reopen", reason="补交了新材料。")
    assert dossiers.again(dossier).state == State.AT_AREA


def test_nobody_is_asked_about_a_change_his_page_did_not_show(here: World, cast: Cast) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    client = clients.of_staff(cast.gao)

    def asks() -> str:
        page = client.get(address(dossier)).content.decode()
        link: str = re.findall(r'href="([^"]*/propose/[^"]*fail[^"]*)"', page)[0]
        return html.unescape(link)

    link = asks()
    assert client.get(link).status_code == 200
    dossiers.change_registration(dossier, here, institution_name="另一家")
    answer = client.get(link)
    assert answer.status_code == 409
    assert "内容已更新" in answer.content.decode()
    assert "请确认已核对差异" in client.get(asks()).content.decode()


def test_a_released_verdict_is_corrected_by_two_others(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=cast)
    assert "propose-correction" not in offered(opened(cast.gao, dossier))
    assert offered(opened(cast.he, dossier)) == {"propose-correction"}
    post(cast.he, dossier, "propose-correction", verdict="fail", reason="证书系伪造。")
    assert "confirm-correction" not in offered(opened(cast.he, dossier))
    assert post(cast.he, dossier, "confirm-correction").status_code == 403
    page = clients.of_staff(cast.jiang).get(address(dossier, "confirm-correction")).content.decode()
    assert "证书系伪造。" in page
    post(cast.jiang, dossier, "confirm-correction")
    assert "审核不通过" in opened(cast.chen, dossier)


def test_what_may_be_extended_stands_in_the_table_alone(
    here: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    dossier = dossiers.brought_to(here, State.RETURNED, cast=cast)
    assert "request-extension" in offered(opened(cast.feng, dossier))
    monkeypatch.delitem(ROWS, (Phase.RETURNED, Action.EXTEND))
    assert "request-extension" not in offered(opened(cast.feng, dossier))
    assert post(cast.feng, dossier, "request-extension", until=until, reason="住院").status_code == 409
    assert not dossier.extension_requests.exists()


def test_extension_requested_and_granted(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=cast)
    until = timezone.localdate() + timedelta(days=20)
    assert post(cast.jiang, dossier, "request-extension", until=until, reason="住院").status_code == 403
    assert post(cast.feng, dossier, "request-extension", until="20x", reason="住院").status_code == 422
    assert post(cast.feng, dossier, "request-extension", until="9999-12-31", reason="住院").status_code == 422
    assert post(cast.feng, dossier, "request-extension", until=until, reason="").status_code == 422
    assert post(cast.feng, dossier, "request-extension", until=until, reason="住院").status_code == 302
    asking = clients.of_staff(cast.jiang).get(address(dossier, "extend")).content.decode()
    assert f'value="{until.isoformat()}"' in asking
    assert "住院" in asking
    assert post(cast.feng, dossier, "extend", until=until, reason="住院").status_code == 403
    assert post(cast.jiang, dossier, "extend", until=until, reason="住院").status_code == 302
    deadline = dossiers.again(dossier).deadline
    assert deadline is not None
    assert timezone.localtime(deadline).isoformat() == f"{until + timedelta(days=1)}T00:00:00+08:00"
    assert dossier.extension_requests.get().granted


# --- conflicts ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["return", "forward", "mark"])
def test_an_old_page_gets_409_with_the_present_state(cast: Cast, at_site: Dossier, verb: str) -> None:
    dossiers.take(at_site, cast.chen)
    dossiers.accept_all(at_site, cast.chen)
    dossiers.mark(at_site, cast.chen, dossiers.replace_note())
    seen = dossiers.again(at_site).revision
    dossiers.forward(at_site, cast.chen)
    dossiers.take(at_site, cast.gao)
    answer = clients.of_staff(cast.chen).post(
        address(at_site, verb),
        {"revision": seen, "verdict": "accepted" if verb == "mark" else "pass", "kind": "M01", "position": 1},
    )
    assert answer.status_code == 409
    assert "已上报考区" in answer.content.decode()
    assert "高" not in main(answer)
    assert Step.objects.filter(dossier=at_site).count() == 2


def test_a_page_that_was_left_learns_whether_its_act_arrived(cast: Cast, at_site: Dossier) -> None:
    dossiers.take(at_site, cast.chen)
    revision = dossiers.again(at_site).revision

    def asked(who: User) -> Any:
        return clients.of_staff(who).get(address(at_site, "arrived"), {"revision": revision})

    before = asked(cast.chen)
    assert before.status_code == 200
    whose = f"{at_site.registration.name}（{at_site.registration.number}）"
    assert before.content.decode().startswith(f"{whose}的“{{act}}”没有发出")
    dossiers.forward(at_site, cast.chen)
    assert asked(cast.chen).status_code == 204
    # What another one did is nobody else's act; and it is no way to learn of hidden steps.
    assert asked(cast.chen_two).status_code == 200
    dossiers.decide(at_site, cast.gao)
    revision += 1
    assert asked(cast.chen).status_code == 200
    assert asked(cast.gao).status_code == 204
    assert clients.of_staff(cast.chen).get(address(at_site, "arrived")).status_code == 400


def test_get_of_an_act_that_is_not_possible_is_a_conflict(cast: Cast, at_site: Dossier) -> None:
    for verb in ("return", "decide", "confirm", "receive", "keep", "propose-correction"):
        assert clients.of_staff(cast.chen).get(address(at_site, verb)).status_code == 409, verb


# --- stepping aside ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["he", "jiang"])
def test_whoever_may_correct_may_step_aside(here: World, cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    dossier = dossiers.brought_to(here, "released", cast=cast)
    link = address(dossier, "conflict")
    assert link in opened(person, dossier)
    assert link not in opened(cast.chen, dossier)
    assert clients.of_staff(person).get(link).status_code == 200
    assert post(person, dossier, "conflict", reason="考生是我的学生").status_code == 302
    assert clients.of_staff(person).get(address(dossier)).status_code == 403


# --- secrecy towards the site --------------------------------------------------------------------------------------
def test_the_site_reads_the_same_page_whatever_the_area_did(here: World, cast: Cast) -> None:
    dossier = dossiers.promise(dossiers.register(here))
    dossiers.submit(dossiers.fill(dossier))
    dossiers.forward(dossier, cast.chen)

    def seen(who: User) -> str:
        answer = clients.of_staff(who).get(address(dossier))
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", main(answer))

    before = {who.pk: seen(who) for who in (cast.chen, cast.feng)}
    dossiers.take(dossier, cast.gao)
    dossiers.mark(dossier, cast.gao, dossiers.replace_note(text="内部意见"))
    for act in ("marked", "proposed", "decided"):
        if act == "proposed":
            dossiers.propose(dossier, cast.gao, waiver="已在学信网核实")
        if act == "decided":
            dossiers.confirm(dossier, cast.he)
        assert {who.pk: seen(who) for who in (cast.chen, cast.feng)} == before, act
    page = opened(cast.gao, dossier)
    assert "内部意见" in page
    assert "已在学信网核实" in page


# --- languages and queries -------------------------------------------------------------------------------------------
def test_the_page_speaks_english(cast: Cast, at_site: Dossier) -> None:
    client = clients.of_staff(cast.chen)
    client.cookies["kaosheng_language"] = "en"
    page = client.get(address(at_site)).content.decode()
    assert "Proof of identity" in page
    assert '<html lang="en"' in page


@pytest.mark.parametrize("extra", [1, 3, 12])
def test_as_many_queries_for_many_pictures_as_for_one(
    here: World, cast: Cast, extra: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    for _ in range(extra):
        dossiers.upload(dossier, "M99")
    dossiers.submit(dossier)
    dossiers.take(dossier, cast.chen)
    client = clients.of_staff(cast.chen)
    client.get(address(dossier))
    with django_assert_num_queries(29):
        assert client.get(address(dossier) + "?kind=M99").status_code == 200


def test_the_area_reads_what_the_site_recommended_and_passes_a_refusal_only_when_asked(
    here: World, cast: Cast
) -> None:
    refused = dossiers.brought_to(here, State.AT_AREA, cast=cast, verdict=Verdict.FAIL)
    passed = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    for dossier in (refused, passed):
        dossiers.take(dossier, cast.gao)
    html = opened(cast.gao, refused)
    assert "考点建议不通过" in html
    assert "试用期不足一年。" in html
    assert 'data-action="sending#ask" data-label="通过"' in html
    assert "考点建议通过" in opened(cast.gao, passed)
    assert 'data-action="sending#direct" data-label="通过"' in opened(cast.gao, passed)
    assert "考点建议" not in opened(cast.chen, refused)

"""What the 考点 can't find out by asking: one refusal for a dossier that lies beyond it, whatever the 考区 did."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.casework.models import Dossier
from kaosheng.domain.states import State, Verdict
from kaosheng.web.reviewer.verbs import VERBS

pytestmark = pytest.mark.django_db
AS_IF_MARKED = {"kind": "M01", "position": 1, "verdict": "accepted", "text": "样本"}
AS_IF_TYPED = {"verdict": "pass", "reason": "理由", "until": "2027-12-31", "waiver": "已核实"}
SCRIPT = {"X-Workbench": "1"}
HIS_OWN = frozenset({"conflict"})
"""To step aside is everybody's own at any time; it is answered alike in every phase."""
MARKING = ("take", "mark", "accept-rest", "clear-mark", "note", "end-hold")


def refusals(client: Client, dossier: Dossier, verb: str) -> set[tuple[int, str]]:
    """The answers to every way of asking for an act: its page, and its form on an old page, today's and a guessed one."""
    there = f"/staff/dossiers/{dossier.pk}/{verb}/"
    revision = dossiers.again(dossier).revision
    given = AS_IF_TYPED if verb in VERBS else AS_IF_MARKED
    got = [client.get(there, {"verdict": "pass"}, headers=SCRIPT)] if verb in VERBS else []
    got += [
        client.post(there, {**given, "revision": seen}, headers=SCRIPT)
        for seen in (1, revision, revision + 1)
    ]
    return {(answer.status_code, unquote(answer.headers["X-Refusal"])) for answer in got}


def plain(answer: Any) -> str:
    """The page without the dossier's own address and tokens."""
    assert answer.status_code == HTTPStatus.CONFLICT
    return re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Za-z]{64}", "", answer.content.decode())


@pytest.mark.parametrize("who", ["chen", "feng"])
def test_beyond_the_site_every_act_is_refused_in_the_same_words(here: World, cast: Cast, who: str) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    client = clients.of_staff(getattr(cast, who))
    answers: set[tuple[int, str]] = set()
    pages: set[str] = set()
    for phase in ("waiting", "proposed", "decided"):
        if phase == "proposed":
            dossiers.propose(dossier, cast.gao)
        if phase == "decided":
            dossiers.confirm(dossier, cast.he)
        for verb in (*VERBS.keys() - HIS_OWN, *(MARKING if who == "chen" else ())):
            answers |= refusals(client, dossier, verb)
        pages.add(plain(client.post(f"/staff/dossiers/{dossier.pk}/confirm/", AS_IF_TYPED | {"revision": 1})))
    assert answers == {(409, "这份材料现在不在您的审核阶段，请返回查看最新状态。")}
    assert len(pages) == 1
    assert "已上报考区" in pages.pop()


def test_after_the_release_it_cant_count_the_steps_of_a_correction(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=cast)
    client = clients.of_staff(cast.chen)
    before = {verb: refusals(client, dossier, verb) for verb in ("confirm-correction", "reopen")}
    posted = clients.of_staff(cast.he).post(
        f"/staff/dossiers/{dossier.pk}/propose-correction/",
        {
            "revision": dossiers.again(dossier).revision,
            "verdict": Verdict.FAIL.value,
            "reason": "证书系伪造。",
        },
    )
    assert posted.status_code == 302
    after = {verb: refusals(client, dossier, verb) for verb in before}
    assert before == after
    assert len({answer for found in after.values() for answer in found}) == 1

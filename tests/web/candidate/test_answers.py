"""暂时无法提供, 无法提供, 无法更换, and submitting."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from factories import World, clients, dossiers
from factories.people import Cast
from factories.world import COMMITMENT
from kaosheng.casework.models import Dossier, Explanation, Promise, Submission
from kaosheng.casework.services.submitting import picture_list_digest
from kaosheng.domain.states import State

NEXT_WEEK = (date.today() + timedelta(days=7)).isoformat()  # noqa: DTZ011 - a form holds a day, not an instant


@pytest.fixture
def dossier(places: World) -> Dossier:
    return dossiers.register(places)


@pytest.fixture
def ai(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


def of(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


# --- promises and explanations ------------------------------------------------------------------------------
def test_a_promise_is_offered_made_shown_and_taken_back(ai: Client, dossier: Dossier) -> None:
    address = f"/dossiers/{dossier.pk}/kinds/M03/promise/"
    assert address in ai.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert ai.post(address, {"due_on": NEXT_WEEK, "note": "学校补办中"}).status_code == 302
    html = ai.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert "学校补办中" in html
    assert "还有 4 种材料需要上传" in html
    assert ai.post(address, {"withdraw": "1"}).status_code == 302
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due_on": "", "note": ""}, "请填写预计提供日期。"),
        ({"due_on": "明天", "note": "x"}, "请写成 2027-01-31"),
        ({"due_on": "2020-01-01", "note": "x"}, "2020-01-01 不晚于今天"),
        ({"due_on": NEXT_WEEK, "note": "长" * 201}, "不超过 200 字"),
    ],
)
def test_a_promise_that_can_not_be_taken_says_why_at_the_field(
    ai: Client, dossier: Dossier, fields: dict[str, str], words: str
) -> None:
    answer = ai.post(f"/dossiers/{dossier.pk}/kinds/M03/promise/", fields)
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2  # on top and at the field
    assert "HX-Retarget" in answer.headers
    assert not Promise.objects.exists()


def test_a_kind_that_may_not_be_promised_says_so(ai: Client, dossier: Dossier) -> None:
    fields = {"due_on": NEXT_WEEK, "note": "x"}
    answer = ai.post(f"/dossiers/{dossier.pk}/kinds/M01/promise/", fields)
    assert answer.status_code == 422
    assert "请上传图片" in answer.content.decode()


def test_a_missing_kind_can_be_explained(ai: Client, dossier: Dossier) -> None:
    address = f"/dossiers/{dossier.pk}/kinds/M04/explain/"
    assert ai.post(address, {"reason": ""}).status_code == 422
    assert ai.post(address, {"reason": "学校不颁发学位证书"}).status_code == 302
    assert "学校不颁发学位证书" in ai.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert ai.post(address, {"withdraw": "1"}).status_code == 302
    assert not Explanation.objects.exists()


def test_an_asked_place_can_be_answered_without_a_picture(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    client = of(dossier)
    address = f"/dossiers/{dossier.pk}/kinds/M01/explain/"
    assert "无法更换：身份证明（人像面）" in client.get(f"{address}?position=1").content.decode()
    assert client.post(f"{address}?position=1", {"reason": "证件正在换发"}).status_code == 302
    html = client.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert "证件正在换发" in html
    assert "要求的内容已处理，请重新提交" in html
    assert client.post(f"{address}?position=2", {"reason": "x"}).status_code == 409
    for nowhere in ("77", "1" * 5000, "x"):
        assert client.get(f"{address}?position={nowhere}").status_code == 400


def test_scripts_get_the_card_after_an_explanation(ai: Client, dossier: Dossier) -> None:
    answer = ai.post(
        f"/dossiers/{dossier.pk}/kinds/M04/explain/", {"reason": "无"}, headers={"HX-Request": "true"}
    )
    assert answer.content.decode().lstrip().startswith('<section class="material')
    assert answer.headers["HX-Trigger-After-Swap"] == (
        r'{"said": {"sentence": "\u5df2\u4fdd\u5b58\u60a8\u7684\u8bf4\u660e\uff0c'
        r'\u5ba1\u6838\u4eba\u5458\u4f1a\u770b\u5230\u3002"}}'
    )


@pytest.mark.parametrize("path", ["kinds/M04/explain/", "kinds/M03/promise/", "pictures/{picture}/delete/"])
def test_scripts_send_a_form_that_stands_beside_its_card_and_no_other(
    ai: Client, dossier: Dossier, path: str
) -> None:
    address = f"/dossiers/{dossier.pk}/" + path.format(picture=dossiers.upload(dossier, "M01").pk)
    assert "hx-post" in ai.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-post" not in ai.get(address).content.decode()


# --- submitting ---------------------------------------------------------------------------------------------
def hand_in(client: Client, dossier: Dossier, **changes: str) -> Any:
    fields = {
        "list": picture_list_digest(dossier.pictures.filter(hidden_at=None)),
        "commitment_version": COMMITMENT,
        "commitment": "on",
        **changes,
    }
    return client.post(
        f"/dossiers/{dossier.pk}/submit/", {name: value for name, value in fields.items() if value}
    )


def test_the_check_page_names_what_is_missing_and_offers_no_submit(ai: Client, dossier: Dossier) -> None:
    html = ai.get(f"/dossiers/{dossier.pk}/check/").content.decode()
    assert "还有必需材料没有上传" in html
    assert f"/dossiers/{dossier.pk}/#material-M09" in html
    assert 'name="commitment"' not in html


def test_the_check_page_shows_the_commitment_when_complete(ai: Client, dossier: Dossier) -> None:
    dossiers.fill(dossier)
    html = ai.get(f"/dossiers/{dossier.pk}/check/").content.decode()
    assert "我承诺材料真实。" in html
    assert "共 6 张图片" in html


def test_submitting_leads_to_the_receipt_and_a_second_click_to_the_same(ai: Client, dossier: Dossier) -> None:
    dossiers.fill(dossier)
    first, second = hand_in(ai, dossier), hand_in(ai, dossier)
    assert first.headers["Location"] == second.headers["Location"] == f"/dossiers/{dossier.pk}/submissions/1/"
    submission = Submission.objects.get()
    html = ai.get(first.headers["Location"]).content.decode()
    assert "上报完成，内容已锁定" in html
    assert submission.number in html
    assert html.count("proofs__line") == 6
    line = submission.lines.first()
    assert line is not None
    assert line.stored_digest.removeprefix("sha256:") in html
    assert "您现在不需要做任何事" in html


def test_without_the_tick_the_check_page_comes_back_with_the_sentence(ai: Client, dossier: Dossier) -> None:
    dossiers.fill(dossier)
    answer = hand_in(ai, dossier, commitment="")
    assert answer.status_code == 422
    assert answer.content.decode().count("请先阅读并勾选真实性承诺") == 2
    assert dossiers.again(dossier).state == State.DRAFT


def test_an_old_list_is_not_submitted(ai: Client, dossier: Dossier) -> None:
    dossiers.fill(dossier)
    old = picture_list_digest(dossier.pictures.all())
    dossiers.upload(dossier, "M99")
    answer = hand_in(ai, dossier, list=old)
    assert answer.status_code == 409
    assert "核对之后图片又有变化" in answer.content.decode()
    assert not Submission.objects.exists()


def test_an_incomplete_dossier_is_not_submitted_by_hand_made_forms(ai: Client, dossier: Dossier) -> None:
    answer = hand_in(ai, dossier)
    assert answer.status_code == 422
    assert "还有 5 种必需材料未上传" in answer.content.decode()


def test_after_submitting_the_check_page_leads_back(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    answer = of(dossier).get(f"/dossiers/{dossier.pk}/check/")
    assert answer.headers["Location"] == f"/dossiers/{dossier.pk}/"


def test_an_earlier_receipt_stays_a_receipt(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    html = of(dossier).get(f"/dossiers/{dossier.pk}/submissions/1/").content.decode()
    assert "提交回执" in html
    assert "上报完成，内容已锁定" not in html
    assert of(dossier).get(f"/dossiers/{dossier.pk}/submissions/2/").status_code == 404


def test_replace_and_submit_again(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    client = of(dossier)
    assert hand_in(client, dossier).status_code == 422
    dossiers.replace(dossier)
    assert "重新提交前核对" in client.get(f"/dossiers/{dossier.pk}/check/").content.decode()
    assert hand_in(client, dossier).headers["Location"].endswith("/submissions/2/")
    assert dossiers.again(dossier).state == State.AT_SITE
    again = client.get(f"/dossiers/{dossier.pk}/submissions/2/").content.decode()
    assert "已重新提交，内容已锁定" in again
    assert "上报完成" not in again


def test_the_receipt_page_takes_the_same_queries_for_one_and_many_pictures(places: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (0, 5):
        dossier = dossiers.fill(dossiers.register(places))
        for _ in range(more):
            dossiers.upload(dossier, "M99")
        dossiers.submit(dossier)
        client = of(dossier)
        client.get(f"/dossiers/{dossier.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/dossiers/{dossier.pk}/submissions/1/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6

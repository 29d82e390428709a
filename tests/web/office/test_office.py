"""Managers and 三员: progress, closing, counter, extensions, release, accounts, roles, audit."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from factories import clients, dossiers, people, pictures
from factories.people import Cast
from factories.refusals import refused
from factories.world import World, close_window
from kaosheng.accounts.models import Grant, User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier, LateCase, Picture, SiteReview
from kaosheng.casework.services import counter, submitting
from kaosheng.casework.services import pictures as picture_services
from kaosheng.casework.services.submitting import picture_list_digest
from kaosheng.domain.places import Manner
from kaosheng.domain.states import State, Verdict
from kaosheng.notices.models import Message

pytestmark = pytest.mark.django_db

PAGES = {
    "/office/": {"feng", "jiang"},
    "/office/counter/": {"feng"},
    "/office/extensions/": {"feng", "jiang"},
    "/office/releases/": {"jiang"},
    "/office/releases/{intake}/": {"jiang"},
    "/office/intakes/{intake}/sites/{site}/": {"feng", "jiang"},
    "/office/accounts/": {"system_admin"},
    "/office/roles/": {"security_admin"},
    "/office/roles/{user}/": {"security_admin"},
    "/office/audit/": {"auditor"},
}
EVERYBODY = (
    "chen", "chen_two", "deng", "feng", "gao", "he", "jiang", "kong", "system_admin", "security_admin", "auditor",
)  # fmt: skip


def text(user: User, address: str) -> str:
    answer = clients.of_staff(user).get(address, follow=True)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


@pytest.mark.parametrize("where", PAGES)
def test_who_opens_which_page(here: World, cast: Cast, where: str) -> None:
    address = where.format(intake=here.intake.pk, site=here.site.pk, user=cast.chen.pk)
    opened = set()
    for who in EVERYBODY:
        status = clients.of_staff(getattr(cast, who)).get(address, follow=True).status_code
        assert status in {200, 404}, who
        if status == 200:
            opened.add(who)
    assert opened == PAGES[where]
    assert clients.anonymous().get(address).status_code == 302


def test_a_manager_opens_no_other_place(here: World, cast: Cast) -> None:
    feng, jiang = clients.of_staff(cast.feng), clients.of_staff(cast.jiang)
    assert feng.get(f"/office/intakes/{here.intake.pk}/sites/{here.other_site.pk}/").status_code == 404
    assert jiang.get(f"/office/intakes/{here.intake.pk}/sites/{here.other_site.pk}/").status_code == 200
    assert (
        jiang.get(f"/office/intakes/{here.foreign_intake.pk}/sites/{here.foreign_site.pk}/").status_code
        == 404
    )
    assert jiang.get(f"/office/intakes/{here.foreign_intake.pk}/sites/{here.site.pk}/").status_code == 404
    assert jiang.get(f"/office/releases/{here.foreign_intake.pk}/").status_code == 404
    assert (
        jiang.post(f"/office/releases/{here.foreign_intake.pk}/publish/", {"counted": 0}).status_code == 404
    )


# --- progress and closing ----------------------------------------------------------------------------------------
def test_progress_counts_by_site_and_hides_decisions_from_the_site(here: World, cast: Cast) -> None:
    for state in (State.DRAFT, State.AT_SITE, State.RETURNED, State.AT_AREA, State.DECIDED):
        dossiers.brought_to(here, state, cast=cast)
    of_area = clients.of_staff(cast.jiang).get("/office/").context["intakes"][0]
    assert of_area["parts"][0]["counts"] == {
        "draft": 1, "at_site": 1, "returned": 1, "at_area": 1, "decided": 1, "released": 0,
    }  # fmt: skip
    assert [part["name"] for part in of_area["parts"]] == ["石家庄考点", "唐山考点"]
    of_site = clients.of_staff(cast.feng).get("/office/").context["intakes"][0]
    assert [part["name"] for part in of_site["parts"]] == ["石家庄考点"]
    assert of_site["parts"][0]["counts"] == {
        "draft": 1,
        "at_site": 1,
        "returned": 1,
        "at_area": 2,
        "released": 0,
    }
    assert (of_site["bars"][0].done, of_site["bars"][0].total) == (2, 4)


@pytest.mark.parametrize("count", [1, 3])
def test_progress_asks_the_same_for_three_as_for_one(
    here: World, cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client = clients.of_staff(cast.jiang)
    client.get("/office/")
    with django_assert_num_queries(8):
        client.get("/office/")


def site_page(here: World, verb: str = "") -> str:
    return f"/office/intakes/{here.intake.pk}/sites/{here.site.pk}/" + (f"{verb}/" if verb else "")


def test_closing_names_what_blocks_and_then_closes(here: World, cast: Cast) -> None:
    feng = clients.of_staff(cast.feng)
    assert feng.post(site_page(here, "close"), {"counted": 0}).status_code == 409
    waits = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    close_window(here.intake)
    refused = feng.post(site_page(here, "close"), {"counted": 0})
    assert refused.status_code == 409
    assert "还有 1 份材料未处理完，不能结束考点审核" in refused.content.decode()
    assert waits.registration.number in refused.content.decode()
    dossiers.forward(waits, cast.chen)
    assert "结束后有 1 名考生看到“考点通过”" in text(cast.feng, site_page(here))
    for typed in ({}, {"counted": 2}):
        assert feng.post(site_page(here, "close"), typed).status_code == 422
    assert feng.post(site_page(here, "close"), {"counted": 1}).status_code == 302
    assert SiteReview.objects.get().closed_by == cast.feng
    assert feng.post(site_page(here, "close"), {"counted": 1}).status_code == 409
    assert "由 冯 结束" in text(cast.feng, site_page(here))
    assert clients.of_staff(cast.jiang).post(site_page(here, "reopen")).status_code == 302
    assert feng.post(site_page(here, "reopen")).status_code == 409
    assert "重新开放" in text(cast.feng, site_page(here))


@pytest.mark.parametrize("who", ["chen", "gao", "kong", "deng", "auditor"])
def test_others_close_nothing(here: World, cast: Cast, who: str) -> None:
    close_window(here.intake)
    assert clients.of_staff(getattr(cast, who)).post(site_page(here, "close")).status_code == 404
    assert not SiteReview.objects.exists()


# --- the counter -------------------------------------------------------------------------------------------------
@pytest.fixture
def expected(here: World, cast: Cast) -> Dossier:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    dossiers.return_(
        dossier, cast.chen, dossiers.replace_note("M09", 1, text="请带原件。", manner=Manner.ON_SITE)
    )
    return dossiers.again(dossier)


HELP = {"reason": "视力或行动不便", "note": "", "present": "on"}


def helping(user: User, dossier: Dossier, **changes: str) -> Client:
    client = clients.of_staff(user)
    client.post(f"/office/counter/{dossier.pk}/help/", {**HELP, **changes})
    return client


def send(
    client: Client, dossier: Dossier, data: bytes, kind: str = "M09", position: int = 1, *, key: str = "k1"
) -> Any:
    address = f"/office/counter/{dossier.pk}/kinds/{kind}/upload/?position={position}"
    return client.post(address, {"key": key, "picture": SimpleUploadedFile("x.jpg", data)})


def test_the_counter_lists_and_shows_what_is_asked_there(here: World, cast: Cast, expected: Dossier) -> None:
    online = dossiers.brought_to(here, State.RETURNED, cast=cast)
    page = text(cast.feng, "/office/counter/")
    assert expected.registration.number in page
    assert online.registration.number not in page
    assert expected.registration.id_number not in page
    assert "没有找到符合的考生" in text(cast.feng, "/office/counter/?q=nobody")
    assert online.registration.number in text(cast.feng, f"/office/counter/?q={online.registration.number}")
    shown = text(cast.feng, f"/office/counter/{expected.pk}/")
    assert "请带原件。" in shown
    assert "现场提交" in shown
    assert "现场收到" in shown
    assert "现场收到" not in text(cast.feng, f"/office/counter/{online.pk}/")


def test_only_the_newest_return_brings_a_dossier_to_the_counter(cast: Cast, expected: Dossier) -> None:
    counter.receive(
        dossier_id=expected.pk,
        actor=people.actor(cast.feng),
        seen_revision=expected.revision,
        reason="原件已核验。",
    )
    dossiers.return_(expected, cast.chen, dossiers.replace_note("M01", 1))
    assert dossiers.again(expected).state == State.RETURNED
    assert expected.registration.number not in text(cast.feng, "/office/counter/")


def test_a_picture_at_the_counter_replaces_and_is_recorded(cast: Cast, expected: Dossier) -> None:
    before = Picture.objects.get(dossier=expected, kind="M09", hidden_at=None)
    feng = helping(cast.feng, expected, reason="其他原因", note="手机损坏")
    assert (
        "这个位置已有图片"
        in feng.get(f"/office/counter/{expected.pk}/kinds/M09/upload/?position=1").content.decode()
    )
    assert send(feng, expected, pictures.jpeg(1)).status_code == 302
    now = Picture.objects.get(dossier=expected, kind="M09", hidden_at=None)
    assert (now.added_by_staff, now.position) == (cast.feng, 1)
    before.refresh_from_db()
    assert before.hidden_at is not None
    assert send(feng, expected, pictures.jpeg(1)).status_code == 302
    assert Picture.objects.filter(dossier=expected, kind="M09", hidden_at=None).get() == now
    events = AuditEvent.objects.filter(object=str(expected.pk)).order_by("-pk")[:2]
    assert [(event.name, event.actor, event.details.get("reason")) for event in events] == [
        ("picture:added", str(cast.feng.pk), "其他原因：手机损坏"),
        ("picture:deleted", str(cast.feng.pk), None),
    ]


def test_a_draft_is_filled_at_the_counter_and_submitted_by_nobody_but_its_owner(
    here: World, cast: Cast
) -> None:
    draft = dossiers.register(here)
    feng = helping(cast.feng, draft)
    page = feng.get(f"/office/counter/{draft.pk}/").content.decode()
    assert "视力或行动不便" in page
    assert "人像面" in page
    assert "现场收到" not in page
    assert send(feng, draft, pictures.jpeg(1), "M01", 1).status_code == 302
    assert send(feng, draft, pictures.jpeg(2), "M01", 2, key="k2").status_code == 302
    dossiers.fill(draft)
    with refused("not_your_role"):
        submitting.submit(
            dossier_id=draft.pk,
            actor=people.actor(cast.feng),
            seen_list=picture_list_digest(draft.pictures.all()),
            commitment="test-1",
        )
    assert feng.post(f"/dossiers/{draft.pk}/submit/").status_code == 403
    assert dossiers.again(draft).state == State.DRAFT
    assert dossiers.submit(draft).ordinal == 1


def test_the_candidate_is_told_once_a_day_in_his_language_and_sees_it_on_the_page(
    here: World, cast: Cast
) -> None:
    draft = dossiers.register(here)
    feng = helping(cast.feng, draft)
    for position in (1, 2):
        send(feng, draft, pictures.jpeg(position), "M01", position, key=f"k{position}")
    told = Message.objects.get(template="counter_upload", about=f"dossier:{draft.pk}")
    assert {notice.recipient for notice in told.notices.all()} >= {draft.registration.phone}
    assert "考点工作人员已为您的" in told.text
    assert "由您本人提交" in told.text
    assert "人像面" not in told.text
    own = clients.of_candidate(dossiers.candidate_of(draft)).get(f"/dossiers/{draft.pk}/")
    assert own.content.decode().count("考点代您上传") == 2


def test_without_a_reason_and_the_person_nothing_is_taken(cast: Cast, expected: Dossier) -> None:
    feng = clients.of_staff(cast.feng)
    address = f"/office/counter/{expected.pk}/help/"
    for given, said in (
        ({"note": "", "present": "on"}, "请选择原因。"),
        ({**HELP, "reason": "其他原因"}, "请写明原因。"),
        ({"reason": HELP["reason"], "note": ""}, "不能代为上传"),
    ):
        answer = feng.post(address, given)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert feng.get(f"/office/counter/{expected.pk}/kinds/M09/upload/").status_code == 302
    assert send(feng, expected, pictures.jpeg(1)).status_code == 422
    assert not Picture.objects.filter(added_by_staff=cast.feng).exists()
    assert not Message.objects.filter(template="counter_upload").exists()


def test_the_reason_given_for_one_person_does_not_serve_the_next(
    here: World, cast: Cast, expected: Dossier
) -> None:
    draft = dossiers.register(here)
    feng = helping(cast.feng, draft)
    assert send(feng, expected, pictures.jpeg(1)).status_code == 422
    assert not Picture.objects.filter(added_by_staff=cast.feng).exists()


def test_staff_delete_nothing(cast: Cast, expected: Dossier) -> None:
    picture = expected.pictures.get(kind="M09", hidden_at=None)
    with refused("not_your_role"):
        picture_services.delete_picture(
            dossier_id=expected.pk, picture_id=picture.pk, actor=people.actor(cast.feng)
        )


def test_what_is_locked_is_locked_at_the_counter_too(here: World, cast: Cast) -> None:
    submitted = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    feng = helping(cast.feng, submitted)
    assert feng.get(f"/office/counter/{submitted.pk}/").status_code == 409
    assert send(feng, submitted, pictures.jpeg(1), "M01", 1).status_code == 409
    number = submitted.registration.number
    assert "没有找到符合的考生" in text(cast.feng, f"/office/counter/?q={number}")


def test_a_bad_picture_does_not_cost_the_one_that_stands_there(cast: Cast, expected: Dossier) -> None:
    before = Picture.objects.get(dossier=expected, kind="M09", hidden_at=None)
    feng = helping(cast.feng, expected)
    assert send(feng, expected, b"not a picture").status_code == 415
    assert feng.post(f"/office/counter/{expected.pk}/kinds/M09/upload/").status_code == 422
    assert Picture.objects.get(dossier=expected, kind="M09", hidden_at=None) == before


@pytest.mark.parametrize(("kind", "position", "status"), [("M01", 1, 409), ("M09", 9, 422), ("M77", 1, 404)])
def test_other_places_stay_closed_at_the_counter(
    cast: Cast, expected: Dossier, kind: str, position: int, status: int
) -> None:
    count = Picture.objects.filter(hidden_at=None).count()
    feng = helping(cast.feng, expected)
    assert send(feng, expected, pictures.jpeg(2), kind, position).status_code == status
    assert Picture.objects.filter(hidden_at=None).count() == count


@pytest.mark.parametrize("who", ["chen", "deng", "gao", "jiang", "auditor"])
def test_nobody_else_stands_at_the_counter(cast: Cast, expected: Dossier, who: str) -> None:
    stranger = clients.of_staff(getattr(cast, who))
    assert stranger.post(f"/office/counter/{expected.pk}/help/", HELP).status_code == 404
    assert stranger.get(f"/office/counter/{expected.pk}/").status_code == 404
    assert send(stranger, expected, pictures.jpeg(3)).status_code == 404


def test_receiving_needs_a_reason_and_sends_it_on(cast: Cast, expected: Dossier) -> None:
    address = f"/staff/dossiers/{expected.pk}/receive/"
    feng = clients.of_staff(cast.feng)
    assert feng.post(address, {"revision": expected.revision, "reason": ""}).status_code == 422
    assert feng.post(address, {"revision": expected.revision - 1, "reason": "已到"}).status_code == 409
    assert feng.post(address, {"revision": expected.revision, "reason": "原件已核验。"}).status_code == 302
    assert dossiers.again(expected).state == State.AT_SITE
    assert "原件已核验。" in text(cast.chen, f"/staff/dossiers/{expected.pk}/")


# --- extensions --------------------------------------------------------------------------------------------------
def test_requests_are_listed_and_refused(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=cast)
    until = timezone.now() + timedelta(days=30)
    counter.request_extension(
        dossier_id=dossier.pk, actor=people.actor(cast.feng), until=until, reason="住院治疗"
    )
    page = text(cast.jiang, "/office/extensions/")
    assert "住院治疗" in page
    assert f"/staff/dossiers/{dossier.pk}/extend/" in page
    own = text(cast.feng, "/office/extensions/")
    assert "等待答复" in own
    assert "extend/" not in own
    refuse = f"/office/extensions/{dossier.pk}/refuse/"
    assert clients.of_staff(cast.feng).post(refuse).status_code == 404
    assert clients.of_staff(cast.jiang).post(refuse).status_code == 302
    request = dossier.extension_requests.get()
    assert (request.granted, request.answered_by) == (False, cast.jiang)
    assert "不同意" in text(cast.feng, "/office/extensions/")
    later = dossiers.brought_to(here, State.RETURNED, cast=cast)
    counter.request_extension(dossier_id=later.pk, actor=people.actor(cast.feng), until=until, reason="出差")
    rows = clients.of_staff(cast.jiang).get("/office/extensions/").context["rows"]
    assert [line["row"].dossier_id for line in rows] == [later.pk, dossier.pk]
    assert AuditEvent.objects.filter(name="extension:refused", object=str(dossier.pk)).count() == 1


# --- release -----------------------------------------------------------------------------------------------------
def test_release_from_blockers_to_publishing(here: World, cast: Cast) -> None:
    passed = dossiers.brought_to(here, State.DECIDED, cast=cast)
    failed = dossiers.brought_to(here, State.DECIDED, cast=cast, verdict=Verdict.FAIL)
    late = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    page = f"/office/releases/{here.intake.pk}/"
    jiang = clients.of_staff(cast.jiang)

    blocked = jiang.post(f"{page}prepare/")
    assert blocked.status_code == 409
    assert late.registration.number in blocked.content.decode()
    assert jiang.post(f"{page}publish/", {"counted": 2}).status_code == 409
    assert jiang.post(f"{page}prepare/", {"late-x": "?"}).status_code == 400
    assert jiang.post(f"{page}prepare/", {f"late-{late.pk}": "仍在审核"}).status_code == 302

    prepared = jiang.get(page)
    assert [(str(words), count) for words, count in prepared.context["preview"]] == [
        ("通过", 1),
        ("不通过", 1),
    ]
    assert "仍在审核" in prepared.content.decode()
    for wrong in ({"counted": 3}, {"counted": "x"}, {}):
        assert jiang.post(f"{page}publish/", wrong).status_code == 422
    assert dossiers.again(passed).release is not None
    assert dossiers.again(passed).release.published_at is None  # type: ignore[union-attr]
    assert jiang.post(f"{page}publish/", {"counted": 2}).status_code == 302
    for dossier in (passed, failed):
        assert dossiers.again(dossier).release.published_at is not None  # type: ignore[union-attr]
    assert dossiers.again(late).release is None
    assert "第 1 批" in text(cast.jiang, page)
    assert jiang.post(f"{page}publish/", {"counted": 2}).status_code == 409


def test_one_reason_names_all_the_late_cases_without_one_of_their_own(here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    own, rest = (dossiers.brought_to(here, State.AT_SITE, cast=cast) for _ in range(2))
    typed = {f"late-{own.pk}": "等待学历认证", "late_rest": "仍在审核"}
    assert (
        clients.of_staff(cast.jiang).post(f"/office/releases/{here.intake.pk}/prepare/", typed).status_code
        == 302
    )
    reasons = dict(LateCase.objects.values_list("dossier_id", "reason"))
    assert reasons == {own.pk: "等待学历认证", rest.pk: "仍在审核"}


def test_what_other_pages_named_stays_when_one_is_prepared_again(
    here: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaosheng.web.office.views.releases.PER_PAGE", 2)
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    first, second, third = (dossiers.brought_to(here, State.AT_SITE, cast=cast) for _ in range(3))
    jiang, page = clients.of_staff(cast.jiang), f"/office/releases/{here.intake.pk}/"
    given = {f"late-{first.pk}": "等待学历认证", f"late-{second.pk}": "", "late_rest": "仍在审核"}
    assert jiang.post(f"{page}prepare/", given).status_code == 302
    answer = jiang.get(f"{page}?page=2")
    assert [line["reason"] for line in answer.context["blockers"]] == ["仍在审核"]
    assert f'action="{page}prepare/?page=2"' in answer.content.decode()
    answer = jiang.post(f"{page}prepare/?page=2", {f"late-{third.pk}": "等待公章"})
    assert answer.headers["Location"] == f"{page}?page=2"
    reasons = dict(LateCase.objects.values_list("dossier_id", "reason"))
    assert reasons == {first.pk: "等待学历认证", second.pk: "仍在审核", third.pk: "等待公章"}
    # A line that was emptied on its own page stops the release again; who is decided meanwhile is no late case.
    refused = jiang.post(f"{page}prepare/?page=2", {f"late-{third.pk}": ""})
    assert refused.status_code == 409
    assert f'href="{page}?page=1"' in refused.content.decode()
    dossiers.decide(dossiers.forward(second, cast.chen), cast.gao)
    assert jiang.post(f"{page}prepare/?page=2", {f"late-{third.pk}": "等待公章"}).status_code == 302
    assert set(LateCase.objects.values_list("dossier_id", flat=True)) == {first.pk, third.pk}


def test_only_what_stops_this_release_is_a_late_case(here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    late, decided = (dossiers.brought_to(here, state, cast=cast) for state in (State.AT_SITE, State.DECIDED))
    foreign = dossiers.register(here, site=here.foreign_site)
    jiang = clients.of_staff(cast.jiang)
    for other in (uuid4(), foreign.pk, decided.pk):
        typed = {f"late-{late.pk}": "等待学历认证", f"late-{other}": "仍在审核"}
        answer = jiang.post(f"/office/releases/{here.intake.pk}/prepare/", typed)
        assert answer.status_code == 422
        assert "有 1 份不属于本批或已处理完" in answer.content.decode()
        assert "等待学历认证" in answer.content.decode()
    assert not LateCase.objects.exists()


@pytest.mark.parametrize("who", ["gao", "feng", "chen", "auditor", "kong"])
def test_nobody_else_releases(here: World, cast: Cast, who: str) -> None:
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    client = clients.of_staff(getattr(cast, who))
    assert client.post(f"/office/releases/{here.intake.pk}/prepare/").status_code == 404
    assert client.post(f"/office/releases/{here.intake.pk}/publish/", {"counted": 1}).status_code == 404


def test_pending_corrections_are_listed(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=cast)
    clients.of_staff(cast.he).post(
        f"/staff/dossiers/{dossier.pk}/propose-correction/",
        {"revision": dossier.revision, "verdict": "fail", "reason": "证书系伪造。"},
    )
    page = text(cast.jiang, f"/office/releases/{here.intake.pk}/")
    assert f"/staff/dossiers/{dossier.pk}/" in page


# --- accounts and roles ------------------------------------------------------------------------------------------
def test_an_account_is_created_with_a_password_shown_once(cast: Cast) -> None:
    admin = clients.of_staff(cast.system_admin)
    answer = admin.post("/office/accounts/new/", {"username": "li", "name": "李样本"})
    shown = re.search(r"<strong>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</strong>", answer.content.decode())
    assert shown is not None
    assert User.objects.get(username="li").check_password(shown.group(1))
    assert "no-store" in answer["Cache-Control"]
    assert shown.group(1) not in text(cast.system_admin, "/office/accounts/")
    assert admin.post("/office/accounts/new/", {"username": "LI", "name": "x"}).status_code == 422
    assert admin.post("/office/accounts/new/", {"username": "", "name": ""}).status_code == 422


def test_disable_enable_reset(cast: Cast) -> None:
    admin = clients.of_staff(cast.system_admin)
    assert admin.post(f"/office/accounts/{cast.chen.pk}/disable/").status_code == 302
    assert not User.objects.get(pk=cast.chen.pk).is_active
    assert admin.post(f"/office/accounts/{cast.chen.pk}/enable/").status_code == 302
    assert admin.post(f"/office/accounts/{cast.chen.pk}/reset/").status_code == 200
    assert not User.objects.get(pk=cast.chen.pk).check_password(people.PASSWORD)
    assert admin.post(f"/office/accounts/{cast.system_admin.pk}/disable/").status_code == 403
    assert admin.post(f"/office/accounts/{cast.chen.pk}/erase/").status_code == 404
    assert admin.post("/office/accounts/999999/disable/").status_code == 404
    assert admin.get(f"/office/accounts/{cast.chen.pk}/disable/").status_code == 405


def test_roles_are_granted_and_withdrawn(here: World, cast: Cast) -> None:
    li = User.objects.create_user(username="li", password="x", name="李")
    admin = clients.of_staff(cast.security_admin)
    grant = f"/office/roles/{li.pk}/grant/"
    assert admin.post(grant, {"role": "site_reviewer"}).status_code == 422
    assert admin.post(grant, {"role": "root"}).status_code == 422
    assert admin.post(grant, {"role": "site_reviewer", "site": here.site.pk}).status_code == 302
    assert admin.post(grant, {"role": "site_reviewer", "site": here.site.pk}).status_code == 409
    separated = admin.post(grant, {"role": "auditor"})
    assert separated.status_code == 422
    assert "须由三人分别担任" in separated.content.decode()
    assert "石家庄考点审核员" in text(cast.security_admin, f"/office/roles/{li.pk}/")
    held = li.grants.get()
    assert admin.post(f"/office/roles/withdraw/{held.pk}/").status_code == 302
    assert not Grant.objects.filter(user=li).exists()
    assert admin.post(f"/office/roles/withdraw/{held.pk}/").status_code == 404
    own = cast.security_admin.grants.get()
    assert admin.post(f"/office/roles/withdraw/{own.pk}/").status_code == 403
    assert admin.get("/office/roles/999999/").status_code == 404


def test_creating_and_granting_are_two_people(cast: Cast) -> None:
    assert clients.of_staff(cast.security_admin).post("/office/accounts/new/").status_code == 404
    assert clients.of_staff(cast.system_admin).post(f"/office/roles/{cast.chen.pk}/grant/").status_code == 404


# --- audit -------------------------------------------------------------------------------------------------------
def test_the_auditor_finds_by_person_object_and_event(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    clients.of_staff(cast.chen).get(f"/staff/dossiers/{dossier.pk}/")
    auditor = clients.of_staff(cast.auditor)

    def names(query: str) -> set[str]:
        answer = auditor.get(f"/office/audit/?{query}")
        assert answer.status_code == 200
        return {row["event"].name for row in answer.context["rows"]}

    assert names(f"actor={cast.chen.username}") == {"staff:logged_in", "dossier:viewed"}
    assert "dossier:viewed" in names(f"about={dossier.registration.number}")
    assert names(f"about={dossier.pk}&name=dossier:step") == {"dossier:step"}
    assert names("actor=nobody") == set()
    today = timezone.localdate()
    assert names(f"since={today + timedelta(days=1)}") == set()
    assert "dossier:step" in names(f"since={today}&until={today}")
    assert auditor.get("/office/audit/?since=gestern").status_code == 422
    assert AuditEvent.objects.filter(name="audit:searched", actor=str(cast.auditor.pk)).count() >= 5


def test_the_auditor_s_page_says_whether_the_chain_holds(cast: Cast) -> None:
    assert "记录完整" in text(cast.auditor, "/office/audit/?verify=1")
    assert "记录完整" not in text(cast.auditor, "/office/audit/")


def test_the_trail_is_read_only(cast: Cast) -> None:
    assert clients.of_staff(cast.auditor).post("/office/audit/").status_code == 405


# --- both languages ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", PAGES)
def test_no_chinese_sentence_is_left_in_english(here: World, cast: Cast, where: str) -> None:
    who = getattr(cast, min(PAGES[where]))
    User.objects.update(name="Sample")
    client = clients.of_staff(who)
    client.cookies["kaosheng_language"] = "en"
    address = where.format(intake=here.intake.pk, site=here.site.pk, user=cast.chen.pk)
    content = client.get(address, follow=True).content.decode()
    body = re.sub(r"<[^>]+>", " ", content.split("<main", 1)[1])
    left = set(re.findall(r"[\u4e00-\u9fff]+", body)) - {"样本"}
    assert left == set()

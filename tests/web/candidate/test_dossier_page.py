"""The page of a dossier: what every state says, and what it never says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import World, clients, dossiers, people, world
from factories.people import Cast
from factories.world import close_window
from kaosheng.casework.models import Dossier, Mark, Picture
from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.queries.visible import visible_of_many
from kaosheng.casework.services import clock, counter, deciding, reviewing, submitting
from kaosheng.casework.services.case import Case
from kaosheng.domain.places import Manner
from kaosheng.domain.states import State, Verdict
from kaosheng.notices.models import Message


def page(dossier: Dossier, *, client: Client | None = None) -> str:
    client = client or clients.of_candidate(dossiers.candidate_of(dossier))
    answer = client.get(f"/dossiers/{dossier.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


WORDS = {
    State.DRAFT: ("未提交", "还有 5 种材料需要上传"),
    State.AT_SITE: ("已提交，待考点审核", "上报完成，内容已锁定"),
    State.RETURNED: ("待补充（1项）", "请处理 1 处材料，然后重新提交"),
    State.AT_AREA: ("已提交，审核中", "上报完成，材料正在审核"),
    State.DECIDED: ("已提交，审核中", "上报完成，材料正在审核"),
    "released": ("审核通过", "您的报名资格审核已通过"),
    State.LAPSED: ("逾期未提交", "提交时间已过，材料没有提交"),
    State.WITHDRAWN: ("报名已取消", "报名已取消"),
}


@pytest.mark.parametrize("state", WORDS)
def test_every_state_is_said_in_words_with_the_telephone(
    places: World, cast: Cast, state: State | str
) -> None:
    html = page(dossiers.brought_to(places, state, cast=cast))
    for words in WORDS[state]:
        assert words in html
    assert places.site.telephone in html
    assert re.search(r"国家医学考试（河北）考生服务系统\s*</title>", html)


@pytest.mark.parametrize("state", WORDS)
def test_the_button_at_the_top_right_is_there_only_when_there_is_something_to_submit(
    places: World, cast: Cast, state: State | str
) -> None:
    dossier = dossiers.brought_to(places, state, cast=cast)
    html = page(dossier)
    assert (f"/dossiers/{dossier.pk}/check/" in html) == (state in {State.DRAFT, State.RETURNED})


def test_waiting_states_say_what_comes_next_by_when_and_that_nothing_needs_doing(
    places: World, cast: Cast
) -> None:
    html = page(dossiers.brought_to(places, State.AT_SITE, cast=cast))
    assert "石家庄考点将审核您的材料（预计2月10日前）" in html
    assert "您现在不需要做任何事" in html


def test_asked_materials_come_first_with_the_reason(places: World, cast: Cast) -> None:
    html = page(dossiers.register(places))
    order = [html.index(f'id="material-{code}"') for code in ("M01", "M03", "M04", "M09", "M13", "M99")]
    assert order == sorted(order)
    assert "因为您直接报考执业医师；与“医疗机构执业许可证”任选一种" in html
    assert html.index("其他材料种类（按需上传）") < html.index('id="material-M99"')


def test_an_alternative_is_settled_by_the_other(places: World) -> None:
    dossier = dossiers.register(places)
    dossiers.upload(dossier, "M14")
    view = candidate_view(dossiers.again(dossier), now=timezone.now())
    kind = view.kind("M13")
    assert kind is not None
    assert kind.settled_by_group
    assert "已由其他材料满足" in page(dossier)


def test_every_picture_shows_its_lock(places: World, cast: Cast) -> None:
    dossier = dossiers.fill(dossiers.register(places))
    assert page(dossier).count("未锁定") == 6
    dossiers.submit(dossier)
    html = page(dossier)
    assert html.count("已锁定待审") == 6
    assert "未锁定" not in html


def test_while_returned_nothing_is_said_to_wait_for_review(places: World, cast: Cast) -> None:
    html = page(dossiers.brought_to(places, State.RETURNED, cast=cast))
    assert "已锁定" in html
    assert "待审" not in html


@pytest.mark.parametrize(
    ("forwarded", "heading"), [(False, "已重新提交，内容已锁定"), (True, "已重新提交，材料正在审核")]
)
def test_a_resubmission_is_called_one(places: World, cast: Cast, *, forwarded: bool, heading: str) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    if forwarded:
        dossiers.forward(dossier, cast.chen)
    html = page(dossier)
    assert heading in html
    assert "上报完成" not in html


@pytest.mark.parametrize("forwarded", [False, True])
def test_what_the_counter_took_in_is_no_resubmission_of_his(
    places: World, cast: Cast, *, forwarded: bool
) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note(manner=Manner.ON_SITE))
    desk: dict[str, Any] = {"dossier_id": dossier.pk, "actor": people.actor(cast.feng)}
    counter.receive(**desk, seen_revision=dossiers.again(dossier).revision, reason="原件已核对")
    if forwarded:
        dossiers.forward(dossier, cast.chen)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    receipt = client.get(f"/dossiers/{dossier.pk}/submissions/2/").content.decode()
    html = page(dossier, client=client)
    assert "考点已收到现场或电话补充的内容" in html
    assert "上报完成" in html
    assert "上报完成，内容已锁定" in receipt
    assert "已重新提交" not in html + receipt


def test_a_resubmission_after_the_counters_is_called_one(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note(manner=Manner.ON_SITE))
    desk: dict[str, Any] = {"dossier_id": dossier.pk, "actor": people.actor(cast.feng)}
    counter.receive(**desk, seen_revision=dossiers.again(dossier).revision, reason="原件已核对")
    assert "已重新提交，内容已锁定" in page(dossier)


def test_the_deadline_stands_there_with_days_and_hours(places: World) -> None:
    dossier = dossiers.register(places)
    places.intake.closes_at = timezone.now() + timedelta(days=2, hours=6, minutes=30)
    places.intake.save(update_fields=["closes_at"])
    assert "还有 2 天 6 小时" in page(dossier)


@pytest.mark.parametrize("state", [State.DRAFT, State.LAPSED])
def test_before_and_after_the_deadline_it_says_what_not_submitting_means(
    places: World, cast: Cast, state: State
) -> None:
    assert "逾期未提交视为放弃" in page(dossiers.brought_to(places, state, cast=cast))


def test_a_complete_draft_and_one_just_too_late_say_it_too(places: World) -> None:
    dossier = dossiers.fill(dossiers.register(places))
    assert "逾期未提交视为放弃，会错过这次考试" in page(dossier)
    close_window(places.intake)
    html = page(dossier)
    assert "提交时间已过，材料没有提交" in html
    assert "逾期未提交视为放弃" in html


def test_a_return_shows_the_remark_on_top_and_beside_the_picture(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    note = dossiers.replace_note("M01", 2, text="反光，号码看不清。", box=(0.1, 0.2, 0.3, 0.4))
    dossiers.return_(dossier, cast.chen, note)
    html = page(dossier)
    assert html.count("反光，号码看不清。") == 2
    assert 'data-box="0.1000,0.2000,0.3000,0.4000"' in html
    assert html.count("合格") >= 5
    assert html.count("slot__remove") == 1
    assert "审核人员" in html


def test_reviewers_names_and_internal_words_never_reach_the_candidate(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.take(dossier, cast.chen)
    dossiers.mark(dossier, cast.chen, dossiers.replace_note(text="内部备注"))
    html = page(dossier)
    for hidden in ("内部备注", cast.chen.name, cast.chen.username, "revision"):
        assert hidden not in html


def test_marks_disappear_once_resubmitted(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    dossiers.replace(dossier)
    assert "要求的内容已处理，请重新提交" in page(dossier)
    dossiers.submit(dossier)
    html = page(dossier)
    assert "请重新拍照。" not in html
    assert ">合格<" not in html


def test_an_accepted_picture_keeps_its_tick_in_a_second_return(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    dossiers.take(dossier, cast.chen)
    dossiers.mark(dossier, cast.chen, dossiers.replace_note("M03", 1))
    reviewing.return_to_candidate(
        dossier_id=dossier.pk, actor=people.actor(cast.chen), seen_revision=dossiers.again(dossier).revision
    )
    view = candidate_view(dossiers.again(dossier), now=timezone.now())
    kind = view.kind("M01")
    assert kind is not None
    assert [place.mark for place in kind.places] == ["", "accepted"]


def test_what_is_asked_for_elsewhere_beside_a_replacement_is_done_first(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.return_(
        dossier, cast.chen, dossiers.replace_note(), dossiers.replace_note("M03", 1, manner=Manner.ON_SITE)
    )
    assert "还有 1 项须到考点现场或电话办理。请先办理，再重新提交" in page(dossier)
    dossiers.replace(dossier)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    check = f"/dossiers/{dossier.pk}/check/"
    for html in (page(dossier, client=client), client.get(check).content.decode()):
        assert "还有 1 项须到考点现场或电话办理。请先办理，再重新提交" in html
    assert "按要求办理" in Message.objects.get(template="returned").text
    desk: dict[str, Any] = {"dossier_id": dossier.pk, "actor": people.actor(cast.feng)}
    counter.receive(**desk, seen_revision=dossiers.again(dossier).revision, reason="原件已核对")
    for html in (page(dossier, client=client), client.get(check).content.decode()):
        assert "还有 1 项须到考点现场或电话办理" not in html
    html = page(dossier, client=client)
    assert "要求的内容已处理，请重新提交" in html
    assert "考点已收到现场或电话补充的内容" in html


def test_places_asked_for_elsewhere_open_nothing_and_show_no_button(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note(manner=Manner.ON_SITE))
    html = page(dossier)
    assert "请携带原件到考点现场提交" in html
    assert "请到考点现场办理" in html
    assert "slot__remove" not in html
    assert "/check/" not in html


def handed_in_again(dossier: Dossier) -> bool:
    """As a candidate would: the button at the top right, the check page, 重新提交."""
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    assert "重新提交" in page(dossier, client=client)
    check = client.get(f"/dossiers/{dossier.pk}/check/")
    assert check.status_code == 200
    view = candidate_view(dossiers.again(dossier), now=timezone.now())
    sent = {
        "list": view.list_digest,
        "commitment_version": dossier.intake.commitment_version,
        "commitment": "on",
    }
    assert client.post(f"/dossiers/{dossier.pk}/submit/", sent).status_code == 302
    return dossiers.again(dossier).state == State.AT_SITE


def test_when_a_change_drops_all_that_was_asked_he_resubmits(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note("M09", 1))
    dossiers.change_registration(dossier, places, route="from_assistant")
    html = page(dossier)
    assert "待补充（0项）" in html
    assert "没有需要补充的内容了，请重新提交" in html
    assert "考点办理后" not in html
    assert handed_in_again(dossier)


def test_newly_needed_kinds_beside_a_request_at_the_counter_are_his_to_resubmit(
    places: World, cast: Cast
) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast, degree=False)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note("M03", 1, manner=Manner.ON_SITE))
    dossiers.change_registration(dossier, places, degree=True)
    assert "请处理 1 处材料，然后重新提交" in page(dossier)
    dossiers.upload(dossier, "M04")
    html = page(dossier)
    assert "尚未重新提交" in html
    assert "请携带原件到考点现场提交" in html
    assert handed_in_again(dossier)


def test_a_place_nothing_may_be_put_into_leaves_nothing_to_resubmit(places: World, cast: Cast) -> None:
    dossier = dossiers.register(places)
    me = dossiers.owner(dossier)
    submitting.explain(dossier_id=dossier.pk, actor=me, kind="M04", position=None, reason="证书遗失")
    dossiers.submit(dossiers.fill(dossier))
    notes = (dossiers.replace_note("M03", 1, manner=Manner.ON_SITE), dossiers.missing_note("M04"))
    dossiers.return_(dossier, cast.chen, *notes)
    dossiers.change_registration(dossier, places, education="secondary")
    html = page(dossier)
    assert "请到考点现场办理" in html
    assert "slot__add" not in html
    assert "/check/" not in html


def test_overdue_is_said_plainly(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    Dossier.objects.filter(pk=dossier.pk).update(deadline=timezone.now() - timedelta(minutes=5))
    clock.overdue(dossier_id=dossier.pk)
    assert page(dossier).count("补充期限已过，按上次提交的材料审核") >= 2
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    client.cookies["kaosheng_language"] = "en"
    assert "If there are special circumstances, contact the exam site." in page(dossier, client=client)


@pytest.mark.parametrize(
    ("late", "heading"), [(False, "已重新提交，等待考区复审"), (True, "补充期限已过，按上次提交的材料审核")]
)
def test_after_a_return_by_the_area_the_last_act_is_said_though_the_site_had_passed(
    places: World, cast: Cast, *, late: bool, heading: str
) -> None:
    dossier = dossiers.brought_to(places, State.AT_AREA, cast=cast)
    close_window(places.intake)
    dossiers.close_site(places.intake, places.site, cast.feng)
    assert "考点审核通过，等待考区复审" in page(dossier)
    dossiers.return_(dossier, cast.gao)
    if late:
        Dossier.objects.filter(pk=dossier.pk).update(deadline=timezone.now() - timedelta(minutes=5))
        clock.overdue(dossier_id=dossier.pk)
    else:
        dossiers.replace(dossier)
        dossiers.submit(dossier)
    assert heading in page(dossier)


def test_a_submitted_picture_that_was_deleted_can_be_brought_back(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    old = dossier.pictures.get(kind="M01", position=1, hidden_at=None)
    dossiers.replace(dossier)
    assert f"/pictures/{old.pk}/restore/" in page(dossier)


def test_the_registration_is_shown_masked_and_in_words(places: World) -> None:
    dossier = dossiers.register(places)
    html = page(dossier)
    assert "110 临床执业医师" in html
    assert dossier.registration.id_number not in html
    assert dossier.registration.phone not in html


def test_a_registration_change_is_told_until_acknowledged(places: World) -> None:
    dossier = dossiers.register(places)
    dossiers.change_registration(dossier, places, degree=False, institutions=2)
    html = page(dossier)
    assert "报名信息已变更" in html
    assert re.search(r"现在还需要：<a href=\"#material-M09\">", html)
    assert "不再需要：学位证书" in html
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    assert client.post(f"/dossiers/{dossier.pk}/acknowledge/").status_code == 302
    assert "现在还需要" not in page(dossier)


def test_a_changed_name_site_and_id_number_are_told_until_acknowledged(places: World) -> None:
    dossier = dossiers.register(places, name="样本·艾", id_number="139999199901010017")
    dossiers.change_registration(
        dossier, places, name="样本·爱", id_number="139999199901010122", site=places.other_site
    )
    html = page(dossier)
    assert "姓名：样本·艾 → <strong>样本·爱</strong>" in html
    assert "考点：石家庄考点 → <strong>唐山考点</strong>" in html
    assert "证件号码：1399************17 → <strong>1399************22</strong>" in html
    assert "139999199901010122" not in html
    clients.of_candidate(dossiers.candidate_of(dossier)).post(f"/dossiers/{dossier.pk}/acknowledge/")
    assert "报名信息已变更" not in page(dossier)


def test_an_id_number_that_changed_where_it_is_hidden_says_so(places: World) -> None:
    dossier = dossiers.register(places, id_number="139999199901010017")
    dossiers.change_registration(dossier, places, id_number="139999199901020017")
    assert "证件号码：<strong>1399************17（隐藏的数字有变化）</strong>" in page(dossier)


def test_a_new_telephone_number_alone_is_no_change(places: World) -> None:
    dossier = dossiers.register(places, id_number="139999199901010017")
    dossiers.change_registration(dossier, places, id_number="139999199901010017")
    version = dossiers.again(dossier).registration.versions.latest("source_version")
    assert dossier.acknowledged_version < version.source_version
    assert "报名信息已变更" not in page(dossier)


def test_a_change_during_review_says_the_reviewers_know(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    dossiers.change_registration(dossier, places, institutions=2)
    assert "已通知审核人员，如需补充会通知您。" in page(dossier)


def test_notes_are_open_at_the_first_visit_only(places: World) -> None:
    dossier = dossiers.register(places)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    assert '<details class="fold" open>' in page(dossier, client=client)
    assert '<details class="fold" open>' not in page(dossier, client=client)


def test_a_reason_stands_with_its_source(places: World) -> None:
    html = page(dossiers.register(places, degree=True))
    card = html[html.index('id="material-M04"') : html.index('id="material-M09"')]
    assert "因为您的报名信息中有学位" in card
    assert "依据：考区通知第三条" in card
    assert html.count("依据：") == 1


@pytest.mark.parametrize(
    ("state", "days", "words"),
    [
        (State.AT_SITE, 3, "（预计"),
        (State.AT_SITE, -1, "现以考区通知为准）"),
        (State.AT_SITE, None, "（时间以考区通知为准）"),
        (State.AT_AREA, 3, "（预计"),
        (State.AT_AREA, None, "（时间以考区通知为准）"),
    ],
)
def test_waiting_says_until_when_and_that_nothing_needs_doing(
    places: World, cast: Cast, state: State, days: int | None, words: str
) -> None:
    column = "review_expected_by" if state is State.AT_SITE else "release_expected_by"
    day = None if days is None else timezone.localdate() + timedelta(days=days)
    setattr(places.intake, column, day)
    places.intake.save(update_fields=[column])
    html = page(dossiers.brought_to(places, state, cast=cast))
    assert words in html
    assert "您现在不需要做任何事" in html


def test_what_is_uploaded_and_not_submitted_is_said_in_red(places: World, cast: Cast) -> None:
    dossier = dossiers.register(places)
    assert "data-unsent" not in page(dossier)
    dossiers.upload(dossier, "M01", 1)
    html = page(dossier)
    assert "data-unsent" in html
    assert "尚未提交审核" in html
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    others = [f"/dossiers/{dossier.pk}/messages/", f"/dossiers/{dossier.pk}/data/"]
    assert all("尚未提交审核" in client.get(other).content.decode() for other in others)
    dossiers.submit(dossiers.fill(dossier))
    assert "尚未提交审核" not in page(dossier)
    assert not any("尚未提交审核" in client.get(other).content.decode() for other in others)
    back = dossiers.brought_to(places, State.RETURNED, cast=cast)
    assert "尚未重新提交" not in page(back)
    dossiers.replace(back)
    assert "尚未重新提交" in page(back)


def test_an_empty_place_is_said_to_be_empty(places: World) -> None:
    html = page(dossiers.register(places))
    card = html[html.index('id="material-M01"') : html.index('id="material-M03"')]
    assert card.count("未上传") == 2


def test_site_passed_is_shown_at_the_closing(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.DECIDED, cast=cast)
    close_window(places.intake)
    dossiers.close_site(places.intake, places.site, cast.feng)
    html = page(dossier)
    assert html.count("考点通过，考区复审中") >= 2


def test_a_refusal_is_shown_with_the_opinion_after_the_release(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, "released", cast=cast, verdict=Verdict.FAIL)
    html = page(dossier)
    assert "您的报名资格审核未通过" in html
    assert "试用期不足一年。" in html


def test_the_way_so_far_tells_visible_things_only(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.DECIDED, cast=cast)
    told = [entry.event.value for entry in candidate_view(dossiers.again(dossier), now=timezone.now()).told]
    assert told == ["in_review", "submitted", "registration_received"]


def test_before_the_window_opens_nothing_can_be_uploaded(places: World) -> None:
    dossier = dossiers.register(places)
    places.intake.opens_at = timezone.now() + timedelta(days=1)
    places.intake.save()
    html = page(dossier)
    assert "材料上传尚未开始" in html
    assert "slot__add" not in html
    assert "/check/" not in html
    assert "身份证明：整页拍下，文字清楚。" in html
    assert "其他材料种类（按需上传）" in html


@pytest.mark.parametrize("state", [*State, "released"])
def test_the_view_says_the_same_as_the_write_path(places: World, cast: Cast, state: State | str) -> None:
    """The page reads its rows by another way than the services: missing kinds and open requests must agree."""
    dossier = dossiers.brought_to(places, state, cast=cast)
    if state == State.RETURNED:
        dossiers.replace(dossier)
    now = timezone.now()
    view = candidate_view(dossiers.again(dossier), now=now)
    case = Case(dossiers.again(dossier), arrived_at=now, now=now)
    waits = state in {State.DRAFT, State.RETURNED}
    assert view.missing == (case.missing() if waits else ())
    assert view.unanswered == case.unanswered()


def test_english_is_complete_where_it_matters(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    client.cookies["kaosheng_language"] = "en"
    html = page(dossier, client=client)
    assert '<html lang="en">' in html
    assert "Proof of identity" in html
    without_data = re.sub(r"样本[^<]*|请重新拍照。|中文", "", html)
    assert not re.search(r">[^<]*[\u4e00-\u9fff][^<]*<", without_data), re.findall(
        r">[^<]*[\u4e00-\u9fff][^<]*<", without_data
    )


def test_one_query_count_for_one_three_and_thirty_pictures(places: World) -> None:
    counts = []
    for wanted in (1, 3, 30):
        dossier = dossiers.register(places)
        for _ in range(wanted):
            dossiers.upload(dossier, "M99")
        client = clients.of_candidate(dossiers.candidate_of(dossier))
        with CaptureQueriesContext(connection) as queries:
            page(dossier, client=client)
        counts.append(len(queries))
    assert Picture.objects.count() == 34
    assert counts[0] == counts[1] == counts[2] <= 6


def test_marks_are_frozen_and_sent_before_they_are_seen(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    view = candidate_view(dossiers.again(dossier), now=timezone.now())
    seen = {remark.text_zh for kind in view.kinds for remark in kind.remarks}
    assert seen == set(Mark.objects.filter(sent=True, verdict="replace").values_list("text_zh", flat=True))


def test_a_corrected_result_keeps_the_earlier_one_visible(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, "released", cast=cast, verdict=Verdict.FAIL)
    deciding.propose_correction(
        dossier_id=dossier.pk,
        actor=people.actor(cast.hu),
        seen_revision=dossier.revision,
        verdict=Verdict.PASS,
        opinion="试用期证明经核实有效。",
    )
    assert "您的报名资格审核未通过" in page(dossier)
    deciding.confirm_correction(
        dossier_id=dossier.pk,
        actor=people.actor(cast.jiang),
        seen_revision=dossiers.again(dossier).revision,
    )
    html = page(dossier)
    for words in ("您的报名资格审核已通过", "更正前：审核不通过", "试用期证明经核实有效。", "审核结果有更正"):
        assert words in html
    deciding.propose_correction(
        dossier_id=dossier.pk,
        actor=people.actor(cast.hu),
        seen_revision=dossiers.again(dossier).revision,
        verdict=Verdict.FAIL,
        opinion="证明系伪造。",
    )
    deciding.confirm_correction(
        dossier_id=dossier.pk,
        actor=people.actor(cast.jiang),
        seen_revision=dossiers.again(dossier).revision,
    )
    assert "更正前：审核通过" in page(dossier)
    (listed,) = visible_of_many([dossiers.again(dossier)], now=timezone.now()).values()
    assert listed.published is not None
    assert listed.published.earlier is Verdict.PASS


def test_with_one_stage_the_exam_site_is_no_step_of_the_way(db: None) -> None:
    places = world(stages=1)
    dossier = dossiers.fill(dossiers.register(places))
    dossiers.submit(dossier)
    html = page(dossier)
    assert "已提交，审核中" in html
    assert "考点审核" not in html


def test_after_a_send_back_the_candidate_reads_what_he_read_before(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_AREA, cast=cast)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    page(dossier, client=client)
    before = candidate_view(dossiers.again(dossier), now=timezone.now())
    dossiers.take(dossier, cast.gao)
    reviewing.send_back(
        dossier_id=dossier.pk,
        actor=people.actor(cast.gao),
        seen_revision=dossiers.again(dossier).revision,
        reason="请核对公章。",
    )
    after = candidate_view(dossiers.again(dossier), now=timezone.now())
    assert (after.visible, after.told) == (before.visible, before.told)
    assert "请核对公章。" not in page(dossier, client=client)

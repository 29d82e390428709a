"""From the 考点 to the released result: two people, closing, release, correction."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from factories import World, dossiers, people
from factories.people import Cast
from factories.refusals import refused
from factories.world import close_window
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs.release import announce_closing, announce_release
from kaosheng.casework.models import Correction, Decision, Dossier, Proposal, Release, StatusPush
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.services import closing, counter, deciding, releasing, reviewing
from kaosheng.casework.words import state_words
from kaosheng.domain.errors import Refusal
from kaosheng.domain.states import State, Verdict
from kaosheng.notices.models import Message
from kaosheng.regions.models import Intake

pytestmark = pytest.mark.django_db


def words(dossier: Dossier) -> str:
    return state_words(visible_now(dossiers.again(dossier), now=timezone.now()))


def seen(dossier: Dossier, by: User) -> dict[str, object]:
    return {
        "dossier_id": dossier.pk, "actor": people.actor(by), "seen_revision": dossiers.again(dossier).revision,
    }  # fmt: skip


def test_forward_needs_every_picture_marked_and_the_lease(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    with refused("lease_needed"):
        reviewing.forward(**seen(dossier, house.chen), recommendation=Verdict.PASS)  # type: ignore[arg-type]
    dossiers.take(dossier, house.chen)
    with refused("pictures_unmarked"):
        reviewing.forward(**seen(dossier, house.chen), recommendation=Verdict.PASS)  # type: ignore[arg-type]
    with refused("taken_by_another"):
        dossiers.take(dossier, house.chen_two)


def test_an_accepted_mark_carries_over_for_the_same_picture_at_the_same_stage(
    here: World, house: Cast
) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    dossiers.take(dossier, house.chen_two)
    with pytest.raises(Refusal) as refusal:
        reviewing.forward(**seen(dossier, house.chen_two), recommendation=Verdict.PASS)  # type: ignore[arg-type]
    assert refusal.value.params == {"count": 1}


def test_what_was_asked_for_has_to_be_looked_at_again(here: World, house: Cast) -> None:
    """合格 of an earlier round says nothing of a picture that a later one wanted replaced and nobody replaced."""
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    dossiers.take(dossier, house.gao)
    reviewing.send_back(**seen(dossier, house.gao), reason="请核对单位公章")  # type: ignore[arg-type]
    dossiers.return_(dossier, house.chen)
    dossiers.overdue(dossier)
    dossiers.take(dossier, house.chen)
    with refused("pictures_unmarked") as refusal:
        reviewing.forward(**seen(dossier, house.chen), recommendation=Verdict.PASS)  # type: ignore[arg-type]
    assert refusal.value.params == {"count": 1}


def test_marks_survive_the_lease_and_pass_to_the_next_holder(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.take(dossier, house.chen)
    dossiers.accept_all(dossier, house.chen)
    reviewing.give_back(dossier_id=dossier.pk, actor=people.actor(house.chen))
    dossiers.take(dossier, house.chen_two)
    reviewing.forward(**seen(dossier, house.chen_two), recommendation=Verdict.PASS)  # type: ignore[arg-type]
    assert dossiers.again(dossier).state == State.AT_AREA


def test_a_full_kind_cannot_be_marked_missing(here: World, house: Cast) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    with refused("kind_is_full"):
        dossiers.mark(dossier, house.chen, dossiers.missing_note("M01"))
    dossiers.mark(dossier, house.chen, dossiers.missing_note("M03"))


def test_an_old_page_is_refused(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    dossiers.take(dossier, house.gao)
    old = {**seen(dossier, house.gao), "seen_revision": dossier.revision - 1}
    with refused("stale_revision"):
        deciding.decide_pass(**old)  # type: ignore[arg-type]


def test_a_refusal_takes_two_people(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    dossiers.propose(dossier, house.gao)
    dossiers.take(dossier, house.gao)
    with refused("second_person_needed"):
        deciding.confirm(**seen(dossier, house.gao))  # type: ignore[arg-type]
    reviewing.give_back(dossier_id=dossier.pk, actor=people.actor(house.gao))
    dossiers.confirm(dossier, house.he)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.proposed_by, decision.decided_by) == ("fail", house.gao, house.he)


def test_the_database_refuses_a_refusal_by_one(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    row = {
        "dossier": dossier,
        "verdict": "fail",
        "opinion": "否",
        "decided_by": house.gao,
        "at": timezone.now(),
    }
    for proposer in (None, house.gao):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**row, proposed_by=proposer)


def test_a_drawn_pass_takes_two_people_and_an_undrawn_one_is_decided(house: Cast, here: World) -> None:
    here.intake.second_look_share = 1.0
    here.intake.save()
    drawn = dossiers.brought_to(here, State.AT_AREA, cast=house)
    dossiers.take(drawn, house.gao)
    with refused("drawn_for_second_look"):
        deciding.decide_pass(**seen(drawn, house.gao))  # type: ignore[arg-type]
    dossiers.propose(drawn, house.gao, verdict=Verdict.PASS, opinion="")
    dossiers.confirm(drawn, house.he)
    assert dossiers.again(drawn).state == State.DECIDED


def test_returning_a_proposed_dossier_voids_the_proposal(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    dossiers.propose(dossier, house.gao)
    dossiers.return_(dossier, house.he)
    assert Proposal.objects.get().outcome == "void"
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    assert dossiers.again(dossier).state == State.AT_AREA


def test_closing_waits_for_the_window_and_for_open_cases(here: World, house: Cast) -> None:
    waiting = dossiers.brought_to(here, State.AT_SITE, cast=house)
    manager = people.staff(house.feng)
    with refused("window_still_open"):
        closing.close_site(intake=here.intake, site=here.site, staff=manager, counted=0)
    close_window(here.intake)
    with refused("site_has_open_cases"):
        closing.close_site(intake=here.intake, site=here.site, staff=manager, counted=0)
    dossiers.forward(waiting, house.chen)
    with refused("not_found"):
        closing.close_site(intake=here.intake, site=here.other_site, staff=manager, counted=0)
    with refused("closing_count_differs"):
        closing.close_site(intake=here.intake, site=here.site, staff=manager, counted=0)
    closing.close_site(intake=here.intake, site=here.site, staff=manager, counted=1)


def test_the_number_to_type_is_of_those_who_will_read_it(here: World, house: Cast) -> None:
    """Whatever the 考区 has done with them meanwhile: a site reads nothing of it in the number."""
    at_area = dossiers.brought_to(here, State.AT_AREA, cast=house)
    decided = dossiers.brought_to(here, State.DECIDED, cast=house)
    proposed = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    others = [
        dossiers.forward(
            dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen, verdict=Verdict.FAIL
        ),
        dossiers.brought_to(here, State.WITHDRAWN, cast=house),
        dossiers.brought_to(here, State.AT_AREA, cast=house),
    ]
    dossiers.return_(others[-1], house.gao)
    counted = closing.passed_by_closing(intake=here.intake, site=here.site)
    assert {dossier.pk for dossier in counted} == {at_area.pk, decided.pk, proposed.pk}
    close_window(here.intake)
    dossiers.close_site(here.intake, here.site, house.feng)
    read = {dossier.pk for dossier in Dossier.objects.all() if words(dossier).startswith("考点通过")}
    assert read == {at_area.pk, decided.pk, proposed.pk}


def test_closing_shows_the_site_s_outcome_and_nothing_takes_it_back(here: World, house: Cast) -> None:
    passed = dossiers.brought_to(here, State.AT_AREA, cast=house)
    refused_by_site = dossiers.forward(
        dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen, verdict=Verdict.FAIL
    )
    assert words(passed) == words(refused_by_site) == "已提交，审核中"
    close_window(here.intake)
    review = dossiers.close_site(here.intake, here.site, house.feng)
    announce_closing(site_review_id=review.pk)
    announce_closing(site_review_id=review.pk)
    assert (words(passed), words(refused_by_site)) == ("考点通过，考区复审中", "已提交，审核中")
    assert passed.status_pushes.filter(status="site_passed").count() == 1
    dossiers.take(passed, house.gao)
    reviewing.send_back(**seen(passed, house.gao), reason="请核对单位公章")  # type: ignore[arg-type]
    closing.reopen_site(intake=here.intake, site=here.site, staff=people.staff(house.jiang))
    assert words(passed) == "考点通过，考区复审中"


def test_release_shows_all_verdicts_at_once_and_tells_everybody_once(here: World, house: Cast) -> None:
    passed = dossiers.brought_to(here, State.DECIDED, cast=house)
    failed = dossiers.brought_to(here, State.DECIDED, cast=house, verdict=Verdict.FAIL)
    late = dossiers.brought_to(here, State.AT_SITE, cast=house)
    manager = people.staff(house.jiang)
    with refused("release_blocked"):
        releasing.prepare_release(intake=here.intake, staff=manager, late_cases={})
    prepared = releasing.prepare_release(
        intake=here.intake, staff=manager, late_cases={late.pk: "等待学历认证"}
    )
    assert words(passed) == words(failed) == "已提交，审核中"
    with refused("release_count_differs"):
        releasing.publish_release(release=prepared, staff=manager, counted=3)
    published = releasing.publish_release(release=prepared, staff=manager, counted=2)
    assert (words(passed), words(failed), words(late)) == ("审核通过", "审核不通过", "已提交，待考点审核")
    announce_release(release_id=published.pk)
    announce_release(release_id=published.pk)
    assert Message.objects.filter(template="result_released").count() == 2
    assert set(StatusPush.objects.filter(status__in=["passed", "failed"]).values_list("dossier", "status")) == {
        (passed.pk, "passed"), (failed.pk, "failed"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("past", "blocks"), [(timedelta(seconds=120), True), (timedelta(seconds=121), False)]
)
def test_a_draft_stops_a_release_and_a_closing_while_what_was_sent_in_time_may_still_commit(
    here: World, house: Cast, past: timedelta, *, blocks: bool
) -> None:
    dossiers.brought_to(here, State.DECIDED, cast=house)
    dossiers.register(here)
    jiang, feng = people.staff(house.jiang), people.staff(house.feng)
    intake = Intake.objects.get(pk=here.intake.pk)
    with time_machine.travel(intake.closes_at + past, tick=False):
        if blocks:
            with refused("site_has_open_cases"):
                closing.close_site(intake=intake, site=here.site, staff=feng, counted=1)
            with refused("release_blocked"):
                releasing.prepare_release(intake=intake, staff=jiang, late_cases={})
        else:
            closing.close_site(intake=intake, site=here.site, staff=feng, counted=1)
            prepared = releasing.prepare_release(intake=intake, staff=jiang, late_cases={})
            releasing.publish_release(release=prepared, staff=jiang, counted=1)


def test_a_late_case_decided_meanwhile_waits_for_the_next_batch(here: World, house: Cast) -> None:
    dossiers.brought_to(here, State.DECIDED, cast=house)
    late = dossiers.brought_to(here, State.AT_AREA, cast=house)
    manager = people.staff(house.jiang)
    prepared = releasing.prepare_release(
        intake=here.intake, staff=manager, late_cases={late.pk: "等待学历认证"}
    )
    dossiers.decide(late, house.gao)
    releasing.publish_release(release=prepared, staff=manager, counted=1)
    assert words(late) == "已提交，审核中"
    second = releasing.prepare_release(intake=here.intake, staff=manager, late_cases={})
    releasing.publish_release(release=second, staff=manager, counted=1)
    assert (second.batch, words(late)) == (2, "审核通过")


def test_a_registration_change_after_the_decision_holds_the_dossier_back(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.DECIDED, cast=house)
    manager = people.staff(house.jiang)
    prepared = releasing.prepare_release(intake=here.intake, staff=manager, late_cases={})
    dossiers.change_registration(dossier, here, education="college")
    with refused("release_blocked"):
        releasing.publish_release(release=prepared, staff=manager, counted=1)
    with refused("nothing_to_keep"):
        other = dossiers.brought_to(here, State.DECIDED, cast=house)
        deciding.keep(**seen(other, house.jiang))  # type: ignore[arg-type]
    deciding.keep(**seen(dossier, house.jiang))  # type: ignore[arg-type]
    prepared = releasing.prepare_release(intake=here.intake, staff=manager, late_cases={})
    assert releasing.publish_release(release=prepared, staff=manager, counted=2).batch == 1


def test_reopening_voids_the_decision_and_leaves_the_release(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.DECIDED, cast=house)
    releasing.prepare_release(intake=here.intake, staff=people.staff(house.jiang), late_cases={})
    deciding.reopen(**seen(dossier, house.jiang), reason="公章存疑")  # type: ignore[arg-type]
    fresh = dossiers.again(dossier)
    assert (fresh.state, fresh.release, Decision.objects.get().voided_at is not None) == (
        State.AT_AREA,
        None,
        True,
    )


def test_a_correction_takes_two_others_and_keeps_the_old_verdict_visible(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=house)
    with refused("first_decider"):
        deciding.propose_correction(**seen(dossier, house.gao), verdict=Verdict.FAIL, opinion="学历不符")  # type: ignore[arg-type]
    deciding.propose_correction(**seen(dossier, house.he), verdict=Verdict.FAIL, opinion="学历不符")  # type: ignore[arg-type]
    assert words(dossier) == "审核通过"
    with refused("second_person_needed"):
        deciding.confirm_correction(**seen(dossier, house.he))  # type: ignore[arg-type]
    deciding.confirm_correction(**seen(dossier, house.hu))  # type: ignore[arg-type]
    published = visible_now(dossiers.again(dossier), now=timezone.now()).published
    assert published is not None
    assert (published.verdict, published.earlier, published.opinion) == (
        Verdict.FAIL,
        Verdict.PASS,
        "学历不符",
    )
    assert Message.objects.filter(template="result_corrected").count() == 1
    published_or_corrected = AuditEvent.objects.filter(name__in=["release:published", "correction:confirmed"])
    assert list(published_or_corrected.order_by("pk").values_list("name", "object_kind")) == [
        ("release:published", "release"),
        ("correction:confirmed", "dossier"),
    ]


def test_a_correction_of_the_opinion_alone_is_messaged_and_reported(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=house)
    announce_release(release_id=Release.objects.get().pk)
    before = StatusPush.objects.count()
    for opinion in ("意见有误", "意见又有误"):
        deciding.propose_correction(**seen(dossier, house.he), verdict=Verdict.PASS, opinion=opinion)  # type: ignore[arg-type]
        deciding.confirm_correction(**seen(dossier, house.hu))  # type: ignore[arg-type]
    released, first, second = StatusPush.objects.order_by("serial")[before - 1 :]
    assert released.text_zh == first.text_zh == second.text_zh == "审核通过"
    assert (released.corrected_at, first.corrected_at) == (
        None,
        Correction.objects.get(opinion="意见有误").confirmed_at,
    )
    assert (second.serial, second.corrected_at) == (
        released.serial + 2,
        Correction.objects.get(opinion="意见又有误").confirmed_at,
    )
    assert Message.objects.filter(template="result_corrected").count() == 2


def test_an_extension_wakes_a_lapsed_dossier(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.LAPSED, cast=house)
    until = timezone.now() + timedelta(days=1)
    with refused("not_your_role"):
        counter.extend(**seen(dossier, house.feng), until=until, reason="住院")  # type: ignore[arg-type]
    counter.request_extension(
        dossier_id=dossier.pk, actor=people.actor(house.feng), until=until, reason="住院"
    )
    counter.extend(**seen(dossier, house.jiang), until=until, reason="住院")  # type: ignore[arg-type]
    assert dossiers.again(dossier).state == State.DRAFT
    assert dossier.extension_requests.get().granted
    dossiers.submit(dossiers.fill(dossier))


def test_history_is_append_only(here: World, house: Cast) -> None:
    dossiers.brought_to(here, State.AT_SITE, cast=house)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("casework_step", "casework_submission", "casework_submittedpicture"):
        for verb in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            statement = verb.format(table)
            with (
                pytest.raises(IntegrityError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)

"""Places: uploads, －, 撤销, and what a return opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories import World, dossiers, people, pictures
from factories.people import Cast, staff
from factories.refusals import refused
from kaosheng.accounts.models import User
from kaosheng.casework.jobs.clock import run_round
from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.queries.progress import at_counter
from kaosheng.casework.queries.visible import visible_now, visible_of_many
from kaosheng.casework.services import counter, submitting
from kaosheng.casework.services import pictures as picture_services
from kaosheng.casework.words import state_words
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.states import State
from kaosheng.notices.models import Message

pytestmark = pytest.mark.django_db


def words(dossier: object) -> str:
    fresh = dossiers.again(dossier)  # type: ignore[arg-type]
    return state_words(visible_now(fresh, now=timezone.now()))


def test_uploads_take_the_lowest_gap_and_stop_at_the_maximum(here: World) -> None:
    dossier = dossiers.register(here)
    first, second = dossiers.upload(dossier), dossiers.upload(dossier)
    assert (first.position, second.position) == (1, 2)
    with pytest.raises(Refusal) as refusal:
        dossiers.upload(dossier)
    assert (refusal.value.code, refusal.value.params["maximum"]) == ("kind_full", 2)
    picture_services.delete_picture(dossier_id=dossier.pk, picture_id=first.pk, actor=dossiers.owner(dossier))
    assert not Picture.objects.filter(pk=first.pk).exists()
    assert dossiers.upload(dossier).position == 1


def test_named_positions_are_kept_and_never_overwritten(here: World) -> None:
    dossier = dossiers.register(here)
    assert dossiers.upload(dossier, "M01", 2).position == 2
    with refused("slot_taken"):
        dossiers.upload(dossier, "M01", 2)
    with refused("no_such_place"):
        dossiers.upload(dossier, "M01", 3)


def test_an_idempotency_key_names_one_picture(here: World) -> None:
    dossier = dossiers.register(here)
    first = dossiers.upload(dossier, seed=7, key="once")
    assert dossiers.upload(dossier, seed=7, key="once").pk == first.pk
    with refused("idempotency_key_reused"):
        dossiers.upload(dossier, seed=8, key="once")
    assert Picture.objects.count() == 1


def test_kinds_not_accepted_and_unknown_are_refused(here: World) -> None:
    dossier = dossiers.register(here, education="secondary", degree=True)
    with refused("kind_not_accepted"):
        dossiers.upload(dossier, "M04")
    with refused("unknown_kind"):
        dossiers.upload(dossier, "M77")


def test_what_a_reviewer_asks_for_is_taken_though_no_rule_needs_it(here: World, house: Cast) -> None:
    dossier = dossiers.register(here, education="secondary", degree=True)
    dossiers.submit(dossiers.fill(dossier))
    dossiers.return_(dossier, house.chen, dossiers.missing_note("M04"))
    dossiers.upload(dossier, "M04")
    dossiers.submit(dossier)
    assert dossiers.again(dossier).state == State.AT_SITE


def test_a_return_opens_what_was_asked_and_free_positions_of_the_kind(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M09", 1), dossiers.missing_note("M99"))
    assert words(dossier) == "待补充（2项）"
    with refused("slot_locked"):
        dossiers.upload(dossier, "M03", 2)
    assert dossiers.upload(dossier, "M09", 2).position == 2
    with refused("places_unanswered"):
        dossiers.submit(dossier)
    dossiers.upload(dossier, "M99")
    dossiers.replace(dossier, "M09", 1)
    dossiers.submit(dossier)
    assert dossiers.again(dossier).state == State.AT_SITE


def test_an_unticked_return_opens_the_asked_position_alone(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M03", 1, opens_free_positions=False))
    with refused("slot_locked"):
        dossiers.upload(dossier, "M03", 2)


def test_a_deleted_submitted_picture_comes_back_and_removes_its_replacement(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    me = dossiers.owner(dossier)
    original = dossier.pictures.get(kind="M01", position=1)
    replacement = dossiers.replace(dossier)
    picture_services.restore_picture(dossier_id=dossier.pk, picture_id=original.pk, actor=me)
    assert list(dossier.pictures.filter(kind="M01", position=1)) == [original]
    assert not Picture.objects.filter(pk=replacement.pk).exists()
    with refused("places_unanswered"):
        dossiers.submit(dossier)


def test_unable_to_replace_answers_a_place(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    me = dossiers.owner(dossier)
    with refused("place_not_asked"):
        submitting.explain(dossier_id=dossier.pk, actor=me, kind="M03", position=1, reason="无法更换")
    submitting.explain(dossier_id=dossier.pk, actor=me, kind="M01", position=1, reason="身份证正在补办")
    assert dossiers.submit(dossier).ordinal == 2


def test_places_asked_at_the_counter_wait_for_the_counter(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M03", 1, manner=Manner.ON_SITE))
    assert words(dossier) == "待补充（1项）"
    picture = dossier.pictures.get(kind="M03")
    with refused("slot_locked"):
        picture_services.delete_picture(
            dossier_id=dossier.pk, picture_id=picture.pk, actor=dossiers.owner(dossier)
        )
    with refused("nothing_to_resubmit"):
        dossiers.submit(dossier)
    manager = people.actor(house.feng)
    added = picture_services.add_picture(
        dossier_id=dossier.pk,
        actor=manager,
        kind="M03",
        position=1,
        data=pictures.jpeg(5),
        idempotency_key="counter",
        reason="视力不便",
    )
    assert added.added_by_staff == house.feng
    revision = dossiers.again(dossier).revision
    with refused("reason_needed"):
        counter.receive(dossier_id=dossier.pk, actor=manager, seen_revision=revision, reason=" ")
    counter.receive(dossier_id=dossier.pk, actor=manager, seen_revision=revision, reason="原件已核对")
    assert dossiers.again(dossier).state == State.AT_SITE


def test_overdue_goes_back_as_last_submitted(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    submitted = set(dossier.pictures.filter(hidden_at=None).values_list("pk", flat=True))
    dossiers.replace(dossier)
    assert run_round() == 0
    dossier = dossiers.again(dossier)
    dossier.deadline = timezone.now() - timedelta(seconds=121)
    dossier.save()
    assert run_round() == 1
    assert set(dossier.pictures.filter(hidden_at=None).values_list("pk", flat=True)) == submitted
    fresh = dossiers.again(dossier)
    assert (fresh.state, words(dossier)) == (State.AT_SITE, "已提交，待考点审核")
    assert visible_now(fresh, now=timezone.now()).overdue


def test_the_return_message_names_first_kind_count_deadline_and_manner(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(
        dossier, house.chen, dossiers.replace_note("M09", 1, text="张三的章"), dossiers.missing_note("M99")
    )
    text = Message.objects.get(template="returned").text
    assert text.startswith("您的医师资格考试报名材料有2项待补充：试用期证明等2项。请于")
    assert text.endswith("24:00前在线更换，详见上传页面。")
    assert "张三" not in text


def brought(dossier: Dossier, kind: str, by: User) -> Picture:
    """What a candidate brought to the counter, uploaded there for him."""
    return picture_services.add_picture(
        dossier_id=dossier.pk,
        actor=people.actor(by),
        kind=kind,
        position=1,
        data=pictures.jpeg(5),
        idempotency_key="counter",
        reason="视力不便",
    )


def received(dossier: Dossier, by: User) -> None:
    revision = dossiers.again(dossier).revision
    counter.receive(
        dossier_id=dossier.pk, actor=people.actor(by), seen_revision=revision, reason="原件已核对"
    )


def test_what_is_received_leaves_the_candidate_what_is_asked_of_him_online(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(
        dossier,
        house.chen,
        dossiers.replace_note("M03", 1, manner=Manner.ON_SITE),
        dossiers.replace_note("M09", 1),
    )
    own, handed = dossiers.replace(dossier, "M09", 1), brought(dossier, "M03", house.feng)
    assert words(dossier) == "待补充（2项）"
    received(dossier, house.feng)
    assert dossiers.again(dossier).state == State.RETURNED
    assert words(dossier) == "待补充（1项）"
    assert visible_of_many([dossiers.again(dossier)], now=timezone.now())[dossier.pk].places == 1
    with refused("nothing_to_receive"):
        received(dossier, house.feng)
    assert not at_counter(staff(house.feng)).exists()
    submission = dossiers.submit(dossier)
    assert submission.ordinal == 2
    assert {own.pk, handed.pk} <= set(submission.lines.values_list("picture", flat=True))


def test_what_came_at_the_counter_is_frozen_and_can_be_asked_for_again(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house, degree=False)
    original = dossier.pictures.get(kind="M09")
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M03", 1, manner=Manner.ON_SITE))
    dossiers.change_registration(dossier, here, degree=True)
    unsent = dossiers.upload(dossier, "M04", 1)
    handed = brought(dossier, "M03", house.feng)
    received(dossier, house.feng)
    standing = dossier.pictures.filter(hidden_at=None)
    assert standing.get(kind="M09") == original
    assert unsent not in standing
    last = dossier.submissions.last()
    assert last is not None
    assert (last.commitment_version, set(last.lines.values_list("picture", flat=True))) == (
        "", set(standing.values_list("pk", flat=True)),
    )  # fmt: skip
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M03", 1))
    with refused("places_unanswered"):
        dossiers.submit(dossier)
    picture_services.delete_picture(
        dossier_id=dossier.pk, picture_id=handed.pk, actor=dossiers.owner(dossier)
    )
    dossiers.upload(dossier, "M03", 1)
    dossiers.upload(dossier, "M04")
    assert dossiers.submit(dossier).ordinal == 3


def test_a_return_opens_kinds_a_registration_change_made_short(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house, degree=False)
    dossiers.change_registration(dossier, here, degree=True)
    dossiers.return_(dossier, house.chen)
    dossiers.replace(dossier)
    with refused("materials_missing"):
        dossiers.submit(dossier)
    dossiers.upload(dossier, "M04")
    dossiers.submit(dossier)


def test_unable_to_give_a_kind_still_holds_in_the_next_round(here: World, house: Cast) -> None:
    dossier = dossiers.register(here)
    me = dossiers.owner(dossier)
    submitting.explain(dossier_id=dossier.pk, actor=me, kind="M04", position=None, reason="没有学位")
    dossiers.submit(dossiers.fill(dossier))
    dossiers.return_(dossier, house.chen, dossiers.missing_note("M04"))
    submitting.explain(dossier_id=dossier.pk, actor=me, kind="M04", position=None, reason="确实没有学位")
    dossiers.submit(dossier)
    dossiers.return_(dossier, house.chen)
    dossiers.replace(dossier)
    dossiers.submit(dossier)


def test_unable_to_give_a_kind_is_no_answer_to_a_reviewer_who_asks_for_it(here: World, house: Cast) -> None:
    dossier = dossiers.register(here)
    me = dossiers.owner(dossier)
    submitting.explain(dossier_id=dossier.pk, actor=me, kind="M04", position=None, reason="没有学位")
    dossiers.submit(dossiers.fill(dossier))
    dossiers.return_(dossier, house.chen, dossiers.missing_note("M04"))
    view = candidate_view(dossiers.again(dossier), now=timezone.now())
    assert [(place.kind, place.position) for place in view.unanswered] == [("M04", None)]
    with refused("places_unanswered"):
        dossiers.submit(dossier)


def test_what_is_asked_for_cannot_be_put_off(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(dossier, house.chen, dossiers.missing_note("M03"))
    view = candidate_view(dossiers.again(dossier), now=timezone.now())
    assert [(kind.may_promise, kind.may_explain) for kind in view.kinds if kind.code == "M03"] == [
        (False, True)
    ]
    with refused("promise_not_possible"):
        dossiers.promise(dossier)
    assert not dossier.promises.exists()


def test_a_picture_overtakes_what_was_said_instead_of_it(here: World, house: Cast) -> None:
    dossier = dossiers.register(here)
    dossiers.promise(dossier)
    submitting.explain(
        dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M04", position=None, reason="没有学位"
    )
    dossiers.fill(dossier)
    for kind in ("M03", "M04"):
        dossiers.upload(dossier, kind)
    shown = {kind.code: kind for kind in candidate_view(dossiers.again(dossier), now=timezone.now()).kinds}
    assert (shown["M03"].promised_until, shown["M04"].unable) == (None, "")
    dossiers.submit(dossier)
    assert not dossier.promises.exists()
    assert not dossier.explanations.exists()
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M01", 1), dossiers.replace_note("M01", 2))
    for position in (1, 2):
        submitting.explain(
            dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M01", position=position, reason="补办"
        )
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    assert [said.position for said in dossier.explanations.all()] == [2]


def test_a_group_settled_by_a_promise_asks_for_nothing_else(here: World) -> None:
    dossier = dossiers.register(here)
    before = {kind.code: kind for kind in candidate_view(dossier, now=timezone.now()).kinds}
    assert (before["M13"].settled_by_group, before["M14"].settled_by_group) == (False, False)
    submitting.explain(
        dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M13", position=None, reason="没有"
    )
    after = {kind.code: kind for kind in candidate_view(dossiers.again(dossier), now=timezone.now()).kinds}
    assert after["M14"].settled_by_group


def test_a_return_opens_no_other_kind_of_a_group_that_is_met(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    assert dossier.pictures.filter(kind="M13").exists()
    returned = dossiers.return_(dossier, house.chen, dossiers.replace_note("M01", 2))
    assert {(slot.kind, slot.position) for slot in returned.opened.all()} == {("M01", 2)}
    with refused("slot_locked"):
        dossiers.upload(dossier, "M14")


def test_a_return_opens_every_kind_of_a_group_a_change_left_unmet(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house, route="assistant")
    dossiers.change_registration(dossier, here, route="direct")
    returned = dossiers.return_(dossier, house.chen)
    assert {"M13", "M14"} <= {slot.kind for slot in returned.opened.all()}
    dossiers.replace(dossier)
    for place in ("M09", "M09", "M09", "M14"):
        dossiers.upload(dossier, place)
    dossiers.submit(dossier)


def test_what_was_asked_for_in_person_or_promised_opens_nothing_online(here: World, house: Cast) -> None:
    dossier = dossiers.register(here)
    dossiers.fill(dossier)
    for picture in dossier.pictures.filter(kind="M03"):
        picture_services.delete_picture(
            dossier_id=dossier.pk, picture_id=picture.pk, actor=dossiers.owner(dossier)
        )
    submitting.promise(
        dossier_id=dossier.pk,
        actor=dossiers.owner(dossier),
        kind="M03",
        due_on=timezone.localdate() + timedelta(days=2),
        note="等学校补发",
    )
    dossiers.submit(dossier)
    returned = dossiers.return_(
        dossier,
        house.chen,
        dossiers.missing_note("M99", manner=Manner.ON_SITE),
        dossiers.replace_note("M01", 1),
    )
    assert {(slot.kind, slot.position) for slot in returned.opened.filter(counter_only=False)} == {("M01", 1)}

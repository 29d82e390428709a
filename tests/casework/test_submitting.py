"""提交审核: what is frozen, what is refused, what the candidate is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories import World, dossiers, pictures
from factories.people import Cast
from factories.refusals import refused
from kaosheng.casework.models import Picture, StatusPush, Submission
from kaosheng.casework.services import pictures as picture_services
from kaosheng.casework.services import submitting
from kaosheng.domain.errors import Refusal
from kaosheng.domain.states import State
from kaosheng.notices.models import Notice
from kaosheng.pictures.store import get_store
from kaosheng.web.ui.messages import status_of

pytestmark = pytest.mark.django_db


def test_submission_freezes_the_list_the_candidate_saw(here: World) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    submission = dossiers.submit(dossier)
    lines = list(submission.lines.values_list("kind", "position", "stored_digest"))
    standing = list(
        dossier.pictures.order_by("kind", "position").values_list("kind", "position", "stored_digest")
    )
    assert lines == standing
    dossier = dossiers.again(dossier)
    assert (dossier.state, dossier.revision, dossier.catalogue_version_id) == (
        State.AT_SITE, 1, here.intake.catalogue_versions.get().pk,
    )  # fmt: skip


def test_the_same_submission_twice_gives_one_receipt_and_one_message(here: World) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    assert dossiers.submit(dossier) == dossiers.submit(dossier)
    assert Submission.objects.count() == 1
    assert sorted(Notice.objects.values_list("channel", flat=True)) == ["sms"]
    assert list(StatusPush.objects.values_list("serial", "status", "text_zh")) == [
        (1, "waiting", "已提交，待考点审核")
    ]


def test_a_list_that_changed_since_the_check_page_is_refused(here: World) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    seen = submitting.picture_list_digest(dossier.pictures.all())
    dossiers.upload(dossier, "M99")
    with refused("picture_list_changed"):
        submitting.submit(
            dossier_id=dossier.pk, actor=dossiers.owner(dossier), seen_list=seen, commitment="test-1"
        )
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("commitment", "code"), [("", "commitment_missing"), ("test-0", "commitment_changed")]
)
def test_the_present_commitment_must_be_ticked(here: World, commitment: str, code: str) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    seen = submitting.picture_list_digest(dossier.pictures.all())
    with refused(code):
        submitting.submit(
            dossier_id=dossier.pk, actor=dossiers.owner(dossier), seen_list=seen, commitment=commitment
        )


def test_missing_kinds_are_named(here: World) -> None:
    dossier = dossiers.register(here)
    dossiers.upload(dossier, "M01")
    with pytest.raises(Refusal) as refusal:
        dossiers.submit(dossier)
    assert refusal.value.params == {"kinds": ("M01", "M03", "M04", "M09", "M13")}


def test_promised_and_explained_kinds_count_as_met(here: World) -> None:
    dossier = dossiers.register(here)
    me = dossiers.owner(dossier)
    for kind in ("M01", "M01", "M09", "M14"):
        dossiers.upload(dossier, kind)
    later = (timezone.now() + timedelta(days=9)).date()
    submitting.promise(dossier_id=dossier.pk, actor=me, kind="M03", due_on=later, note="学校正在补办")
    submitting.explain(dossier_id=dossier.pk, actor=me, kind="M04", position=None, reason="没有学位")
    assert dossiers.submit(dossier).ordinal == 1


def test_a_promise_needs_a_kind_that_may_follow_and_a_coming_day(here: World) -> None:
    dossier = dossiers.register(here)
    me, today = dossiers.owner(dossier), timezone.localdate()
    with refused("promise_not_possible"):
        submitting.promise(
            dossier_id=dossier.pk, actor=me, kind="M01", due_on=today + timedelta(days=3), note=""
        )
    with refused("promise_date_past"):
        submitting.promise(dossier_id=dossier.pk, actor=me, kind="M03", due_on=today, note="")
    assert not dossier.promises.exists()


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [
        (timedelta(hours=1), timedelta(days=1), "window_not_open"),
        (-timedelta(days=2), -timedelta(seconds=1), "deadline_passed"),
    ],
)
def test_outside_the_window_nothing_is_submitted(
    here: World, opens: timedelta, closes: timedelta, code: str
) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    here.intake.opens_at, here.intake.closes_at = timezone.now() + opens, timezone.now() + closes
    here.intake.save()
    with refused(code):
        dossiers.submit(dossier)


def test_what_arrived_in_time_counts_for_two_more_minutes(here: World) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    seen = submitting.picture_list_digest(dossier.pictures.all())
    here.intake.closes_at = timezone.now() - timedelta(seconds=60)
    here.intake.save()
    arrived = here.intake.closes_at - timedelta(seconds=1)
    submitting.submit(
        dossier_id=dossier.pk,
        actor=dossiers.owner(dossier),
        seen_list=seen,
        commitment="test-1",
        arrived_at=arrived,
    )
    assert dossiers.again(dossier).state == State.AT_SITE


def test_another_candidate_finds_nothing(here: World) -> None:
    dossier, other = dossiers.fill(dossiers.register(here)), dossiers.register(here)
    stranger = dossiers.owner(other)
    seen = submitting.picture_list_digest(dossier.pictures.all())
    picture = dossier.pictures.first()
    assert picture is not None
    with refused("not_found"):
        submitting.submit(dossier_id=dossier.pk, actor=stranger, seen_list=seen, commitment="test-1")
    with refused("not_found"):
        picture_services.delete_picture(dossier_id=dossier.pk, picture_id=picture.pk, actor=stranger)
    with refused("not_found"):
        picture_services.add_picture(
            dossier_id=dossier.pk,
            actor=stranger,
            kind="M99",
            position=None,
            data=pictures.jpeg(1),
            idempotency_key="x",
        )
    assert not Picture.objects.filter(kind="M99").exists()
    assert len(list(get_store().objects())) == 2 * Picture.objects.count()


def test_locked_after_submitting_for_upload_and_delete(here: World) -> None:
    dossier = dossiers.fill(dossiers.register(here))
    dossiers.submit(dossier)
    picture = dossier.pictures.first()
    assert picture is not None
    with refused("dossier_locked"):
        dossiers.upload(dossier, "M99")
    with refused("dossier_locked"):
        picture_services.delete_picture(
            dossier_id=dossier.pk, picture_id=picture.pk, actor=dossiers.owner(dossier)
        )


@pytest.mark.parametrize(
    ("state", "code"), [(State.LAPSED, "dossier_lapsed"), (State.WITHDRAWN, "dossier_withdrawn")]
)
def test_what_lapsed_or_was_cancelled_is_refused_as_that(
    here: World, house: Cast, state: State, code: str
) -> None:
    dossier = dossiers.brought_to(here, state, cast=house)
    with refused(code):
        dossiers.upload(dossier, "M99")
    with refused(code):
        submitting.explain(
            dossier_id=dossier.pk,
            actor=dossiers.owner(dossier),
            kind="M04",
            position=None,
            reason="没有学位",
        )
    assert status_of(Refusal(code)) == 409


def test_nothing_is_promised_or_explained_before_the_window_opens(here: World) -> None:
    dossier = dossiers.register(here)
    me, later = dossiers.owner(dossier), timezone.localdate() + timedelta(days=9)
    here.intake.opens_at = timezone.now() + timedelta(hours=1)
    here.intake.save()
    with refused("window_not_open"):
        submitting.promise(dossier_id=dossier.pk, actor=me, kind="M03", due_on=later, note="学校正在补办")
    with refused("window_not_open"):
        submitting.explain(dossier_id=dossier.pk, actor=me, kind="M04", position=None, reason="没有学位")
    assert not dossier.promises.exists()


def test_a_new_catalogue_reaches_drafts_only(here: World, house: Cast) -> None:
    from factories.world import KINDS, RULES, publish_catalogue

    submitted = dossiers.brought_to(here, State.RETURNED, cast=house)
    draft = dossiers.fill(dossiers.register(here))
    publish_catalogue(
        here.intake,
        kinds=KINDS,
        rules=(
            *RULES,
            {"kind": "M99", "effect": "required", "when": {}, "reason_zh": "新", "reason_en": "new"},
        ),
    )
    with refused("materials_missing"):
        dossiers.submit(draft)
    dossiers.replace(submitted)
    assert dossiers.submit(submitted).ordinal == 2

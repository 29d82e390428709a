"""What a changed, cancelled or restored registration does to a dossier in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories import World, clients, dossiers
from factories.people import Cast
from factories.refusals import refused
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs.release import announce_release
from kaosheng.casework.models import Dossier, Lease, StatusPush
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.services.registrations import log_in, receive_registration
from kaosheng.casework.words import state_words
from kaosheng.domain.states import State
from kaosheng.notices.models import Message
from kaosheng.registration.models import Candidate, Registration, RegistrationVersion

pytestmark = pytest.mark.django_db
PUSH = RegistrationVersion.Way.PUSH


def words(dossier: Dossier) -> str:
    return state_words(visible_now(dossiers.again(dossier), now=timezone.now()))


def test_only_a_higher_version_is_applied_whichever_way_it_came(here: World) -> None:
    sent = dossiers.payload(here, version=5, education="college")
    assert receive_registration(sent, way=PUSH).applied
    for older in (4, 5):
        stale = {**sent, "source_version": older, "facts": {**sent["facts"], "education": "bachelor"}}
        assert not receive_registration(stale, way=RegistrationVersion.Way.CLAIMS).applied
    registration = Registration.objects.get()
    assert registration.facts["education"] == "college"
    assert registration.versions.count() == Dossier.objects.count() == 1


@pytest.mark.parametrize(
    "field", ["number", "exam_batch", "area", "site", "name", "id_number", "facts", "source_version"]
)
def test_a_registration_that_is_not_understood_leaves_nothing(here: World, field: str) -> None:
    sent = {**dossiers.payload(here), field: None}
    with refused("registration_not_understood"):
        receive_registration(sent, way=PUSH)
    assert not Registration.objects.exists()


def test_unknown_intake_and_site_are_named(here: World) -> None:
    with refused("intake_unknown"):
        receive_registration({**dossiers.payload(here), "exam_batch": "1999YS"}, way=PUSH)
    with refused("site_unknown"):
        receive_registration({**dossiers.payload(here), "site": "9901"}, way=PUSH)


def test_whoever_comes_with_a_claim_that_is_not_understood_has_not_logged_in(here: World) -> None:
    claims: list[object] = [dossiers.payload(here, subject="s-1"), {}]
    with refused("registration_not_understood"):
        log_in(subject="s-1", name="样本", registrations=claims)
    assert not Candidate.objects.exists()
    assert not AuditEvent.objects.filter(name="candidate:logged_in").exists()


def test_log_in_binds_what_was_pushed_before_and_leaves_other_areas_aside(here: World) -> None:
    sent = dossiers.payload(here, subject="s-1")
    receive_registration(sent, way=PUSH)
    log_in(subject="s-1", name="样本", registrations=[sent, {**sent, "number": "x", "area": "77"}])
    assert Registration.objects.get().candidate == Candidate.objects.get()


def test_id_number_and_phone_are_sealed_in_the_database(here: World) -> None:
    from django.db import connection

    sent = dossiers.payload(here)
    receive_registration(sent, way=PUSH)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id_number, phone, payload FROM registration_registration, registration_registrationversion"
        )
        stored = " ".join(cursor.fetchone())
    assert sent["id_number"] not in stored
    assert sent["phone"] not in stored
    assert Registration.objects.get().id_number == sent["id_number"]


def test_a_draft_is_recomputed_and_told_and_keeps_its_pictures(here: World) -> None:
    dossier = dossiers.register(here)
    dossiers.upload(dossier, "M09")
    dossiers.change_registration(dossier, here, route="from_assistant")
    assert Message.objects.filter(template="checklist_changed").count() == 1
    assert dossier.pictures.count() == 1
    assert dossiers.again(dossier).acknowledged_version == 1


def test_a_new_telephone_number_alone_is_no_change_of_the_case(here: World) -> None:
    dossier = dossiers.register(here)
    sent = dossiers.payload(
        here, number=dossier.registration.number, version=2, subject=dossier.registration.subject
    )
    receive_registration({**sent, "phone": "19900009999"}, way=PUSH)
    assert (dossiers.again(dossier).revision, Message.objects.count()) == (0, 0)
    assert Registration.objects.get().phone == "19900009999"


@pytest.mark.parametrize("state", [State.AT_SITE, State.AT_AREA, State.DECIDED])
def test_in_review_the_reviewer_is_flagged_and_the_candidate_reads_the_same_words(
    here: World, house: Cast, state: State
) -> None:
    dossier = dossiers.brought_to(here, state, cast=house)
    before = words(dossier)
    dossiers.change_registration(dossier, here, education="college")
    fresh = dossiers.again(dossier)
    assert (fresh.state, fresh.changed_since, words(dossier)) == (state, 1, before)
    assert list(Message.objects.filter(template__contains="changed").values_list("template", flat=True)) == [
        "registration_changed"
    ]


def test_a_change_voids_a_proposal(here: World, house: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    dossiers.change_registration(dossier, here, education="college")
    assert dossier.proposals.get().outcome == "void"


def test_while_returned_newly_needed_kinds_open_and_needless_ones_stop_being_asked(
    here: World, house: Cast
) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house, route="from_assistant", degree=False)
    dossiers.return_(dossier, house.chen)
    dossiers.change_registration(dossier, here, route="direct", degree=True)
    for kind in ("M04", "M09", "M13"):
        dossiers.upload(dossier, kind)
    dossiers.replace(dossier)
    dossiers.submit(dossier)

    other = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.return_(other, house.chen, dossiers.replace_note("M09", 1))
    dossiers.change_registration(other, here, route="from_assistant")
    assert words(other) == "待补充（0项）"
    dossiers.submit(other)


def test_moving_to_another_site_takes_the_history_along_and_drops_the_lease(here: World, house: Cast) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.change_registration(dossier, here, site=here.other_site)
    fresh = dossiers.again(dossier)
    assert (fresh.site, fresh.state, Lease.objects.count()) == (here.other_site, State.AT_SITE, 0)
    dossiers.forward(dossier, house.deng)
    with refused("not_found"):
        dossiers.take(dossier, house.chen)


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.AT_SITE, State.AT_AREA, State.RETURNED, State.DECIDED, State.LAPSED]
)
def test_cancelled_and_restored_comes_back_where_it_was(here: World, house: Cast, state: State) -> None:
    dossier = dossiers.brought_to(here, state, cast=house)
    before = words(dossier)
    dossiers.change_registration(dossier, here, cancelled=True)
    assert (dossiers.again(dossier).state, words(dossier)) == (State.WITHDRAWN, "报名已取消")
    dossiers.change_registration(dossier, here)
    assert (dossiers.again(dossier).state, words(dossier)) == (state, before)


def test_a_deadline_that_passed_meanwhile_is_set_anew(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    dossiers.change_registration(dossier, here, cancelled=True)
    dossier = dossiers.again(dossier)
    dossier.deadline = timezone.now() - timedelta(hours=1)
    dossier.save()
    dossiers.change_registration(dossier, here)
    deadline = dossiers.again(dossier).deadline
    assert deadline is not None
    assert deadline > timezone.now() + timedelta(days=1)


def test_a_cancellation_voids_a_proposal_and_frees_the_dossier(here: World, house: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    dossiers.take(dossier, house.he)
    dossiers.change_registration(dossier, here, cancelled=True, education="college")
    assert (dossier.proposals.get().outcome, Lease.objects.count()) == ("void", 0)
    dossiers.change_registration(dossier, here)
    dossiers.take(dossier, house.he)


def test_after_release_a_verdict_stays(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=house)
    assert dossier.release_id is not None
    announce_release(release_id=dossier.release_id)
    pushes = StatusPush.objects.count()
    dossiers.change_registration(dossier, here, education="college")
    dossiers.change_registration(dossier, here, cancelled=True)
    fresh = dossiers.again(dossier)
    assert (fresh.state, words(dossier), fresh.registration.is_cancelled) == (State.DECIDED, "审核通过", True)
    assert StatusPush.objects.count() == pushes


@pytest.mark.parametrize("state", [State.AT_SITE, State.AT_AREA, State.DECIDED, State.RETURNED])
def test_a_change_that_comes_with_a_cancellation_is_flagged_when_restored(
    here: World, house: Cast, state: State
) -> None:
    dossier = dossiers.brought_to(here, state, cast=house)
    dossiers.change_registration(dossier, here, cancelled=True, education="college")
    dossiers.change_registration(dossier, here, education="college")
    fresh = dossiers.again(dossier)
    assert (fresh.state, fresh.changed_since) == (state, 1)


def test_a_change_while_returned_is_shown_to_the_reviewer_when_it_runs_out(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    dossiers.change_registration(dossier, here, education="college")
    assert dossiers.overdue(dossier).changed_since == 1


def test_a_change_while_returned_is_shown_to_the_reviewer_of_what_was_resubmitted(
    here: World, house: Cast
) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    dossiers.change_registration(dossier, here, institution_name="另一家")
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    fresh = dossiers.again(dossier)
    assert (fresh.state, fresh.changed_since) == (State.AT_SITE, 1)
    page = clients.of_staff(house.chen).get(f"/staff/dossiers/{dossier.pk}/").content.decode()
    assert "报名信息已变更" in page
    assert "另一家" in page


def test_a_message_of_another_area_changes_nothing(here: World) -> None:
    dossier = dossiers.register(here)
    sent = dossiers.payload(here, number=dossier.registration.number, version=9, site=here.foreign_site)
    with refused("intake_differs"):
        receive_registration(sent, way=PUSH)
    fresh = dossiers.again(dossier)
    assert (fresh.site, fresh.registration.site, fresh.registration.source_version) == (
        here.site,
        here.site,
        1,
    )

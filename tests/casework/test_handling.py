"""Hold, internal notes, conflicts, handing over, and looks."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from factories import World, dossiers
from factories.people import Cast, actor, staff
from factories.refusals import refused
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.workbench import workbench
from kaosheng.casework.services import deciding, handling, queueing, reviewing
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(here: World, house: Cast) -> Dossier:
    return dossiers.brought_to(here, State.AT_SITE, cast=house)


def line_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).line


# --- lines ------------------------------------------------------------------------------------------------------
def test_a_dossier_waits_in_the_line_of_its_phase(here: World, house: Cast) -> None:
    lines = {state: line_of(dossiers.brought_to(here, state, cast=house)) for state in State}
    assert lines == {
        State.DRAFT: "", State.AT_SITE: "site", State.AT_AREA: "area", State.RETURNED: "", State.DECIDED: "",
        State.LAPSED: "", State.WITHDRAWN: "",
    }  # fmt: skip


def test_a_proposal_waits_for_a_second_person(here: World, house: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    assert line_of(dossier) == "second"


# --- hold -------------------------------------------------------------------------------------------------------
def test_a_hold_takes_it_out_of_hands_and_line_until_it_ends(waiting: Dossier, house: Cast) -> None:
    held = dossiers.take(waiting, house.chen)
    put_aside = partial(
        handling.hold, dossier_id=held.pk, actor=actor(house.chen), seen_revision=held.revision
    )
    with refused("reason_needed"):
        put_aside(reason="  ")
    put_aside(reason="等待电话回复")
    assert line_of(waiting) == ""
    assert not Lease.objects.exists()
    assert queueing.take_next(staff=staff(house.chen_two)) is None
    handling.end_hold(dossier_id=held.pk, actor=actor(house.chen_two))
    assert line_of(waiting) == "site"
    taken = queueing.take_next(staff=staff(house.chen_two))
    assert taken is not None
    assert taken.pk == waiting.pk


def test_only_the_holder_may_put_it_on_hold(waiting: Dossier, house: Cast) -> None:
    dossiers.take(waiting, house.chen)
    with refused("lease_needed"):
        handling.hold(
            dossier_id=waiting.pk, actor=actor(house.chen_two), seen_revision=waiting.revision, reason="等待"
        )


def test_an_act_ends_the_hold(waiting: Dossier, house: Cast) -> None:
    held = dossiers.take(waiting, house.chen)
    handling.hold(
        dossier_id=held.pk, actor=actor(house.chen), seen_revision=held.revision, reason="等待电话回复"
    )
    forwarded = dossiers.forward(held, house.chen)
    assert line_of(forwarded) == "area"
    assert not forwarded.holds.filter(ended_at=None).exists()


# --- notes ------------------------------------------------------------------------------------------------------
def test_notes_of_the_area_are_not_the_sites_business(here: World, house: Cast, waiting: Dossier) -> None:
    with refused("note_empty"):
        handling.add_note(dossier_id=waiting.pk, actor=actor(house.chen), text=" ")
    handling.add_note(dossier_id=waiting.pk, actor=actor(house.chen), text="已电话联系")
    at_area = dossiers.forward(dossiers.take(waiting, house.chen), house.chen)
    handling.add_note(dossier_id=waiting.pk, actor=actor(house.gao), text="疑似伪造公章")
    with refused("not_your_stage"):
        handling.add_note(dossier_id=waiting.pk, actor=actor(house.chen), text="补充")

    def texts(user: object) -> list[str]:
        bench = workbench(dossiers.again(at_area), staff(user), now=timezone.now())  # type: ignore[arg-type]
        return [note.text for note in bench.notes]

    assert texts(house.chen) == ["已电话联系"]
    assert texts(house.gao) == ["疑似伪造公章", "已电话联系"]


# --- conflict of interest ---------------------------------------------------------------------------------------
def test_whoever_declared_a_conflict_never_gets_it(here: World, house: Cast, waiting: Dossier) -> None:
    dossiers.take(waiting, house.chen)
    handling.declare_conflict(dossier_id=waiting.pk, actor=actor(house.chen), reason="考生是我的学生")
    assert not Lease.objects.exists()
    assert queueing.take_next(staff=staff(house.chen)) is None
    for attempt in (
        lambda: reviewing.take(dossier_id=waiting.pk, actor=actor(house.chen)),
        lambda: handling.add_note(dossier_id=waiting.pk, actor=actor(house.chen), text="合格"),
        lambda: handling.hand_over(
            dossier_id=dossiers.take(waiting, house.chen_two).pk,
            actor=actor(house.chen_two),
            giver=house.chen_two,
            taker=staff(house.chen),
        ),
    ):
        with refused("conflict_declared"):
            attempt()
    taken = queueing.take_next(staff=staff(house.chen_two))
    assert taken is None
    assert Lease.objects.get().holder == house.chen_two


def test_what_he_proposed_falls_with_his_conflict(here: World, house: Cast) -> None:
    dossier = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    handling.declare_conflict(dossier_id=dossier.pk, actor=actor(house.hu), reason="考生是我的学生")
    assert line_of(dossier) == "second"
    handling.declare_conflict(dossier_id=dossier.pk, actor=actor(house.gao), reason="考生是我的学生")
    proposal = dossier.proposals.get()
    assert (proposal.outcome, proposal.answered_by, line_of(dossier)) == ("void", house.gao, "area")
    dossiers.take(dossier, house.he)
    with refused("action_not_possible"):
        deciding.confirm(
            dossier_id=dossier.pk, actor=actor(house.he), seen_revision=dossiers.again(dossier).revision
        )
    voided = AuditEvent.objects.get(name="proposal:voided", object=str(dossier.pk))
    assert (voided.actor, voided.details["verdict"]) == (str(house.gao.pk), "fail")


def test_a_correction_he_proposed_falls_with_his_conflict(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, "released", cast=house)
    deciding.propose_correction(
        dossier_id=dossier.pk,
        actor=actor(house.he),
        seen_revision=dossier.revision,
        verdict=Verdict.FAIL,
        opinion="证书系伪造。",
    )
    handling.declare_conflict(dossier_id=dossier.pk, actor=actor(house.he), reason="考生是我的学生")
    assert dossier.corrections.get().replaced_at is not None
    with refused("nothing_to_confirm"):
        deciding.confirm_correction(
            dossier_id=dossier.pk, actor=actor(house.hu), seen_revision=dossiers.again(dossier).revision
        )
    assert AuditEvent.objects.filter(name="proposal:voided", object=str(dossier.pk)).count() == 1


def test_another_person_withdraws_a_conflict_and_it_may_be_declared_again(
    here: World, house: Cast, waiting: Dossier
) -> None:
    def withdraw(who: User, reason: str = "当时看错了姓名") -> None:
        handling.withdraw_conflict(dossier_id=waiting.pk, actor=actor(who), by=house.chen, reason=reason)

    def declare() -> None:
        handling.declare_conflict(dossier_id=waiting.pk, actor=actor(house.chen), reason="考生是我的学生")

    declare()
    for who, reason, code in (
        (house.chen, "x", "own_conflict"),
        (house.chen_two, "x", "not_your_role"),
        (house.feng, " ", "reason_needed"),
        (house.kong, "x", "not_found"),
    ):
        with refused(code):
            withdraw(who, reason)
    assert queueing.take_next(staff=staff(house.chen)) is None
    withdraw(house.feng)
    assert queueing.take_next(staff=staff(house.chen)) == waiting
    with refused("not_found"):
        withdraw(house.feng)
    declare()
    assert queueing.take_next(staff=staff(house.chen)) is None


# --- handing over -----------------------------------------------------------------------------------------------
def test_everything_somebody_holds_goes_to_another(here: World, house: Cast) -> None:
    leased = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    held = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    handling.hold(
        dossier_id=held.pk, actor=actor(house.chen), seen_revision=held.revision, reason="等待电话回复"
    )
    for dossier in (leased, held):
        assert handling.hand_over(
            dossier_id=dossier.pk, actor=actor(house.feng), giver=house.chen, taker=staff(house.chen_two)
        )
    assert Lease.objects.get().holder == house.chen_two
    assert held.holds.get(ended_at=None).by == house.chen_two
    assert line_of(held) == ""
    assert not handling.hand_over(dossier_id=leased.pk, actor=actor(house.feng), giver=house.chen, taker=None)


def test_back_to_the_line_frees_hold_and_lease(here: World, house: Cast, waiting: Dossier) -> None:
    held = dossiers.take(waiting, house.chen)
    handling.hold(dossier_id=held.pk, actor=actor(house.chen), seen_revision=held.revision, reason="等待")
    assert handling.hand_over(dossier_id=held.pk, actor=actor(house.chen), giver=house.chen, taker=None)
    assert line_of(held) == "site"


def test_nobody_gives_away_what_another_holds(here: World, house: Cast, waiting: Dossier) -> None:
    dossiers.take(waiting, house.chen)
    with refused("not_your_role"):
        handling.hand_over(
            dossier_id=waiting.pk, actor=actor(house.chen_two), giver=house.chen, taker=staff(house.chen_two)
        )
    with refused("not_found"):
        handling.hand_over(
            dossier_id=waiting.pk, actor=actor(house.feng), giver=house.chen, taker=staff(house.deng)
        )
    assert Lease.objects.get().holder == house.chen


# --- loaded ahead -----------------------------------------------------------------------------------------------
def test_one_is_kept_ahead_and_it_is_the_next_one(here: World, house: Cast) -> None:
    for _ in range(3):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    first = queueing.take_next(staff=staff(house.chen))
    ahead = queueing.take_next(staff=staff(house.chen), reserve=True)
    assert first is not None
    assert ahead is not None
    again = queueing.take_next(staff=staff(house.chen), reserve=True)
    assert again is not None
    assert again.pk == ahead.pk != first.pk
    assert Lease.objects.filter(holder=house.chen, reserved=True).count() == 1
    others = queueing.take_next(staff=staff(house.chen_two))
    assert others is not None
    assert others.pk not in {first.pk, ahead.pk}
    taken = queueing.take_next(staff=staff(house.chen))
    assert taken is not None
    assert taken.pk == ahead.pk
    assert not Lease.objects.filter(reserved=True).exists()


def test_giving_back_frees_the_one_ahead_too(here: World, house: Cast) -> None:
    for _ in range(2):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    first = queueing.take_next(staff=staff(house.chen))
    queueing.take_next(staff=staff(house.chen), reserve=True)
    assert first is not None
    reviewing.give_back(dossier_id=first.pk, actor=actor(house.chen))
    assert not Lease.objects.exists()


def hands_of(dossier: Dossier) -> list[str]:
    """What the trail has about whose hands it was in, oldest first."""
    names = AuditEvent.objects.filter(object=str(dossier.pk), actor_kind="staff").order_by("pk")
    return [name for name in names.values_list("name", flat=True) if name != "dossier:viewed"]


def test_what_is_given_back_with_another_stands_in_the_trail_of_both(here: World, house: Cast) -> None:
    for _ in range(2):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    first = queueing.take_next(staff=staff(house.chen))
    ahead = queueing.take_next(staff=staff(house.chen), reserve=True)
    assert first is not None
    assert ahead is not None
    for _ in range(2):
        reviewing.give_back(dossier_id=first.pk, actor=actor(house.chen))
    assert hands_of(first) == ["dossier:taken", "dossier:given_back"]
    assert hands_of(ahead) == ["dossier:reserved", "dossier:given_back"]


def test_one_ahead_of_another_list_is_given_back_for_the_new_one(here: World, house: Cast) -> None:
    proposed = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.he)
    waiting = dossiers.brought_to(here, State.AT_AREA, cast=house)
    before = hands_of(waiting)
    ahead = queueing.take_next(staff=staff(house.gao), reserve=True)
    other = queueing.take_next(staff=staff(house.gao), tab=Tab.PROPOSALS, reserve=True)
    assert (ahead, other) == (waiting, proposed)
    assert hands_of(waiting) == [*before, "dossier:reserved", "dossier:given_back"]
    assert hands_of(proposed)[-1] == "dossier:reserved"
    assert Lease.objects.get(holder=house.gao).dossier == proposed


def test_one_ahead_whose_time_is_over_makes_room_without_being_given_back(here: World, house: Cast) -> None:
    ahead, following = (dossiers.brought_to(here, State.AT_SITE, cast=house) for _ in range(2))
    assert queueing.take_next(staff=staff(house.chen), reserve=True) == ahead
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1), tick=False):
        dossiers.take(ahead, house.chen_two)
        assert queueing.take_next(staff=staff(house.chen), reserve=True) == following
    assert hands_of(ahead) == ["dossier:reserved", "dossier:taken"]


def test_opening_the_one_ahead_takes_it_once_and_only_while_it_is_kept(here: World, house: Cast) -> None:
    ahead = dossiers.brought_to(here, State.AT_SITE, cast=house)
    opens = partial(reviewing.take_loaded_ahead, dossier_id=ahead.pk, actor=actor(house.chen))
    opens()
    assert not Lease.objects.exists()
    queueing.take_next(staff=staff(house.chen), reserve=True)
    reviewing.take_loaded_ahead(dossier_id=ahead.pk, actor=actor(house.chen_two))
    assert Lease.objects.get().reserved is True
    for _ in range(2):
        opens()
    assert hands_of(ahead) == ["dossier:reserved", "dossier:taken"]
    lease = Lease.objects.get()
    assert (lease.holder, lease.reserved) == (house.chen, False)


def test_what_is_kept_ahead_is_free_after_fifteen_minutes(here: World, house: Cast) -> None:
    waiting = dossiers.brought_to(here, State.AT_SITE, cast=house)
    queueing.take_next(staff=staff(house.chen), reserve=True)
    assert queueing.take_next(staff=staff(house.chen_two)) is None
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1), tick=False):
        found = queueing.take_next(staff=staff(house.chen_two))
    assert found is not None
    assert found.pk == waiting.pk


def test_renewing_keeps_both_and_is_refused_to_others(here: World, house: Cast) -> None:
    for _ in range(2):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    first = queueing.take_next(staff=staff(house.chen))
    queueing.take_next(staff=staff(house.chen), reserve=True)
    assert first is not None
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        reviewing.renew(dossier_id=first.pk, actor=actor(house.chen))
        until = timezone.now() + timedelta(minutes=15)
        assert set(Lease.objects.values_list("until", flat=True)) == {until}
        with refused("lease_needed"):
            reviewing.renew(dossier_id=first.pk, actor=actor(house.chen_two))


# --- what changed since one's own last look ----------------------------------------------------------------------
def test_only_what_came_since_the_own_look_is_new(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    handling.note_look(dossier=dossier, staff=staff(house.chen))
    front = dossier.pictures.get(kind="M01", position=1)
    dossiers.return_(dossier, house.chen)
    replacement = dossiers.replace(dossier)
    dossiers.submit(dossier)
    handling.note_look(dossier=dossiers.again(dossier), staff=staff(house.chen))
    handling.note_look(dossier=dossiers.again(dossier), staff=staff(house.chen))
    bench = workbench(dossiers.again(dossier), staff(house.chen), now=timezone.now())
    assert [entry.picture.pk for entry in bench.pictures if entry.is_new] == [replacement.pk]
    (entry,) = (entry for entry in bench.pictures if entry.is_new)
    assert entry.before is not None
    assert entry.before.pk == front.pk

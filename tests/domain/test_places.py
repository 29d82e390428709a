"""Places: which slots a return opens, who may fill them, and what answers what was asked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaosheng.domain.places import (
    Asked,
    Manner,
    Opened,
    Slot,
    Standing,
    asked_after_change,
    free_slots,
    is_answered,
    is_open,
    opened_by,
    unanswered,
    waits_elsewhere,
)
from kaosheng.domain.states import State

MAXIMUMS = {"M01": 2, "M05": 4}
FILLED = frozenset({Slot("M01", 1), Slot("M01", 2), Slot("M05", 1), Slot("M05", 2)})
"""身份证明 is full, 学历证明 has two free places."""


def _opened(*asked: Asked, occupied: frozenset[Slot] = FILLED) -> dict[tuple[str, int], bool]:
    opened = opened_by(asked, occupied=occupied, maximums=MAXIMUMS)
    assert list(opened) == sorted(opened, key=lambda place: place.slot)
    return {(place.slot.kind, place.slot.position): place.counter_only for place in opened}


# --- what a return opens -----------------------------------------------------------------------------------


def test_a_position_opens_itself_and_the_free_places_of_its_kind() -> None:
    assert _opened(Asked("M05", 2)) == {("M05", 2): False, ("M05", 3): False, ("M05", 4): False}


def test_unticked_it_opens_itself_alone() -> None:
    assert _opened(Asked("M05", 2, opens_free_positions=False)) == {("M05", 2): False}


def test_of_a_full_kind_only_the_position_opens() -> None:
    assert _opened(Asked("M01", 2)) == {("M01", 2): False}


def test_a_kind_opens_its_free_places_even_unticked() -> None:
    free = {("M05", 3): False, ("M05", 4): False}
    assert _opened(Asked("M05", None)) == free
    assert _opened(Asked("M05", None, opens_free_positions=False)) == free


def test_a_kind_with_nothing_in_it_opens_whole() -> None:
    assert _opened(Asked("M05", None), occupied=frozenset()) == {("M05", n): False for n in (1, 2, 3, 4)}


def test_a_kind_the_catalogue_no_longer_counts_opens_the_asked_position_only() -> None:
    assert _opened(Asked("M77", 1)) == {("M77", 1): False}
    assert _opened(Asked("M77", None)) == {}


@pytest.mark.parametrize("manner", [Manner.ON_SITE, Manner.TELEPHONE])
def test_places_asked_for_another_way_open_to_the_counter_only(manner: Manner) -> None:
    assert _opened(Asked("M01", 1, manner)) == {("M01", 1): True}
    assert _opened(Asked("M05", None, manner)) == {("M05", 3): True, ("M05", 4): True}


def test_a_place_asked_for_both_ways_is_open_to_the_candidate() -> None:
    both = (Asked("M05", 1, Manner.ON_SITE), Asked("M05", 2))
    expected = {("M05", 1): True, ("M05", 2): False, ("M05", 3): False, ("M05", 4): False}
    assert _opened(*both) == expected
    assert _opened(*reversed(both)) == expected


def test_nothing_asked_opens_nothing() -> None:
    assert _opened() == {}


@pytest.mark.parametrize(
    ("occupied", "maximum", "expected"),
    [(set(), 2, {1, 2}), ({1}, 2, {2}), ({1, 2}, 2, set()), ({1, 2, 3}, 2, set()), (set(), 0, set())],
)
def test_free_places(occupied: set[int], maximum: int, expected: set[int]) -> None:
    standing = frozenset(Slot("M01", n) for n in occupied) | {Slot("M09", 1)}
    assert free_slots("M01", occupied=standing, maximum=maximum) == {Slot("M01", n) for n in expected}


# --- open or locked ----------------------------------------------------------------------------------------

ONLINE, COUNTER, OTHER = Slot("M01", 1), Slot("M01", 2), Slot("M05", 1)
OPENED = (Opened(ONLINE), Opened(COUNTER, counter_only=True))

OPEN_FOR_CANDIDATE = {
    State.DRAFT: {ONLINE, COUNTER, OTHER},
    State.RETURNED: {ONLINE},
    State.AT_SITE: set(),
    State.AT_AREA: set(),
    State.DECIDED: set(),
    State.LAPSED: set(),
    State.WITHDRAWN: set(),
}
OPEN_AT_COUNTER = {**OPEN_FOR_CANDIDATE, State.RETURNED: {ONLINE, COUNTER}}


@pytest.mark.parametrize("state", State)
def test_what_is_open_in_which_state(state: State) -> None:
    for at_counter, expected in ((False, OPEN_FOR_CANDIDATE), (True, OPEN_AT_COUNTER)):
        open_now = {
            slot
            for slot in (ONLINE, COUNTER, OTHER)
            if is_open(slot, state=state, in_time=True, opened=OPENED, at_counter=at_counter)
        }
        assert open_now == expected[state]


@pytest.mark.parametrize("state", State)
def test_after_the_deadline_everything_is_locked(state: State) -> None:
    for slot in (ONLINE, COUNTER, OTHER):
        assert not is_open(slot, state=state, in_time=False, opened=OPENED, at_counter=True)


# --- answered ----------------------------------------------------------------------------------------------


def _standing(occupied: set[tuple[str, int]], new: set[tuple[str, int]] | None = None) -> Standing:
    return Standing(
        occupied=frozenset(Slot(*place) for place in occupied),
        new=frozenset(Slot(*place) for place in new or ()),
    )


M05_1, M05_2, M05_3 = ("M05", 1), ("M05", 2), ("M05", 3)

ANSWERS = [
    # A position: a new picture in that very position.
    (Asked("M05", 1), _standing({M05_1}), 1, False),
    (Asked("M05", 1), _standing({M05_1}, {M05_1}), 1, True),
    (Asked("M05", 1), _standing({M05_1, M05_2}, {M05_2}), 1, False),
    (Asked("M05", 1), _standing({M05_2}), 1, False),
    (Asked("M05", 1), _standing({("M01", 1)}, {("M01", 1)}), 1, False),
    # A kind: a new picture, and as many as its minimum.
    (Asked("M05", None), _standing(set()), 1, False),
    (Asked("M05", None), _standing({M05_1}, {M05_1}), 1, True),
    (Asked("M05", None), _standing({M05_1}, {M05_1}), 0, True),
    (Asked("M05", None), _standing({M05_1}, {M05_1}), 2, False),
    (Asked("M05", None), _standing({M05_1, M05_2}, {M05_1, M05_2}), 2, True),
    (Asked("M05", None), _standing({M05_1, M05_2}, {M05_2}), 2, True),
    # What stood there when the reviewer asked doesn't answer.
    (Asked("M05", None), _standing({M05_1}), 1, False),
    (Asked("M05", None), _standing({M05_1}), 0, False),
    (Asked("M05", None), _standing({M05_1, M05_2, ("M01", 1)}, {("M01", 1)}), 1, False),
]


@pytest.mark.parametrize(("place", "standing", "minimum", "expected"), ANSWERS)
def test_what_answers(place: Asked, standing: Standing, minimum: int, *, expected: bool) -> None:
    assert is_answered(place, standing=standing, minimum=minimum) is expected


def test_unable_to_replace_answers_the_place_it_was_said_of() -> None:
    unable = frozenset({("M05", 1), ("M06", None)})
    standing = Standing(occupied=frozenset(), new=frozenset(), unable=unable)
    asked = (Asked("M05", 1), Asked("M05", 2), Asked("M05", None), Asked("M06", None), Asked("M06", 1))
    assert unanswered(asked, standing=standing, minimums={"M05": 1, "M06": 1}) == (
        Asked("M05", 2),
        Asked("M05", None),
        Asked("M06", 1),
    )


def test_places_asked_for_another_way_do_not_wait_for_the_candidate() -> None:
    asked = (Asked("M01", 1, Manner.ON_SITE), Asked("M05", None, Manner.TELEPHONE), Asked("M05", 1))
    assert unanswered(asked, standing=_standing(set()), minimums={}) == (Asked("M05", 1),)
    assert unanswered(asked, standing=_standing({M05_1}, {M05_1}), minimums={}) == ()


def test_each_kind_is_counted_by_its_own_minimum() -> None:
    asked = (Asked("M01", None), Asked("M05", None))
    standing = _standing({("M01", 1), M05_3}, {("M01", 1), M05_3})
    assert unanswered(asked, standing=standing, minimums={"M01": 2, "M05": 1}) == (Asked("M01", None),)


def test_kinds_no_longer_needed_stop_being_asked() -> None:
    asked = (Asked("M01", 1), Asked("M05", None), Asked("M05", 2))
    assert asked_after_change(asked, no_longer_asked=frozenset({"M05"})) == (Asked("M01", 1),)
    assert asked_after_change(asked, no_longer_asked=frozenset()) == asked


AGAIN, ON_SITE, BY_PHONE = (Asked("M01", 1, manner) for manner in Manner)
MINE, AT_DESK = Opened(Slot("M05", 1)), Opened(Slot("M01", 1), counter_only=True)

WAITING = [
    ((ON_SITE,), (AT_DESK,), True),
    ((ON_SITE, BY_PHONE), (), True),
    ((ON_SITE, AGAIN), (AT_DESK,), False),
    # A registration change opened a newly needed kind, or made needless what was asked.
    ((ON_SITE,), (AT_DESK, MINE), False),
    ((), (AT_DESK,), False),
    ((), (), False),
]


@pytest.mark.parametrize(("asked", "opened", "expected"), WAITING)
def test_a_return_waits_elsewhere_only_if_nothing_is_left_to_the_candidate(
    asked: tuple[Asked, ...], opened: tuple[Opened, ...], *, expected: bool
) -> None:
    assert waits_elsewhere(asked, opened=opened) is expected


# --- whatever was asked ------------------------------------------------------------------------------------

kinds = st.sampled_from(("M01", "M05"))
asks = st.lists(
    st.builds(Asked, kinds, st.none() | st.integers(1, 4), st.sampled_from(Manner), st.booleans()), max_size=5
)
slots = st.frozensets(st.builds(Slot, kinds, st.integers(1, 4)), max_size=6)


@settings(max_examples=50)
@given(asked=asks, occupied=slots)
def test_a_return_touches_no_picture_that_was_not_asked_for(
    asked: list[Asked], occupied: frozenset[Slot]
) -> None:
    opened = {place.slot for place in opened_by(asked, occupied=occupied, maximums=MAXIMUMS)}
    named = {Slot(place.kind, place.position) for place in asked if place.position is not None}
    assert opened & occupied == named & occupied
    assert {slot.kind for slot in opened} <= {place.kind for place in asked}


@settings(max_examples=50)
@given(asked=asks, occupied=slots)
def test_what_is_asked_online_can_be_answered_online(asked: list[Asked], occupied: frozenset[Slot]) -> None:
    """Every position asked online is open to the candidate; so he is never asked for what he can't change."""
    opened = opened_by(asked, occupied=occupied, maximums=MAXIMUMS)
    for place in asked:
        if place.manner is Manner.ONLINE and place.position is not None:
            assert is_open(
                Slot(place.kind, place.position), state=State.RETURNED, in_time=True, opened=opened
            )


@settings(max_examples=50)
@given(asked=asks, occupied=slots)
def test_the_candidate_never_opens_more_than_the_counter(
    asked: list[Asked], occupied: frozenset[Slot]
) -> None:
    opened = opened_by(asked, occupied=occupied, maximums=MAXIMUMS)
    for place in opened:
        assert is_open(place.slot, state=State.RETURNED, in_time=True, opened=opened, at_counter=True)
        assert (
            is_open(place.slot, state=State.RETURNED, in_time=True, opened=opened) is not place.counter_only
        )

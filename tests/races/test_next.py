"""领取下一份 by two people at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db.models import Q

from factories import World, copies, dossiers, people
from factories.people import Cast
from factories.races import MeetAt, Overtake, Race, outcomes
from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.queries import hands
from kaosheng.casework.queries.lines import Tab, lines_of, next_in_line
from kaosheng.casework.services import handling, locks, queueing, reviewing
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def both(house: Cast) -> list[Callable[[], object]]:
    """The two reviewers of the site ask at once."""
    return [partial(queueing.take_next, staff=people.staff(user)) for user in (house.chen, house.chen_two)]


@pytest.mark.parametrize("waiting", [1, 2, 3])
def test_two_people_never_get_the_same(
    here: World, house: Cast, race: Race, meet_at: MeetAt, waiting: int
) -> None:
    taken = min(waiting, 2)
    for _ in range(waiting):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    meet_at(queueing, "_lock_next")
    got = [answer.pk for answer in race(both(house)) if isinstance(answer, Dossier)]
    assert len(got) == len(set(got)) == taken
    assert Lease.objects.count() == taken


def test_twin_both_get_the_same_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_look(tab: Tab, staff: Staff, now: datetime) -> Dossier | None:
        (line,) = lines_of(tab, staff)
        return next_in_line(line, staff, now=now).select_related("intake__area", "site").first()

    for _ in range(2):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    monkeypatch.setattr(queueing, "_lock_next", only_look)
    meet_at(Lease.objects, "update_or_create", surely=True)
    got = [answer.pk for answer in race(both(house)) if isinstance(answer, Dossier)]
    assert len(set(got)) == 1


def test_one_taken_between_the_look_and_the_lock_is_left_alone(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    free = dossiers.brought_to(here, State.AT_SITE, cast=house)
    looks = []

    def first_look_is_old(place: Q, staff: Staff, *, now: datetime) -> object:
        looks.append(now)
        line = next_in_line(place, staff, now=now)
        return _Old(line, taken) if len(looks) == 1 else line

    monkeypatch.setattr(queueing, "next_in_line", first_look_is_old)
    found = queueing.take_next(staff=people.staff(house.chen_two))
    assert found is not None
    assert (found.pk, len(looks)) == (free.pk, 2)


@pytest.mark.harms
def test_eight_people_share_two_hundred_and_nobody_misses_one(here: World, house: Cast, race: Race) -> None:
    """Each dossier exactly once, each of the 200 taken, whoever is faster."""
    first = dossiers.brought_to(here, State.AT_SITE, cast=house)
    copies.of_waiting(first, 199)
    people_asking = [
        house.chen,
        house.chen_two,
        *(people.staff_account(Role.SITE_REVIEWER, site=here.site) for _ in range(6)),
    ]
    taken = race([partial(_until_empty, people.staff(user)) for user in people_asking])
    ids = [one for answer in taken for one in cast_list(answer)]
    assert len(ids) == len(set(ids)) == 200
    assert Lease.objects.count() == 200


def _until_empty(staff: Staff) -> list[object]:
    got: list[object] = []
    misses = 0
    # Skipped while another one holds it for a moment: empty only when asked again it still is.
    while misses < 3:
        dossier = queueing.take_next(staff=staff)
        misses = misses + 1 if dossier is None else 0
        got += [dossier.pk] if dossier else []
    return got


def cast_list(answer: object) -> list[object]:
    assert isinstance(answer, list), answer
    return answer


# --- the one loaded ahead ----------------------------------------------------------------------------------------
@pytest.fixture(params=["handed over", "given back and taken"])
def left_his_hands(
    request: pytest.FixtureRequest, here: World, house: Cast, race: Race, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[Dossier, Dossier]]:
    """陈 asks for the dossier she loaded ahead; between the look and the lock it goes to somebody else."""
    ahead, free = (dossiers.brought_to(here, State.AT_SITE, cast=house) for _ in range(2))
    looked, left = threading.Event(), threading.Event()

    def to_another() -> None:
        looked.wait(10)
        if request.param == "handed over":
            handling.hand_over(
                dossier_id=ahead.pk,
                actor=people.actor(house.feng),
                giver=house.chen,
                taker=people.staff(house.chen_two),
            )
        else:
            reviewing.give_back(dossier_id=ahead.pk, actor=people.actor(house.chen))
            reviewing.take(dossier_id=ahead.pk, actor=people.actor(house.chen_two))
        left.set()

    lock = locks.lock_dossier

    def once_it_left(dossier_id: UUID) -> Dossier:
        if not looked.is_set():  # 陈, for the other one comes only afterwards
            looked.set()
            left.wait(10)
        return lock(dossier_id)

    def run() -> tuple[Dossier, Dossier]:
        chen = people.staff(house.chen)
        assert queueing.take_next(staff=chen, reserve=True) == ahead
        monkeypatch.setattr(locks, "lock_dossier", once_it_left)
        got, nothing = race([partial(queueing.take_next, staff=chen), to_another])
        assert nothing is None
        assert got in {ahead, free}
        return ahead, free

    return run


def test_one_loaded_ahead_that_went_to_another_stays_with_him(
    house: Cast, left_his_hands: Callable[[], tuple[Dossier, Dossier]]
) -> None:
    ahead, free = left_his_hands()
    assert (dossiers.again(ahead).lease.holder, dossiers.again(free).lease.holder) == (
        house.chen_two,
        house.chen,
    )


def test_twin_his_lease_is_lost_without_the_second_look(
    house: Cast, left_his_hands: Callable[[], tuple[Dossier, Dossier]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first_look = hands.loaded_ahead

    def as_first_seen(person: User, *, now: datetime) -> object:
        found = first_look(person, now=now)
        return SimpleNamespace(
            values_list=found.values_list, filter=lambda **_given: Lease.objects.filter(dossier__isnull=False)
        )

    monkeypatch.setattr(queueing, "loaded_ahead", as_first_seen)
    ahead, free = left_his_hands()
    assert dossiers.again(ahead).lease.holder == house.chen
    assert not hasattr(dossiers.again(free), "lease")


@pytest.fixture
def opened_while_handed_over(
    here: World, house: Cast, overtake: Overtake
) -> Callable[[], tuple[Counter[str], Dossier]]:
    """陈 opens the page of what she loaded ahead; before it is hers in the rows it is handed over to somebody else."""
    ahead = dossiers.brought_to(here, State.AT_SITE, cast=house)
    queueing.take_next(staff=people.staff(house.chen), reserve=True)

    def run() -> tuple[Counter[str], Dossier]:
        opens = partial(reviewing.take_loaded_ahead, dossier_id=ahead.pk, actor=people.actor(house.chen))
        hands_over = partial(
            handling.hand_over,
            dossier_id=ahead.pk,
            actor=people.actor(house.feng),
            giver=house.chen,
            taker=people.staff(house.chen_two),
        )
        return outcomes(overtake(opens, reviewing, "_take", hands_over)), ahead

    return run


def test_what_is_opened_while_it_is_handed_over_ends_with_the_new_holder(
    house: Cast, opened_while_handed_over: Callable[[], tuple[Counter[str], Dossier]]
) -> None:
    done, ahead = opened_while_handed_over()
    assert done == {"done": 2}
    assert dossiers.again(ahead).lease.holder == house.chen_two


@pytest.mark.usefixtures("without_locks")
def test_twin_who_opens_takes_it_from_the_new_holder_without_the_lock(
    house: Cast, opened_while_handed_over: Callable[[], tuple[Counter[str], Dossier]]
) -> None:
    done, ahead = opened_while_handed_over()
    assert done == {"done": 2}
    assert dossiers.again(ahead).lease.holder == house.chen


def two_tabs(here: World, house: Cast) -> list[Callable[[], object]]:
    """Two tabs of 陈 load the next dossier ahead at once."""
    for _ in range(2):
        dossiers.brought_to(here, State.AT_SITE, cast=house)
    return [partial(queueing.take_next, staff=people.staff(house.chen), reserve=True) for _ in range(2)]


def test_two_tabs_of_one_person_load_the_same_ahead(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = two_tabs(here, house)
    meet_at(queueing, "_lock_next")
    one, other = race(both)
    assert one == other == Lease.objects.get(holder=house.chen, reserved=True).dossier


@pytest.mark.usefixtures("without_locks")
def test_twin_two_tabs_collide_without_the_lock(
    here: World, house: Cast, race: Race, meet_at: MeetAt
) -> None:
    both = two_tabs(here, house)
    meet_at(Lease.objects, "update_or_create")
    assert outcomes(race(both)) == {"done": 1, "IntegrityError": 1}


class _Old:
    """A line as it was seen before somebody took its first dossier."""

    def __init__(self, line: object, seen: Dossier) -> None:
        self.line, self.seen = line, seen

    def select_for_update(self, **_given: object) -> object:
        return Dossier.objects.filter(pk=self.seen.pk)

    def filter(self, **given: object) -> object:
        return self.line.filter(**given)  # type: ignore[attr-defined]

"""Pictures two candidates use: who sees it, which lists show it, and what a batch makes of it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from factories import World, clients, dossiers, pictures
from factories.people import Cast, actor, staff
from kaosheng.accounts.models import User
from kaosheng.casework.jobs.twins import note_twins
from kaosheng.casework.models import BulkRun, Dossier, Picture
from kaosheng.casework.queries import twins
from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.queue import TWINS, DossierList, Wanted, for_bulk
from kaosheng.casework.queries.queue_rows import rows_of
from kaosheng.casework.queries.twins import twins_of, with_twins
from kaosheng.casework.services import bulk, reviewing
from kaosheng.casework.services import pictures as picture_services
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db


def with_picture(dossier: Dossier, seed: int = 77, *, position: int = 1) -> Dossier:
    """A further picture of it has these bytes; submitted it is not yet."""
    picture_services.add_picture(
        dossier_id=dossier.pk,
        actor=dossiers.owner(dossier),
        kind="M99",
        position=position,
        data=pictures.jpeg(seed),
        idempotency_key=str(uuid4()),
    )
    return dossier


def handed_in(dossier: Dossier) -> Dossier:
    """Submitted, and the job behind it has run."""
    dossiers.submit(dossier)
    note_twins(dossier_id=str(dossier.pk))
    return dossiers.again(dossier)


def drawn_up(here: World, **changes: str) -> Dossier:
    return with_picture(dossiers.fill(dossiers.register(here, **changes)))


def listed(who: User, tab: Tab = Tab.ALL) -> set[object]:
    found = DossierList(tab, staff(who), Wanted(only=TWINS), now=timezone.now())
    return {dossier.pk for dossier in found[:30]}


def chips(who: User, *shown: Dossier) -> list[bool]:
    rows = rows_of([dossiers.again(one) for one in shown], staff(who), now=timezone.now())
    return [row.has_twin for row in rows]


def test_both_reviewers_see_that_two_candidates_use_one_picture(here: World, house: Cast) -> None:
    one = drawn_up(here)
    other = with_picture(dossiers.fill(dossiers.register(here, site=here.other_site)))

    def seen(mine: Dossier, who: User) -> list[tuple[str, bool, bool]]:
        found = twins_of(mine, mine.pictures.all(), staff(who))
        return [
            (twin.dossier.registration.number, twin.same_bytes, twin.reachable)
            for lines in found.values()
            for twin in lines
        ]

    assert seen(one, house.chen) == []
    dossiers.submit(one)
    dossiers.submit(other)
    assert seen(one, house.chen) == [(other.registration.number, True, False)]
    assert seen(other, house.deng) == [(one.registration.number, True, False)]
    assert seen(one, house.gao) == [(other.registration.number, True, True)]
    dossiers.declare_conflict(other, house.gao)
    assert seen(one, house.gao) == [(other.registration.number, True, False)]


def test_a_picture_many_use_hides_no_twin_of_another(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twins, "_AT_MOST", 2)
    for _ in range(3):
        dossiers.submit(drawn_up(here))
    mine = with_picture(drawn_up(here), seed=78, position=2)
    rare = with_picture(dossiers.fill(dossiers.register(here)), seed=78)
    dossiers.submit(rare)
    found = twins_of(mine, mine.pictures.all(), staff(house.chen))
    widely, rarely = (mine.pictures.get(kind="M99", position=position) for position in (1, 2))
    assert len(found[widely.pk]) == 2
    assert [twin.dossier for twin in found[rarely.pk]] == [rare]


def test_the_lists_of_both_show_and_filter_it(here: World, house: Cast) -> None:
    one = drawn_up(here)
    other = with_picture(dossiers.fill(dossiers.register(here, site=here.other_site)))
    plain = handed_in(dossiers.fill(dossiers.register(here)))
    handed_in(one)
    assert chips(house.gao, one, other, plain) == [False, False, False]
    assert listed(house.chen, Tab.WAITING) == set()
    handed_in(other)
    assert chips(house.gao, one, other, plain) == [True, True, False]
    assert listed(house.chen, Tab.WAITING) == listed(house.chen) == {one.pk}
    assert listed(house.deng, Tab.WAITING) == {other.pk}
    assert listed(house.gao) == {one.pk, other.pk}
    page = clients.of_staff(house.chen).get("/staff/queue/?only=twins").content.decode()
    assert one.registration.number in page
    assert plain.registration.number not in page
    assert "图片与他人相同" in page


def test_what_was_replaced_shows_at_the_other_side_only(here: World, house: Cast) -> None:
    one, other = handed_in(drawn_up(here)), handed_in(drawn_up(here))
    assert listed(house.chen) == {one.pk, other.pk}
    dossiers.return_(one, house.chen, dossiers.replace_note("M99", 1))
    dossiers.replace(one, "M99", 1)
    handed_in(one)
    assert listed(house.chen) == {other.pk}
    assert with_twins([one.pk, other.pk]) == {other.pk}


def test_one_person_with_two_registrations_is_no_twin(here: World, house: Cast) -> None:
    first = handed_in(drawn_up(here))
    second = handed_in(drawn_up(here, id_number=first.registration.id_number))
    assert with_twins([first.pk, second.pk]) == set()
    assert not Picture.objects.filter(is_shared=True).exists()


def test_a_batch_leaves_them_to_a_person(here: World, house: Cast) -> None:
    """By the pictures themselves: the job may not have run yet."""
    one, other, plain = drawn_up(here), drawn_up(here), dossiers.fill(dossiers.register(here))
    for dossier in (one, other, plain):
        dossiers.submit(dossier)
        dossiers.accept_all(dossiers.take(dossier, house.chen), house.chen)
        reviewing.give_back(dossier_id=dossier.pk, actor=actor(house.chen))
    found = for_bulk(BulkRun.Act.FORWARD, staff(house.chen), Wanted(), most=bulk.LOOKED_AT)
    run = bulk.preview(staff=staff(house.chen), act=BulkRun.Act.FORWARD, dossiers=found)
    assert dict(run.items.values_list("dossier", "excluded")) == {
        one.pk: "picture_used_twice", other.pk: "picture_used_twice", plain.pk: "",
    }  # fmt: skip


def test_the_manager_is_warned_before_a_release(here: World, house: Cast) -> None:
    manager = clients.of_staff(house.jiang)
    where, warning = f"/office/releases/{here.intake.pk}/", "份的图片与其他考生相同"
    one = handed_in(drawn_up(here))
    dossiers.decide(dossiers.forward(one, house.chen), house.gao)
    assert warning not in manager.get(where).content.decode()
    other = handed_in(drawn_up(here))
    assert f"可公布的材料中有 1 {warning}" in manager.get(where).content.decode()
    dossiers.decide(dossiers.forward(other, house.chen), house.gao)
    assert dossiers.again(other).state == State.DECIDED
    assert f"可公布的材料中有 2 {warning}" in manager.get(where).content.decode()

"""移交: whose work a manager reaches, also of people who have left, and how many queries the page asks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import clients, dossiers, people
from factories.people import Cast, actor, staff
from factories.world import World
from kaosheng.accounts.models import User
from kaosheng.casework.models import Dossier, Lease
from kaosheng.casework.queries.hands import givers
from kaosheng.casework.services import handling
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db
PAGE = "/staff/hand-over/"


def on_hold(here: World, cast: Cast, by: User) -> Dossier:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), by)
    handling.hold(dossier_id=dossier.pk, actor=actor(by), seen_revision=dossier.revision, reason="等待电话")
    return dossier


def hands(who: User) -> dict[str, set[object]]:
    return {one.person.name: {dossier.pk for dossier in one.dossiers} for one in givers(staff(who))}


@pytest.mark.parametrize("left", ["disabled", "without the role"])
def test_the_work_of_somebody_who_left_is_handed_over(here: World, cast: Cast, left: str) -> None:
    held = on_hold(here, cast, cast.chen)
    leased = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), cast.chen)
    if left == "disabled":
        User.objects.filter(pk=cast.chen.pk).update(is_active=False)
    else:
        cast.chen.grants.all().delete()
    manager = clients.of_staff(cast.feng)
    page = manager.get(PAGE).content.decode()
    assert held.registration.number in page
    assert f'<option value="{cast.chen.pk}"' not in page
    sent = {"giver": cast.chen.pk, "taker": cast.chen_two.pk}
    assert manager.post(PAGE, sent).status_code == 302
    assert held.holds.get(ended_at=None).by == cast.chen_two
    assert Lease.objects.get(dossier=leased).holder == cast.chen_two


def test_a_reviewer_gives_away_his_own_and_a_site_sees_nothing_of_the_areas_hands(
    here: World, cast: Cast
) -> None:
    mine = on_hold(here, cast, cast.chen)
    other = on_hold(here, cast, cast.chen_two)
    at_area = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    assert hands(cast.chen) == {"陈": {mine.pk}}
    assert hands(cast.feng) == {"陈": {mine.pk}, "陈二": {other.pk}}
    assert hands(cast.jiang) == {"陈": {mine.pk}, "陈二": {other.pk}, "高": {at_area.pk}}
    assert hands(cast.gao) == {"高": {at_area.pk}}
    assert hands(cast.deng) == hands(cast.kong) == {}


def test_three_people_with_three_dossiers_ask_no_more_than_one(here: World, cast: Cast) -> None:
    def asked() -> int:
        client = clients.of_staff(cast.feng)
        client.get(PAGE)  # the first one notes in the session that he was here
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    on_hold(here, cast, cast.chen)
    alone = asked()
    for number in range(3):
        person = people.staff_account(Role.SITE_REVIEWER, site=here.site, name=f"另{number}")
        on_hold(here, cast, person)
    assert asked() == alone <= 10

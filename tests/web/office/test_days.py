"""An intake day by day: flows, stock, forecast and load, and what a site doesn't learn from them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.days import Burn, Day, Forecast, Move, burn_down, days_of, forecast
from kaosheng.casework.queries.messages import case_messages
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.states import State
from kaosheng.notices.models import Message

MONDAY = date(2027, 1, 25)


def move(day: int, action: str, before: str, after: str, count: int = 1) -> Move:
    return Move(MONDAY + timedelta(days=day), action, before, after, 7, count)


MOVES = [
    move(0, "submit", "draft", "at_site", 5),
    move(0, "lapse", "draft", "lapsed", 2),
    move(2, "return", "at_site", "returned"),
    move(2, "forward", "at_site", "at_area", 3),
    move(2, "send_back", "at_area", "at_site"),
    move(2, "decide", "at_area", "decided"),
    move(2, "return", "at_area", "returned"),
]


def test_days_have_no_gaps_and_count_what_stood_open() -> None:
    days = days_of(MOVES, sees_area=True, until=MONDAY + timedelta(days=2))
    assert days == [
        Day(MONDAY, 5, 0, 0, 0, 2, 5, 0),
        Day(MONDAY + timedelta(days=1), 0, 0, 0, 0, 0, 5, 0),
        Day(MONDAY + timedelta(days=2), 0, 2, 3, 1, 0, 2, 0),
    ]


def test_a_site_reads_neither_decisions_nor_what_the_area_has() -> None:
    day = days_of(MOVES, sees_area=False, until=MONDAY + timedelta(days=2))[-1]
    assert (day.decided, day.at_area, day.returned) == (0, 0, 1)


def test_the_forecast_goes_by_the_newest_working_days() -> None:
    def day(number: int, forwarded: int, at_site: int) -> Day:
        return Day(MONDAY + timedelta(days=number), 0, 0, forwarded, 0, 0, at_site, 0)

    days = [
        day(0, 100, 500),
        day(1, 0, 500),
        *(day(number, 10, 45) for number in range(2, 7)),
        day(7, 90, 45),
    ]
    assert forecast(days, sees_area=False) == Forecast(45, 10.0, MONDAY + timedelta(days=7 + 5))
    assert forecast([day(0, 0, 45), day(1, 0, 45)], sees_area=False) == Forecast(45, 0.0, None)
    assert forecast([day(0, 5, 45)], sees_area=False) == Forecast(45, 0.0, None)
    assert forecast([day(0, 5, 0), day(1, 0, 0)], sees_area=False) == Forecast(0, 5.0, None)
    assert forecast([], sees_area=True) == Forecast(0, 0, None)


def test_the_burn_down_goes_on_with_the_forecast_to_the_day_candidates_were_told() -> None:
    sunday = MONDAY - timedelta(days=1)
    days = [Day(sunday, 0, 0, 10, 0, 0, 25, 0), Day(MONDAY, 0, 0, 0, 0, 0, 25, 0)]
    ahead = forecast(days, sees_area=False)
    left = [(burn.at_site, burn.ahead) for burn in burn_down(days, ahead, goal=MONDAY + timedelta(days=4))]
    assert left == [(25, None), (25, 25), (None, 15), (None, 5), (None, 0), (None, None)]
    assert len(burn_down(days, ahead, goal=None)) == 5
    assert len(burn_down(days, ahead, goal=MONDAY + timedelta(days=400))) == 62
    assert burn_down(days, Forecast(25, 0.0, None), goal=None) == [Burn(sunday, 25, 0), Burn(MONDAY, 25, 0)]


@pytest.fixture
def address(here: World) -> str:
    return f"/office/intakes/{here.intake.pk}/days/"


@pytest.mark.django_db
def test_the_page_counts_in_the_time_of_the_house(here: World, cast: Cast, address: str) -> None:
    late = datetime(2027, 1, 25, 23, 30, tzinfo=HOUSE_TIME)
    here.intake.opens_at, here.intake.closes_at = late - timedelta(days=5), late + timedelta(days=5)
    here.intake.save()
    with time_machine.travel(late, tick=False):
        dossiers.brought_to(here, State.AT_AREA, cast=cast)
        dossiers.brought_to(here, State.DECIDED, cast=cast)
        context: Any = clients.of_staff(cast.jiang).get(address).context
        assert context["days"] == [Day(MONDAY, 2, 0, 2, 1, 0, 0, 1)]
        loads = {line["name"]: line["load"].today for line in context["loads"]}
        assert loads == {"陈": 2, "高": 1}
        of_site: Any = clients.of_staff(cast.feng).get(address).context
        assert of_site["days"] == [Day(MONDAY, 2, 0, 2, 0, 0, 0, 0)]
        assert [line["name"] for line in of_site["loads"]] == ["陈"]


@pytest.mark.django_db
@pytest.mark.harms
def test_messages_that_arrived_by_no_way_stand_with_their_day_and_their_site(
    here: World, cast: Cast, address: str
) -> None:
    lost = datetime(2027, 1, 25, 23, 30, tzinfo=HOUSE_TIME)

    def fail(dossier: Dossier, *, phoned: bool = False) -> None:
        message = case_messages(dossier).first()
        assert message is not None
        phoned_at = lost + timedelta(days=1) if phoned else None
        Message.objects.filter(pk=message.pk).update(unreached_at=lost, phoned_at=phoned_at)

    here.intake.opens_at, here.intake.closes_at = lost - timedelta(days=5), lost + timedelta(days=5)
    here.intake.save()
    with time_machine.travel(lost, tick=False):
        first, second, _reached, elsewhere = (
            dossiers.brought_to(here, State.AT_SITE, cast=cast, site=site)
            for site in (here.site, here.site, here.site, here.other_site)
        )
        fail(first)
        fail(second, phoned=True)
        fail(elsewhere)
        counted = {
            who: [day.unreached for day in clients.of_staff(who).get(address).context["days"]]
            for who in (cast.jiang, cast.feng)
        }
        assert counted == {cast.jiang: [3], cast.feng: [2]}
        entry = clients.of_staff(cast.jiang).get("/office/").context["intakes"][0]
        assert [line["part"].unreached for line in entry["parts"]] == [1, 1]


@pytest.mark.django_db
def test_a_site_out_of_reach_is_not_found(here: World, cast: Cast, address: str) -> None:
    feng, jiang = clients.of_staff(cast.feng), clients.of_staff(cast.jiang)
    assert feng.get(address, {"site": here.other_site.pk}).status_code == 404
    assert jiang.get(address, {"site": here.other_site.pk}).status_code == 200
    assert jiang.get(address, {"site": here.foreign_site.pk}).status_code == 404
    assert jiang.get(address, {"site": "x"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_three_dossiers_ask_no_more_than_one(
    here: World, cast: Cast, address: str, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        dossiers.brought_to(here, State.AT_AREA, cast=cast)
    client = clients.of_staff(cast.jiang)
    client.get(address)
    with django_assert_num_queries(9):
        client.get(address)

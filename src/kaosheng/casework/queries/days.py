"""An intake day by day: what happened, what stood open in the evening, who did it, and when it will be done.

All from the steps; site staff read the 考区's decisions as 已上报考区, as everywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.db import connection

from kaosheng.casework.models import Lease
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.states import Action, State
from kaosheng.regions.models import ExamSite, Intake

PACE_DAYS: Final = 5
"""Days with work, the newest ones, whose mean is the pace of the forecast."""

FORECAST_DAYS: Final = 60
"""A forecast further ahead than this says nothing."""

_MOVES = """
    SELECT moved.day, moved.action, moved.before, moved.state, moved.actor_id, count(*)
    FROM (
        SELECT (step.at AT TIME ZONE %(zone)s)::date AS day, step.action, step.state, step.actor_id,
               lag(step.state, 1, 'draft') OVER (PARTITION BY step.dossier_id ORDER BY step.revision) AS before
        FROM casework_step AS step JOIN casework_dossier AS dossier ON dossier.id = step.dossier_id
        WHERE dossier.intake_id = %(intake)s AND dossier.site_id = ANY(%(sites)s)
    ) AS moved
    GROUP BY moved.day, moved.action, moved.before, moved.state, moved.actor_id
    ORDER BY moved.day
"""


@dataclass(frozen=True, slots=True)
class Move:
    """So many dossiers went from one state to another by one action of one person on one day."""

    day: date
    action: str
    before: str
    after: str
    actor: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what came and went, what stood at the site and at the area in the evening, which messages failed."""

    day: date
    submitted: int
    returned: int
    forwarded: int
    decided: int
    lapsed: int
    at_site: int
    at_area: int
    unreached: int = 0

    @property
    def open(self) -> int:
        """Dossiers that waited for a reviewer."""
        return self.at_site + self.at_area


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the open work ends at the pace of the last days; `until` is None while there is no pace to go by."""

    open: int
    pace: float
    until: date | None


@dataclass(frozen=True, slots=True)
class Burn:
    """One evening of the burn-down: what stood open, or what the forecast leaves; the last day has both."""

    day: date
    at_site: int | None = None
    at_area: int | None = None
    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What one reviewer has in hand and has done."""

    user_id: int
    held: int
    today: int
    week: int
    returned: int


def moves_of(intake: Intake, sites: Sequence[ExamSite]) -> list[Move]:
    """Every step of these sites' dossiers, counted by day, action, states and person, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVES,
            {"zone": HOUSE_TIME.key, "intake": intake.pk, "sites": [site.pk for site in sites]},
        )
        return [Move(*row) for row in cursor.fetchall()]


def days_of(
    moves: Iterable[Move],
    *,
    sees_area: bool,
    until: date,
    unreached: Mapping[date, int] = MappingProxyType({}),
) -> list[Day]:
    """The days from the first step to `until`, without gaps, oldest first."""
    by_day: dict[date, list[Move]] = defaultdict(list)
    for move in moves:
        by_day[move.day].append(move)
    if not by_day:
        return []
    days, standing, day = [], Counter[str](), min(by_day)
    while day <= until:
        for move in by_day.get(day, ()):
            standing[move.after] += move.count
            standing[move.before] -= move.count
        done = _day(day, by_day.get(day, ()), standing, sees_area=sees_area)
        days.append(replace(done, unreached=unreached.get(day, 0)))
        day += timedelta(days=1)
    return days


def _day(day: date, moves: Sequence[Move], standing: Mapping[str, int], *, sees_area: bool) -> Day:
    def went(*, before: set[str], action: set[str]) -> int:
        return sum(move.count for move in moves if move.before in before and move.action in action)

    at_area = {State.AT_AREA.value}
    decided = went(before=at_area, action={Action.DECIDE, Action.CONFIRM})
    return Day(
        day=day,
        submitted=went(before={State.DRAFT.value}, action={Action.SUBMIT}),
        returned=went(
            before={State.AT_SITE.value} | (at_area if sees_area else set()), action={Action.RETURN}
        ),
        forwarded=went(before={State.AT_SITE.value}, action={Action.FORWARD}),
        decided=decided if sees_area else 0,
        lapsed=went(before={State.DRAFT.value}, action={Action.LAPSE}),
        at_site=standing.get(State.AT_SITE.value, 0),
        at_area=standing.get(State.AT_AREA.value, 0) if sees_area else 0,
    )


def forecast(days: Sequence[Day], *, sees_area: bool) -> Forecast:
    """The day the open work ends, if the mean of the newest finished working days goes on; the last day isn't over.

    Open is what waits for a reviewer: neither drafts nor what was returned. Nothing is said without a pace.
    """
    if not days:
        return Forecast(open=0, pace=0, until=None)
    done = [day.decided if sees_area else day.forwarded for day in days[:-1]]
    worked = [count for count in done if count][-PACE_DAYS:]
    pace = sum(worked) / len(worked) if worked else 0.0
    left = days[-1].open
    until = days[-1].day + timedelta(days=-(-left // max(1, round(pace)))) if pace and left else None
    return Forecast(open=left, pace=pace, until=until)


def burn_down(days: Sequence[Day], ahead: Forecast, *, goal: date | None) -> list[Burn]:
    """What stood open each evening and, from the last day on, what the forecast leaves of it; up to the goal at least."""
    past = [Burn(day=day.day, at_site=day.at_site, at_area=day.at_area) for day in days]
    if not past or ahead.until is None:
        return past
    past[-1] = replace(past[-1], ahead=ahead.open)
    last = days[-1].day
    end = min(max(ahead.until, goal or ahead.until), last + timedelta(days=FORECAST_DAYS))
    return past + [
        Burn(day=last + timedelta(days=number), ahead=_left(ahead, number))
        for number in range(1, (end - last).days + 1)
    ]


def _left(ahead: Forecast, number: int) -> int | None:
    """What the pace leaves after so many days; nothing is said after the evening nothing is left."""
    if ahead.pace * (number - 1) >= ahead.open:
        return None
    return max(0, ahead.open - round(ahead.pace * number))


def loads_of(
    moves: Iterable[Move], *, intake: Intake, sites: Sequence[ExamSite], sees_area: bool, now: datetime
) -> list[Load]:
    """Reviewers by what they did in the last seven days; site managers see the work of the 考点 only."""
    today = now.astimezone(HOUSE_TIME).date()
    stages = {State.AT_SITE.value, State.AT_AREA.value} if sees_area else {State.AT_SITE.value}
    worked = {Action.RETURN, Action.FORWARD, Action.SEND_BACK, Action.DECIDE, Action.PROPOSE, Action.CONFIRM}
    acts = [move for move in moves if move.actor and move.before in stages and move.action in worked]
    leases = Lease.objects.filter(
        dossier__intake=intake, dossier__site__in=sites, dossier__state__in=stages, until__gt=now
    )
    held = Counter(leases.values_list("holder_id", flat=True))
    people = {move.actor for move in acts if move.actor} | set(held)
    loads = [
        Load(
            user_id=person,
            held=held[person],
            today=sum(move.count for move in acts if move.actor == person and move.day == today),
            week=sum(
                move.count for move in acts if move.actor == person and move.day > today - timedelta(days=7)
            ),
            returned=sum(
                move.count
                for move in acts
                if move.actor == person
                and move.day > today - timedelta(days=7)
                and move.action == Action.RETURN
            ),
        )
        for person in people
    ]
    return sorted(loads, key=lambda load: (-load.week, load.user_id))

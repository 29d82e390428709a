"""What a declared conflict keeps off the office's pages: who it is about; the counts beside a list say what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from factories import clients, dossiers, office_rows, people
from factories.people import Cast
from factories.world import World
from kaosheng.casework.models import Dossier
from kaosheng.casework.services import deciding, releasing
from kaosheng.domain.places import Manner
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db


def hidden_and_shown(here: World, cast: Cast, state: State | str) -> tuple[Dossier, Dossier]:
    """Two in this state; about the first the manager of the 考区 declared a conflict of interest."""
    hidden, shown = (dossiers.brought_to(here, state, cast=cast) for _ in range(2))
    dossiers.declare_conflict(hidden, cast.jiang)
    return hidden, shown


def page_of(cast: Cast, address: str, hidden: Dossier, *shown: Dossier) -> Any:
    answer = clients.of_staff(cast.jiang).get(address)
    page = answer.content.decode()
    assert hidden.registration.number not in page
    for dossier in shown:
        assert dossier.registration.number in page
    return answer


def test_the_count_of_the_unreached_is_that_of_their_list(here: World, cast: Cast) -> None:
    hidden = office_rows.unreached(here, cast)
    office_rows.unreached(here, cast)
    dossiers.declare_conflict(hidden, cast.jiang)
    client = clients.of_staff(cast.jiang)
    assert "未送达（1）" in client.get("/office/messages/").content.decode()
    assert len(client.get("/office/messages/unreached/").context["rows"]) == 1


def test_what_stops_a_release_or_a_closing_counts_and_stays_unnamed(here: World, cast: Cast) -> None:
    hidden, shown = hidden_and_shown(here, cast, State.AT_SITE)
    for address in (
        f"/office/releases/{here.intake.pk}/",
        f"/office/intakes/{here.intake.pk}/sites/{here.site.pk}/",
    ):
        answer = page_of(cast, address, hidden, shown)
        assert (answer.context["blocking"], len(answer.context["blockers"])) == (2, 1)
        assert "另有 1 份未列出" in answer.content.decode()


def test_the_one_reason_for_the_rest_covers_who_isnt_named(here: World, cast: Cast) -> None:
    hidden = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    dossiers.declare_conflict(hidden, cast.jiang)
    address = f"/office/releases/{here.intake.pk}/"
    assert 'name="late_rest"' in page_of(cast, address, hidden).content.decode()
    answer = clients.of_staff(cast.jiang).post(f"{address}prepare/", {"late_rest": "仍在审核"})
    assert answer.status_code == 302
    assert page_of(cast, address, hidden).context["unnamed"] == 0


def test_a_rehearsal_names_neither_verdict_nor_late_case(here: World, cast: Cast) -> None:
    late_hidden, late_shown = hidden_and_shown(here, cast, State.AT_SITE)
    hidden, shown = hidden_and_shown(here, cast, State.DECIDED)
    late = dict.fromkeys((late_hidden.pk, late_shown.pk), "仍在审核")
    releasing.prepare_release(intake=here.intake, staff=people.staff(cast.jiang), late_cases=late)
    answer = page_of(cast, f"/office/releases/{here.intake.pk}/rehearsal/", hidden, shown, late_shown)
    assert late_hidden.registration.number not in answer.content.decode()
    assert (answer.context["total"], len(answer.context["lines"])) == (2, 1)
    assert (answer.context["number_late"], len(answer.context["late"])) == (2, 1)
    assert answer.content.decode().count("另有 1 份未列出") == 2


def test_a_correction_that_waits_is_named_to_others(here: World, cast: Cast) -> None:
    hidden, shown = (dossiers.brought_to(here, "released", cast=cast) for _ in range(2))
    for dossier in (hidden, shown):
        deciding.propose_correction(
            dossier_id=dossier.pk,
            actor=people.actor(cast.he),
            seen_revision=dossiers.again(dossier).revision,
            verdict=Verdict.FAIL,
            opinion="证书系伪造。",
        )
    dossiers.declare_conflict(hidden, cast.jiang)
    page_of(cast, f"/office/releases/{here.intake.pk}/", hidden, shown)


@pytest.mark.parametrize("query", ["", "?q=1327"])
def test_the_counter_lists_nobody_it_would_not_open(here: World, cast: Cast, query: str) -> None:
    numbers = []
    for _ in range(2):
        dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
        dossiers.return_(dossier, cast.chen, dossiers.replace_note("M09", 1, manner=Manner.ON_SITE))
        numbers.append(dossier.registration.number)
    dossiers.declare_conflict(dossier, cast.feng)
    rows = clients.of_staff(cast.feng).get(f"/office/counter/{query}").context["rows"]
    assert [row["dossier"].registration.number for row in rows] == numbers[:1]

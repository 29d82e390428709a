"""What happens to a release while it is prepared or published.

The first call stands in the middle while the second comes; the twin takes the locks away and shows what they keep off.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from factories import World, dossiers, people
from factories.people import Cast
from factories.races import Call, Overtake, outcomes
from factories.world import close_window
from kaosheng.casework.models import Dossier, Release
from kaosheng.casework.services import deciding, releasing
from kaosheng.casework.services.case import Case
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)


# --- what takes a dossier out of it ------------------------------------------------------------------------------
@pytest.fixture(params=["reopened", "registration changed"])
def disturbed(
    request: pytest.FixtureRequest, here: World, house: Cast, overtake: Overtake
) -> Callable[[], tuple[Dossier, list[object]]]:
    """A release of one is published while its dossier is reopened, or its registration changes."""
    dossier = dossiers.brought_to(here, State.DECIDED, cast=house)
    close_window(here.intake)
    jiang = people.staff(house.jiang)
    release = releasing.prepare_release(intake=here.intake, staff=jiang, late_cases={})

    def reopen() -> object:
        return deciding.reopen(
            dossier_id=dossier.pk,
            actor=people.actor(house.jiang),
            seen_revision=dossier.revision,
            reason="公章存疑",
        )

    def change() -> object:
        return dossiers.change_registration(dossier, here, institution_name="另一家")

    def run() -> tuple[Dossier, list[object]]:
        publish = partial(releasing.publish_release, release=release, staff=jiang, counted=1)
        answers = overtake(reopen if request.param == "reopened" else change, Case, "_store", publish)
        return dossiers.again(dossier), answers

    return run


def test_a_release_waits_for_what_takes_a_dossier_out_of_it(
    disturbed: Callable[[], tuple[Dossier, list[object]]],
) -> None:
    dossier, answers = disturbed()
    assert outcomes(answers) == {"done": 1, "release_blocked": 1}
    assert (dossier.release, Release.objects.get().published_at) == (None, None)


@pytest.mark.usefixtures("without_locks")
def test_twin_a_release_is_published_short_of_one_without_the_lock(
    disturbed: Callable[[], tuple[Dossier, list[object]]],
) -> None:
    dossier, answers = disturbed()
    assert outcomes(answers) == {"done": 2}
    assert dossier.release is None
    assert Release.objects.get().published_at is not None


# --- a batch that is published while it is being prepared ---------------------------------------------------------
@pytest.fixture
def prepared_and_published(here: World, house: Cast) -> tuple[Dossier, Call, Call]:
    """A late case; what prepares the batch it is left out of; and what publishes that batch and then decides the late case."""
    dossiers.brought_to(here, State.DECIDED, cast=house)
    late = dossiers.brought_to(here, State.AT_AREA, cast=house)
    close_window(here.intake)
    jiang = people.staff(house.jiang)

    def publish_and_decide() -> object:
        releasing.publish_release(release=Release.objects.get(), staff=jiang, counted=1)
        return dossiers.decide(late, house.gao)

    prepare = partial(
        releasing.prepare_release, intake=here.intake, staff=jiang, late_cases={late.pk: "待核实"}
    )
    return late, prepare, publish_and_decide


@pytest.mark.parametrize("stands_before", ["_attach_chunk", "_attach_ready"])
def test_nothing_is_attached_to_a_batch_that_was_published_meanwhile(
    prepared_and_published: tuple[Dossier, Call, Call], overtake: Overtake, stands_before: str
) -> None:
    late, prepare, publish = prepared_and_published
    assert outcomes(overtake(prepare, releasing, stands_before, publish)) == {"done": 2}
    assert (dossiers.again(late).state, dossiers.again(late).release) == (State.DECIDED, None)


@pytest.mark.usefixtures("without_locks")
def test_twin_a_late_case_slips_into_a_published_batch_without_the_lock(
    prepared_and_published: tuple[Dossier, Call, Call], overtake: Overtake
) -> None:
    late, prepare, publish = prepared_and_published
    assert outcomes(overtake(prepare, releasing, "_attach_ready", publish)) == {"done": 2}
    assert dossiers.again(late).release == Release.objects.get()

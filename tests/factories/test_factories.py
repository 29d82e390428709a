from __future__ import annotations

import pytest

from factories import dossiers, people, world
from kaosheng.domain.states import State, Verdict


@pytest.mark.django_db
@pytest.mark.parametrize("state", [*State, "released"])
@pytest.mark.parametrize("verdict", Verdict)
def test_every_state_can_be_reached_by_the_services_alone(state: State | str, verdict: Verdict) -> None:
    places = world()
    dossier = dossiers.brought_to(places, state, cast=people.cast(places), verdict=verdict)
    assert dossier.state == ("decided" if state == "released" else state)
    assert (dossier.release is not None) == (state == "released")

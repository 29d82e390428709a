from __future__ import annotations

import pytest

from factories import World, people, world
from factories.people import Cast


@pytest.fixture
def places(db: None) -> World:
    return world()


@pytest.fixture
def cast(places: World) -> Cast:
    return people.cast(places)

"""Where the tests of pages and API play."""

from __future__ import annotations

import pytest

from factories import people, world
from factories.people import Cast
from factories.world import World


@pytest.fixture
def here() -> World:
    """An open intake with two stages."""
    return world()


@pytest.fixture
def cast(here: World) -> Cast:
    """Its staff."""
    return people.cast(here)

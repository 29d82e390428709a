"""Where the casework tests play."""

from __future__ import annotations

import pytest

from factories import World, world
from factories.people import Cast, cast


@pytest.fixture
def here() -> World:
    """An open intake with two stages."""
    return world()


@pytest.fixture
def house(here: World) -> Cast:
    """Its staff."""
    return cast(here)

"""What the walks share: an album for screenshots where KAOSHENG_SCREENSHOTS names a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from browser.guide.walking import Album

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def album() -> Callable[[str], Album]:
    """Open the album of a walk."""
    return lambda walk: Album.of(walk, os.environ.get("KAOSHENG_SCREENSHOTS", ""))

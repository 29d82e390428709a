"""Expecting a refusal by its code."""

from __future__ import annotations

import pytest

from kaosheng.domain.errors import Refusal


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    """The block must raise a Refusal with exactly this code."""
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)

"""Commands that look at files alone: no keys, no database, and nothing is written."""

from __future__ import annotations

from typing import Any

from kaosheng.settings.base import *  # noqa: F403 - a settings file is its base and what differs

DATABASES: dict[str, Any] = {}

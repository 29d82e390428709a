"""Which channels an 考区 has, in which order, through which transport, at which rate: the setting NOTICE_ROUTES.

`NOTICE_ROUTES` maps an area's code, or `*` for every other one, to its channels in the order in which one falls
back to the next; a channel to its transport (dotted name), rate (messages a second), parallel (at a time) and
what the transport itself needs (endpoint, keys, sign). An area with an entry of its own has nothing of `*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

from kaosheng.notices.transports import Transport
from kaosheng.notices.wording import DEFAULT_SIGNATURE

EVERY_AREA: Final = "*"
DEFAULT_RATE: Final = 50.0
DEFAULT_PARALLEL: Final = 8


@dataclass(frozen=True, slots=True)
class Route:
    """One channel of an area. `lane` names the provider's queue: areas that share a provider's entry share it."""

    lane: str
    channel: str
    config: Mapping[str, Any]

    @property
    def rate(self) -> float:
        """Messages a second the provider takes."""
        return float(self.config.get("rate", DEFAULT_RATE))

    @property
    def parallel(self) -> int:
        """Messages handed over at a time."""
        return int(self.config.get("parallel", DEFAULT_PARALLEL))

    @property
    def signature(self) -> str:
        """The sender's name before an SMS."""
        return str(self.config.get("sign", DEFAULT_SIGNATURE))

    @property
    def template(self) -> str:
        """The approved template of texts that name none of their own; for accounts with one general template."""
        return str(self.config.get("template", ""))

    def transport(self) -> Transport:
        """The transport, made from its configuration."""
        made: Transport = import_string(self.config["transport"])(self.config)
        return made


def routes_of(area: str) -> dict[str, Route]:
    """The channels of an area in their order of preference; none when nothing is configured."""
    key = area if area in settings.NOTICE_ROUTES else EVERY_AREA
    return {
        channel: Route(lane=f"{key}:{channel}", channel=channel, config=config)
        for channel, config in settings.NOTICE_ROUTES.get(key, {}).items()
    }


def route_of_lane(lane: str) -> Route | None:
    """The route behind a lane; None when the settings no longer name it."""
    key, _, channel = lane.partition(":")
    config = settings.NOTICE_ROUTES.get(key, {}).get(channel)
    return Route(lane=lane, channel=channel, config=config) if config is not None else None

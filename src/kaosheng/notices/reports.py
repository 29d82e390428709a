"""What providers report of messages they took: read in each one's own form, matched to ours.

Tencent and Alibaba sign nothing: the secret `report_token` of the route, part of the address they call, is what
they know. A gateway signs as we do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import constant_time_compare
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from kaosheng.domain.errors import Refusal
from kaosheng.domain.texts import can_be_kept
from kaosheng.notices.life import reported
from kaosheng.notices.routes import Route


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one message, by the provider's id."""

    provider_id: str
    delivered: bool
    reason: str


def _tencent(rows: list[dict[str, Any]]) -> list[Report]:
    return [
        Report(str(row["sid"]), row["report_status"] == "SUCCESS", str(row.get("errmsg", ""))) for row in rows
    ]


def _aliyun(rows: list[dict[str, Any]]) -> list[Report]:
    return [Report(str(row["biz_id"]), row["success"] is True, str(row.get("err_code", ""))) for row in rows]


def _gateway(rows: list[dict[str, Any]]) -> list[Report]:
    return [Report(str(row["id"]), row["delivered"] is True, str(row.get("reason", ""))) for row in rows]


_FORMS: Final[dict[str, Callable[[list[dict[str, Any]]], list[Report]]]] = {
    "tencent": _tencent,
    "aliyun": _aliyun,
    "gateway": _gateway,
}


def route_of_token(token: str) -> tuple[Route, str]:
    """The route whose reports come to this address, and their form. Raises Refusal `not_found`."""
    for key, channels in settings.NOTICE_ROUTES.items():
        for channel, config in channels.items():
            known = str(config.get("report_token", ""))
            if known and constant_time_compare(known, token):
                form = next((name for name in _FORMS if f".{name}." in config["transport"]), "")
                if form:
                    return Route(lane=f"{key}:{channel}", channel=channel, config=config), form
    raise Refusal("not_found")


def take_reports(*, token: str, body: bytes, headers: Mapping[str, str], now: datetime) -> int:
    """Settle what the body reports; how many were ours.

    Raises Refusal `not_found`, `signature_invalid`, `report_not_understood`.
    """
    route, form = route_of_token(token)
    if form == "gateway":
        _require_signature(route, body, headers)
    reports = _read(form, body)
    return sum(
        reported(
            lane=route.lane,
            provider_id=report.provider_id,
            delivered=report.delivered,
            reason=report.reason or "not delivered",
            now=now,
        )
        for report in reports
    )


def _require_signature(route: Route, body: bytes, headers: Mapping[str, str]) -> None:
    try:
        Webhook(route.config["secret"]).verify(
            body, {name.lower(): value for name, value in headers.items()}, json_parse=False
        )
    except WebhookVerificationError as error:
        raise Refusal("signature_invalid") from error


def _read(form: str, body: bytes) -> list[Report]:
    try:
        content = json.loads(body)
        if not can_be_kept(content):
            raise Refusal("report_not_understood")
        rows = content if isinstance(content, list) else [content]
        return _FORMS[form](rows)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal("report_not_understood") from error

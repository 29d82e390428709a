"""Where a person's WeChat is."""

from __future__ import annotations

from collections.abc import Iterable

from kaosheng.notices.models import WechatBinding
from kaosheng.notices.routes import routes_of

WECHAT = "wechat"


def account_of(area: str) -> str:
    """The official account (appid) that speaks to an area's people; empty when there is none."""
    route = routes_of(area).get(WECHAT)
    return str(route.config.get("account", "")) if route else ""


def openids_of(persons: Iterable[str], *, area: str) -> dict[str, str]:
    """Person → openid, for those who bound the area's official account."""
    account = account_of(area)
    if not account:
        return {}
    bound = WechatBinding.objects.filter(account=account, person__in=list(persons))
    return {binding.person: binding.openid for binding in bound}
